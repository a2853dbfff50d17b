/** What communication needs from the outside world. Opened once in `main.ts`, made up in tests. */
import type { BaseDeps } from "@praxis/shared/service";
import type { IdentityClient } from "./clients/identity.ts";

export type Deps = BaseDeps & { identity: IdentityClient };
