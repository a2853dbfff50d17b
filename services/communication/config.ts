/** Everything communication reads from its environment. */
import { serviceConfig } from "@praxis/shared/config";
import { z } from "zod";

export const Config = z.object({
  ...serviceConfig,
  PORT: serviceConfig.PORT.default(8003),
  /** The mail server that letters are handed to. */
  SMTP_URL: z.url({ protocol: /^smtps?$/ }).optional(),
  MAIL_FROM: z.string().max(254).default("Praxis <no-reply@praxis.test>"),
});
