/** Every environment variable of a service's pods, and where its value comes from. */
import type { IEnvVar } from "kubernetes-models/v1/EnvVar";
import type { Service } from "@praxis/local/services";
import { SERVICES } from "@praxis/local/services";
import { schemasOf } from "../images/rights.ts";
import { ADMIN_PORT, hasDatabase, hostOf, REDIS_REST_PORT, REGION_MAP } from "./names.ts";

/** Names of providers, which a region may or may not use. */
const PROVIDER =
  /^(RESEND|SENDGRID|MAILGUN|TWILIO|OVH|FIREBASE|OPENAI|ANTHROPIC|ASSISTANCE|SMTP_URL$|MAIL_FROM$)/;
/** Read by Deno itself, so that no schema of ours names them. */
export const RUNTIME_NAMES = [
  "OTEL_EXPORTER_OTLP_ENDPOINT",
  "OTEL_EXPORTER_OTLP_PROTOCOL",
  "OTEL_SERVICE_NAME",
];
/** Without these Deno's own spans would hold addresses with all that stands in them. */
const TELEMETRY = {
  OTEL_TRACES_SAMPLER: "parentbased_always_off",
  OTEL_PROPAGATORS: "none",
  OTEL_DENO_CONSOLE: "ignore",
};
/** Until every proxy knows that the pod takes no new requests. */
const DRAIN_SECONDS = "5";
/** What content's readers may take within a pod's limit; a clinic with large images raises both. */
export const READERS: { name: string; value: string }[] = [
  { name: "READERS_MAX", value: "1" },
  { name: "READER_MEMORY_MIB", value: "256" },
  { name: "RENDERERS_MAX", value: "1" },
  { name: "FRAME_CACHE_MIB", value: "16" },
];
/** What a region says about itself: to all services, and to the gateway alone. */
export const REGION_NAMES = ["PRAXIS_REGION", "PUBLIC_URL", "OTEL_DENO"];
export const GATEWAY_NAMES = ["REGIONS", "TRUSTED_PROXIES"];

export const secretsName = (service: Service) => `${service.name}-secrets`;
export const providersName = (service: Service) => `${service.name}-providers`;
export const databaseSecretName = (service: Service) => `${service.name}-db-secret`;
export const migrationSecretName = (service: Service) => `${service.name}-db-migration-secret`;

const fromRegion = (name: string): IEnvVar => ({
  name,
  valueFrom: { configMapKeyRef: { name: REGION_MAP, key: name } },
});
const fromSecret = (name: string, secret: string, key = name): IEnvVar => ({
  name,
  valueFrom: { secretKeyRef: { name: secret, key } },
});

/** The names of a service's secrets, as they are kept outside of the cluster. */
export function secretNamesOf(service: Service): string[] {
  return [
    "SERVICE_CREDENTIAL",
    "UPSTASH_REDIS_REST_TOKEN",
    ...(service.name === "gateway" ? [] : ["CONTEXT_KEY"]),
    // Identity makes its first signing key itself and keeps it sealed in its database.
    ...service.secrets.filter((name) => name !== "SIGNING_KEYS"),
  ].sort();
}

export async function providerNamesOf(service: Service): Promise<string[]> {
  const { Config } = await schemasOf(service);
  return Object.keys(Config.shape).filter((name) => PROVIDER.test(name)).sort();
}

/** Of the others, as far as the service asks. `scheme` is https where they show certificates. */
export async function serviceUrlsOf(
  service: Service,
  scheme: "http" | "https",
): Promise<IEnvVar[]> {
  const { Config } = await schemasOf(service);
  return SERVICES.filter(({ name }) => name !== "gateway").map((other) => ({
    name: `${other.name.toUpperCase()}_SERVICE_URL`,
    value: `${scheme}://${hostOf(other)}:${other.port}`,
  })).filter(({ name }) => name in Config.shape);
}

export async function environmentOf(service: Service): Promise<IEnvVar[]> {
  const isGateway = service.name === "gateway";
  return [
    { name: "PRAXIS_ENV", value: "production" },
    { name: "PORT", value: String(service.port) },
    { name: "ADMIN_PORT", value: String(ADMIN_PORT) },
    ...(isGateway ? [...REGION_NAMES, ...GATEWAY_NAMES] : REGION_NAMES).map(fromRegion),
    ...await serviceUrlsOf(service, "http"),
    ...(hasDatabase(service)
      ? [fromSecret("DATABASE_URL", databaseSecretName(service), "url")]
      : []),
    {
      name: "UPSTASH_REDIS_REST_URL",
      value: `http://${service.name}-redis:${REDIS_REST_PORT}`,
    },
    ...secretNamesOf(service).map((name) => fromSecret(name, secretsName(service))),
    ...(service.storesFiles ? [{ name: "STORAGE_URL", value: "file:///data" }, ...READERS] : []),
    ...(await providerNamesOf(service)).map((name): IEnvVar => ({
      name,
      valueFrom: { secretKeyRef: { name: providersName(service), key: name, optional: true } },
    })),
    { name: "DRAIN_SECONDS", value: DRAIN_SECONDS },
    ...Object.entries(TELEMETRY).map(([name, value]) => ({ name, value })),
    { name: "OTEL_SERVICE_NAME", value: service.name },
    ...RUNTIME_NAMES.filter((name) => name !== "OTEL_SERVICE_NAME").map(fromRegion),
  ];
}
