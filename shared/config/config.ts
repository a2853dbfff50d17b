/** Reads the environment once. Names every bad value at once and never prints one. */
import { z } from "zod";
import { mtlsConfig } from "../mtls/identity.ts";

/** Secrets made for development hold this, keys in their `kid`; production starts on none. */
export const DEVELOPMENT_SECRET = "development-";

const isForDevelopment = (value: string) =>
  value.includes(DEVELOPMENT_SECRET) || /:\/\/\w+_user:\w+_pass@/.test(value);

/**
 * Parses the environment with `schema`.
 * @throws TypeError that lists every invalid name, without values.
 */
export function loadConfig<T extends z.ZodObject>(
  schema: T,
  read: (name: string) => string | undefined = (name) => Deno.env.get(name),
): z.output<T> {
  // Only the declared names are read, so `--allow-env` can list exactly these.
  const values = Object.fromEntries(
    Object.keys(schema.shape).map((name) => [name, read(name) || undefined]),
  );
  const result = schema.safeParse(values);
  const lines = result.success
    ? []
    : result.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`);
  if (values.PRAXIS_ENV === "production") {
    for (const [name, value] of Object.entries(values)) {
      if (value && isForDevelopment(value)) lines.push(`${name}: a development secret`);
    }
  }
  lines.push(...refuseLeakyTelemetry(values));
  if (result.success && lines.length === 0) return result.data;
  throw new TypeError(`Cannot start: the environment is not valid\n  ${lines.join("\n  ")}`);
}

/**
 * Deno's own spans of requests hold whole addresses, with what was searched for and the secrets of
 * links; and its `fetch` writes a second `traceparent`. Our own spans do neither (telemetry/trace).
 */
function refuseLeakyTelemetry(values: Record<string, string | undefined>): string[] {
  if (!/^(true|1)$/.test(values.OTEL_DENO ?? "")) return [];
  const wanted = {
    OTEL_TRACES_SAMPLER: "parentbased_always_off",
    OTEL_PROPAGATORS: "none",
    OTEL_DENO_CONSOLE: "ignore",
  };
  return Object.entries(wanted).filter(([name, value]) => values[name] !== value)
    .map(([name, value]) => `${name}: must be ${value} with OTEL_DENO, or addresses leak`);
}

const port = z.coerce.number().int().min(1).max(65_535);
export const httpUrl = z.url({ protocol: /^https?$/ });
export const secret = z.string().min(32, "at least 32 characters");

/** A value that is JSON text, parsed and then checked by `schema`. */
export function json<T extends z.ZodType>(schema: T) {
  return z.string().transform((text, context) => {
    try {
      return JSON.parse(text) as unknown;
    } catch {
      context.addIssue({ code: "custom", message: "not JSON" });
      return z.NEVER;
    }
  }).pipe(schema);
}

/** What every process of the platform reads. */
export const baseConfig = {
  ...mtlsConfig,
  PORT: port,
  /** The address to listen on. */
  HOST: z.string().min(1).max(255).default("0.0.0.0"),
  /** Metrics listen here, on loopback only. */
  ADMIN_PORT: port.optional(),
  PRAXIS_ENV: z.enum(["development", "test", "production"]).default("production"),
  PRAXIS_REGION: z.string().regex(/^[a-z]{2,8}$/).default("eu"),
  /** Where browsers reach the gateway; also the issuer of tokens. */
  PUBLIC_URL: httpUrl,
  IDENTITY_SERVICE_URL: httpUrl.default("http://identity-service:8001"),
  /** Where Consul's agent is; without it, the environment says where services are. */
  CONSUL_HTTP_ADDR: httpUrl.optional(),
  CONSUL_HTTP_TOKEN: z.string().min(1).optional(),
  /** What others reach this process by; its host name unless told otherwise. */
  SERVICE_ADDRESS: z.string().min(1).max(255).optional(),
  SERVICE_VERSION: z.string().regex(/^[\w.-]{1,64}$/).optional(),
  /** For so long it goes on serving after SIGTERM, so that whoever balances can turn away. */
  DRAIN_SECONDS: z.coerce.number().min(0).max(60).default(0),
  /** Deno exports spans when it is `true`; see docs/operations.md. */
  OTEL_DENO: z.string().optional(),
  OTEL_TRACES_SAMPLER: z.string().optional(),
  OTEL_PROPAGATORS: z.string().optional(),
  OTEL_DENO_CONSOLE: z.string().optional(),
  /** This service's secret towards identity, exchanged for short-lived service tokens. */
  SERVICE_CREDENTIAL: secret,
};

/** What every service with a database and a Redis reads as well. */
export const serviceConfig = {
  ...baseConfig,
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }),
  UPSTASH_REDIS_REST_URL: httpUrl,
  UPSTASH_REDIS_REST_TOKEN: z.string().min(1),
  CONTEXT_KEY: secret,
};

/** What a service's `migrate.ts` reads. */
export const MigrationConfig = z.object({
  DATABASE_MIGRATION_URL: z.url({ protocol: /^postgres(ql)?$/ }),
});
