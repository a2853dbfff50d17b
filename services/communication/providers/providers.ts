/** Every provider there is. */
import { fcm } from "./fcm.ts";
import { mailgun } from "./mailgun.ts";
import type { Provider, ProviderName } from "./model.ts";
import { ovh } from "./ovh.ts";
import { resend } from "./resend.ts";
import { sendgrid } from "./sendgrid.ts";
import { smtp } from "./smtp.ts";
import { twilio } from "./twilio.ts";

export const providers: Record<ProviderName, Provider> = {
  resend,
  sendgrid,
  mailgun,
  smtp,
  twilio,
  ovh,
  fcm,
};

export { closeTransports } from "./smtp.ts";
export * from "./signatures.ts";
