/** Accounts of the platform itself and where providers are reached, from the environment. */
import { generateKeyPairSync } from "node:crypto";
import { v5 } from "uuid";
import type { Config } from "../config.ts";
import type { Calls, ProviderName } from "../providers/model.ts";
import { providers } from "../providers/providers.ts";
import type { PlatformAccount } from "./model.ts";

const NAMESPACE = "6f0d3c1e-8f55-5c0b-9b2f-3d1f6f0f3f10";
const TIMEOUT_MS = 10_000;

/** The same in every process, so that webhooks and health survive a restart. */
const idOf = (provider: ProviderName) => v5(`platform ${provider}`, NAMESPACE);

type Given = {
  settings: Record<string, string | undefined>;
  secrets: Record<string, string | undefined>;
};

/** What the environment says of each provider. */
function givenOf(config: Config): Partial<Record<ProviderName, Given>> {
  const from = config.MAIL_FROM;
  const firebase = config.FIREBASE_SERVICE_ACCOUNT;
  return {
    ...(config.SMTP_URL === undefined ? {} : { smtp: { settings: { from }, secrets: {} } }),
    resend: { settings: { from }, secrets: { apiKey: config.RESEND_API_KEY } },
    mailgun: {
      settings: { from, domain: config.MAILGUN_DOMAIN },
      secrets: { apiKey: config.MAILGUN_API_KEY },
    },
    sendgrid: {
      settings: { from: from.match(/<(.+)>/)?.[1] ?? from },
      secrets: { apiKey: config.SENDGRID_API_KEY },
    },
    twilio: {
      settings: { accountSid: config.TWILIO_ACCOUNT_SID, from: config.TWILIO_FROM },
      secrets: { authToken: config.TWILIO_AUTH_TOKEN },
    },
    ovh: {
      settings: {
        applicationKey: config.OVH_APPLICATION_KEY,
        serviceName: config.OVH_SMS_SERVICE,
        sender: config.OVH_SMS_SENDER,
      },
      secrets: {
        applicationSecret: config.OVH_APPLICATION_SECRET,
        consumerKey: config.OVH_CONSUMER_KEY,
      },
    },
    fcm: {
      settings: { projectId: firebase?.project_id, clientEmail: firebase?.client_email },
      secrets: { privateKey: firebase?.private_key },
    },
  };
}

const isWhole = (values: Record<string, string | undefined>): values is Record<string, string> =>
  Object.values(values).every((value) => value !== undefined);

const accountOf = (
  provider: ProviderName,
  region: string,
  { settings, secrets }: {
    settings: Record<string, string>;
    secrets: Record<string, string>;
  },
): PlatformAccount => ({
  id: idOf(provider),
  provider,
  channel: providers[provider].channel,
  settings,
  secrets,
  region,
  // Whoever runs the platform has its contracts.
  level: providers[provider].levelMax,
});

/** Accounts at simulators, for channels on which the environment names no provider. */
export function simulatedAccounts(region: string): PlatformAccount[] {
  const { privateKey } = generateKeyPairSync("rsa", {
    modulusLength: 2048,
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
    publicKeyEncoding: { type: "spki", format: "pem" },
  });
  return [
    accountOf("resend", region, {
      settings: { from: "Harbour Clinic <clinic@praxis.test>" },
      secrets: { apiKey: "re_simulated" },
    }),
    accountOf("twilio", region, {
      settings: { accountSid: `AC${"0".repeat(32)}`, from: "+15005550006" },
      secrets: { authToken: "simulated-token" },
    }),
    accountOf("fcm", region, {
      settings: { projectId: "praxis-simulated", clientEmail: "push@praxis.test" },
      secrets: { privateKey },
    }),
  ];
}

export function platformAccounts(config: Config): PlatformAccount[] {
  const real = Object.entries(givenOf(config)).flatMap(([name, { settings, secrets }]) =>
    isWhole(settings) && isWhole(secrets)
      ? [accountOf(name as ProviderName, config.PRAXIS_REGION, { settings, secrets })]
      : []
  );
  if (config.PRAXIS_ENV === "production") return real;
  const served = new Set(real.map(({ channel }) => channel));
  return [
    ...real,
    ...simulatedAccounts(config.PRAXIS_REGION).filter(({ channel }) => !served.has(channel)),
  ];
}

const REAL: Record<Exclude<ProviderName, "smtp">, (region: string) => string> = {
  resend: () => "https://api.resend.com",
  sendgrid: (region) =>
    region === "eu" ? "https://api.eu.sendgrid.com" : "https://api.sendgrid.com",
  mailgun: (region) => region === "eu" ? "https://api.eu.mailgun.net" : "https://api.mailgun.net",
  twilio: () => "https://api.twilio.com",
  ovh: (region) => region === "ca" ? "https://ca.api.ovh.com" : "https://eu.api.ovh.com",
  fcm: () => "https://fcm.googleapis.com",
};

/**
 * Outside of production only a provider whose key stands in the environment is the real one:
 * nobody is written to by mistake.
 */
export function callsOf(config: Config, simulatorsUrl: string): Calls {
  const given: Record<keyof typeof REAL, [string | undefined, unknown]> = {
    resend: [config.RESEND_BASE_URL, config.RESEND_API_KEY],
    sendgrid: [config.SENDGRID_BASE_URL, config.SENDGRID_API_KEY],
    mailgun: [config.MAILGUN_BASE_URL, config.MAILGUN_API_KEY],
    twilio: [config.TWILIO_BASE_URL, config.TWILIO_ACCOUNT_SID],
    ovh: [config.OVH_BASE_URL, config.OVH_APPLICATION_KEY],
    fcm: [config.FIREBASE_BASE_URL, config.FIREBASE_SERVICE_ACCOUNT],
  };
  const isReal = (provider: keyof typeof REAL) =>
    config.PRAXIS_ENV === "production" || given[provider][1] !== undefined;
  return {
    timeoutMs: TIMEOUT_MS,
    now: () => new Date(),
    tokenUrl: config.FIREBASE_TOKEN_URL ??
      (isReal("fcm") ? "https://oauth2.googleapis.com/token" : `${simulatorsUrl}/fcm/token`),
    baseUrlOf(provider, region) {
      if (provider === "smtp") return config.SMTP_URL ?? "smtp://127.0.0.1:25";
      const [baseUrl] = given[provider];
      return baseUrl ??
        (isReal(provider) ? REAL[provider](region) : `${simulatorsUrl}/${provider}`);
    },
  };
}
