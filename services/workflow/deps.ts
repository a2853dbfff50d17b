/** What workflow needs from the outside world. Opened once in `main.ts`, made up in tests. */
import type { BaseDeps } from "@praxis/shared/service";

export type Deps = BaseDeps;
