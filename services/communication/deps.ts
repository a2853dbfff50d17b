/** What communication needs from the outside world. Opened once in `main.ts`, made up in tests. */
import type { BaseDeps } from "@praxis/shared/service";
import type { IdentityClient } from "./clients/identity.ts";
import type { SendMail } from "./mailbox/sender.ts";

export type Deps = BaseDeps & {
  identity: IdentityClient;
  mail: {
    /** Without one letters go nowhere. */
    sender?: SendMail;
    /** In development and tests letters can be read here; never in production. */
    isKept: boolean;
  };
};
