/** Everything workflow reads from its environment. */
import { serviceConfig } from "@praxis/shared/config";
import { discoveryConfig } from "@praxis/shared/discovery";
import { z } from "zod";
import { assistanceConfig } from "./assistance/opening.ts";

export const Config = z.object({
  ...serviceConfig,
  ...discoveryConfig,
  ...assistanceConfig,
  PORT: serviceConfig.PORT.default(8004),
});
