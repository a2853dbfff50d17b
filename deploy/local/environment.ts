/** Every service's environment, computed from the table and the data folder's secrets. */
import { createHash } from "node:crypto";
import { certificateFolder, SUPERVISOR } from "./certificates.ts";
import type { Secrets, ServiceSecrets } from "./secrets.ts";
import { portsOf, type Service, SERVICES, SMTP_SINK_PORT } from "./services.ts";

export type Mode = "development" | "test";

export type Setting = {
  mode: Mode;
  dataDir: string;
  portOffset: number;
  secrets: Secrets;
  usesMtls?: boolean;
  /** `eu` unless said otherwise. */
  region?: string;
};

export function databaseOf(service: string): { name: string; owner: string; user: string } {
  return { name: `${service}_service`, owner: `${service}_owner`, user: `${service}_user` };
}

/** The application role's password outside production, as in compose. */
export function developmentPasswordOf(service: string): string {
  return `${service}_pass`;
}

export function environmentOf(service: Service, setting: Setting): Record<string, string> {
  const { mode, dataDir, portOffset, secrets } = setting;
  const ports = portsOf(service, portOffset);
  const own = secretsOf(service.name, secrets);
  const gateway = SERVICES.find((other) => other.name === "gateway") ?? service;
  const environment: Record<string, string> = {
    PRAXIS_ENV: mode,
    PRAXIS_REGION: setting.region ?? "eu",
    PORT: String(ports.service),
    ADMIN_PORT: String(ports.metrics),
    HOST: "127.0.0.1",
    PUBLIC_URL: publicUrl(gateway, portOffset),
    UPSTASH_REDIS_REST_URL: `http://127.0.0.1:${ports.redisRest}`,
    UPSTASH_REDIS_REST_TOKEN: own.redisToken,
    SERVICE_CREDENTIAL: own.credential,
    OTEL_SERVICE_NAME: service.name,
  };
  for (const other of SERVICES) {
    if (other.name === "gateway") continue;
    const url = serviceUrl(other, portOffset, setting.usesMtls);
    environment[`${other.name.toUpperCase()}_SERVICE_URL`] = url;
  }
  if (setting.usesMtls) {
    environment.MTLS_FOLDER = certificateFolder(dataDir, service.name);
    // Itself, too: identity has its own tokens from identity.
    environment.MTLS_CALLERS = [...service.callers, service.name, SUPERVISOR].join(",");
  }
  if (ports.postgres !== undefined) {
    const { name, owner, user } = databaseOf(service.name);
    const at = `127.0.0.1:${ports.postgres}/${name}`;
    environment.DATABASE_URL = `postgres://${user}:${developmentPasswordOf(service.name)}@${at}`;
    environment.DATABASE_MIGRATION_URL = `postgres://${owner}:${own.ownerPassword}@${at}`;
  }
  if (service.name === "communication") {
    environment.SMTP_SINK_PORT = String(SMTP_SINK_PORT + portOffset);
  }
  if (service.storesFiles) environment.STORAGE_URL = `file://${encodeURI(dataDir)}/${service.name}`;
  if (!service.secrets.includes("CONTEXT_KEYS")) environment.CONTEXT_KEY = own.contextKey;
  for (const name of service.secrets) environment[name] = secretValue(name, own, secrets);
  return environment;
}

/** The gateway faces browsers, who have no certificate of ours. */
export function serviceUrl(service: Service, portOffset: number, usesMtls = false): string {
  const scheme = usesMtls && service.name !== "gateway" ? "https" : "http";
  return `${scheme}://127.0.0.1:${portsOf(service, portOffset).service}`;
}

/** `localhost`, because browsers allow passkeys on it and not on an address. */
export function publicUrl(gateway: Service, portOffset: number): string {
  return `http://localhost:${portsOf(gateway, portOffset).service}`;
}

function secretsOf(service: string, secrets: Secrets): ServiceSecrets {
  const own = secrets.services[service];
  if (!own) throw new Error(`${service} has no secrets`);
  return own;
}

function secretValue(
  name: Service["secrets"][number],
  own: ServiceSecrets,
  secrets: Secrets,
): string {
  switch (name) {
    case "SIGNING_KEYS":
      return JSON.stringify(secrets.signingKeys);
    case "ENCRYPTION_KEY":
      return own.encryptionKey;
    case "CONTEXT_KEYS":
      return JSON.stringify(Object.fromEntries(
        SERVICES.filter((service) => service.name !== "gateway")
          .map((service) => [service.name, secretsOf(service.name, secrets).contextKey]),
      ));
    case "SERVICE_CREDENTIAL_HASHES":
      return JSON.stringify(Object.fromEntries(
        SERVICES.map((service) => [
          service.name,
          createHash("sha256").update(secretsOf(service.name, secrets).credential).digest("hex"),
        ]),
      ));
  }
}
