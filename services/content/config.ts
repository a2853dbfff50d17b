/** Everything content reads from its environment. */
import { serviceConfig } from "@praxis/shared/config";
import { discoveryConfig } from "@praxis/shared/discovery";
import { z } from "zod";

export const Config = z.object({
  ...serviceConfig,
  ...discoveryConfig,
  /** The folder that holds the files: `file:///…`. */
  STORAGE_URL: z.url({ protocol: /^file$/ }),
});
