/** The facts that identity tells others. */
import { defineEvent } from "@praxis/shared/events";
import { z } from "zod";

/** A letter that should leave. Communication knows the templates and their words. */
export const MailRequested = defineEvent({
  type: "mail.requested",
  version: 1,
  data: z.object({
    to: z.string().max(254),
    template: z.enum([
      "email-verification",
      "account-exists",
      "password-reset",
      "password-changed",
      "email-change",
      "email-change-notice",
      "email-taken",
      "email-changed",
      "factor-added",
      "factor-removed",
      "recovery-codes-renewed",
      "recovery-code-used",
      "session-reuse",
      "new-device",
    ]),
    locale: z.string().max(20),
    variables: z.record(z.string(), z.string().max(2_000)),
  }),
  subscribers: ["communication"],
});
