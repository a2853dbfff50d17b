/** Everything practice reads from its environment. */
import { secret, serviceConfig } from "@praxis/shared/config";
import { discoveryConfig } from "@praxis/shared/discovery";
import { z } from "zod";

export const Config = z.object({
  ...serviceConfig,
  ...discoveryConfig,
  PORT: serviceConfig.PORT.default(8005),
  /** Links to calendars are signed with a key derived from it. */
  ENCRYPTION_KEY: secret,
});

/** What `seed.ts` reads. */
export const SeedConfig = z.object({
  DATABASE_URL: serviceConfig.DATABASE_URL,
  PRAXIS_ENV: serviceConfig.PRAXIS_ENV,
});
