/** What practice needs from the outside world. Opened once in `main.ts`, made up in tests. */
import type { Jobs } from "@praxis/shared/jobs";
import type { BaseDeps } from "@praxis/shared/service";
import type { ChartSources } from "./clients/sources.ts";

export type Deps = BaseDeps & {
  jobs: Pick<Jobs, "send">;
  /** The services whose parts a chart gathers. */
  chartSources: ChartSources;
  /** Signs links to calendars. */
  linkKey: string;
  region: string;
  publicUrl: string;
};
