/** What every service with a database opens at its start, and how it knows who is calling. */
import type { z } from "zod";
import { createReadAudit, type ReadAudit } from "../audit/audit.ts";
import { createIdentify } from "../auth/identify.ts";
import { createServiceToken, type ServiceToken } from "../auth/service_token.ts";
import { createStanding } from "../auth/standing.ts";
import { createTokenVerifier, remoteKeys } from "../auth/tokens.ts";
import type { serviceConfig } from "../config/config.ts";
import { announce } from "../discovery/announce.ts";
import type { ReadyChecks } from "../http/readiness.ts";
import { takeIdentity } from "../mtls/identity.ts";
import { connect, type Sql } from "../postgres/connect.ts";
import { transaction } from "../postgres/transaction.ts";
import { BACKLOG_GAUGES, readBacklog } from "./backlog.ts";
import { startPruningKeys } from "../idempotency/pruning.ts";
import { checkSchema } from "../schema.ts";
import { connectRedis, type Redis } from "../redis/redis.ts";
import { createLog, type Log } from "../telemetry/log.ts";
import { createMetrics, type Metrics } from "../telemetry/metrics.ts";

export type ServiceConfig = z.output<z.ZodObject<typeof serviceConfig>>;

/** The part of `deps` that is the same everywhere. */
export type BaseDeps = {
  sql: Sql;
  redis: Redis;
  auditRead: ReadAudit;
  now: () => Date;
  log: Log;
};

export type Opened = {
  deps: BaseDeps;
  metrics: Metrics;
  serviceToken: ServiceToken;
  ready: ReadyChecks;
  close(): Promise<void>;
};

/**
 * `migrations` is the service's own folder of them.
 * @throws SchemaMismatch when the database is not as far as this release.
 */
export async function openService(
  service: string,
  config: ServiceConfig,
  migrations: URL,
): Promise<Opened> {
  const log = createLog(service);
  const now = () => new Date();
  takeIdentity(
    config.MTLS_FOLDER,
    config.MTLS_CALLERS,
    (error) => log.error("the certificate cannot be used", error),
  );
  const sql = connect(config.DATABASE_URL);
  await checkSchema(sql, migrations);
  const leave = announce(service, config, log);
  // Nobody finds it any more from the moment that it is told to end; what is on its way is served.
  Deno.addSignalListener("SIGTERM", () => void leave());
  const redis = connectRedis(config.UPSTASH_REDIS_REST_URL, config.UPSTASH_REDIS_REST_TOKEN);
  const identityUrl = config.IDENTITY_SERVICE_URL;
  const serviceToken = createServiceToken({
    identityUrl,
    service,
    credential: config.SERVICE_CREDENTIAL,
  });
  const metrics = createMetrics(service);
  const stopPruning = startPruningKeys({ sql, now, log });
  metrics.gauges(BACKLOG_GAUGES, () => transaction(sql, "system", readBacklog));
  return {
    deps: { sql, redis, auditRead: createReadAudit(sql, now), now, log },
    metrics,
    serviceToken,
    ready: { postgres: () => sql`select 1`, redis: () => redis.ping() },
    async close() {
      stopPruning();
      await Promise.all([leave(), sql.end({ timeout: 5 })]);
    },
  };
}

/** How every service but identity finds out who is calling; follows revocations until `stop`. */
export function recognizeCallers(
  service: string,
  config: ServiceConfig,
  serviceToken: ServiceToken,
) {
  const identityUrl = config.IDENTITY_SERVICE_URL;
  const standing = createStanding({ identityUrl, serviceToken });
  const following = new AbortController();
  standing.follow(following.signal);
  const identify = createIdentify({
    service,
    contextKey: config.CONTEXT_KEY,
    tokens: createTokenVerifier({
      issuer: config.PUBLIC_URL,
      keys: remoteKeys(identityUrl),
      isKeyRetired: standing.isKeyRetired,
    }),
    standing,
    now: () => new Date(),
  });
  return { identify, stop: () => following.abort() };
}
