/** Everything communication reads from its environment. */
import { serviceConfig } from "@praxis/shared/config";
import { z } from "zod";

export const Config = z.object({
  ...serviceConfig,
  PORT: serviceConfig.PORT.default(8003),
});
