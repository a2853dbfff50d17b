/** Everything workflow reads from its environment. */
import { serviceConfig } from "@praxis/shared/config";
import { discoveryConfig } from "@praxis/shared/discovery";
import { z } from "zod";
import { assistanceConfig } from "./assistance/opening.ts";

export const Config = z.object({
  ...serviceConfig,
  ...discoveryConfig,
  ...assistanceConfig,
  /** Names of clients' FHIR servers that may lead to addresses inside, with commas between them. */
  FHIR_HOSTS_INSIDE: z.string().max(2_000).regex(/^[\w.:,-]*$/).default(""),
  PORT: serviceConfig.PORT.default(8004),
});
