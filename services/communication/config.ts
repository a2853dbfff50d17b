/** Everything communication reads from its environment. */
import { httpUrl, json, secret, serviceConfig } from "@praxis/shared/config";
import { z } from "zod";

const text = z.string().min(1).max(5_000).optional();
const url = httpUrl.optional();

/** A key of Google's for a service account, as it is downloaded. */
const ServiceAccount = z.looseObject({
  project_id: z.string(),
  client_email: z.string(),
  private_key: z.string(),
});

export const Config = z.object({
  ...serviceConfig,
  PORT: serviceConfig.PORT.default(8003),
  /** Seals secrets, messages and replies at rest, and signs links. */
  ENCRYPTION_KEY: secret.optional(),
  /** The mail server that letters are handed to. */
  SMTP_URL: z.url({ protocol: /^smtps?$/ }).optional(),
  /** In development: a mail server of our own on this port that delivers nothing. */
  SMTP_SINK_PORT: z.coerce.number().int().min(1).max(65_535).optional(),
  MAIL_FROM: z.string().max(254).default("Praxis <no-reply@praxis.test>"),
  RESEND_API_KEY: text,
  RESEND_BASE_URL: url,
  SENDGRID_API_KEY: text,
  SENDGRID_BASE_URL: url,
  MAILGUN_API_KEY: text,
  MAILGUN_DOMAIN: text,
  MAILGUN_BASE_URL: url,
  TWILIO_ACCOUNT_SID: text,
  TWILIO_AUTH_TOKEN: text,
  TWILIO_FROM: text,
  TWILIO_BASE_URL: url,
  OVH_APPLICATION_KEY: text,
  OVH_APPLICATION_SECRET: text,
  OVH_CONSUMER_KEY: text,
  OVH_SMS_SERVICE: text,
  OVH_SMS_SENDER: text,
  OVH_BASE_URL: url,
  FIREBASE_SERVICE_ACCOUNT: json(ServiceAccount).optional(),
  FIREBASE_BASE_URL: url,
  FIREBASE_TOKEN_URL: url,
});
export type Config = z.output<typeof Config>;
