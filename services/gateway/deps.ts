/** What the gateway works with, made once from its configuration. */
import {
  createServiceToken,
  createStanding,
  createTokenVerifier,
  remoteKeys,
} from "@praxis/shared/auth";
import { createDiscovery, type Discovery } from "@praxis/shared/discovery";
import { connectRedis } from "@praxis/shared/redis";
import type { Log, Metrics } from "@praxis/shared/telemetry";
import type { Config } from "./config.ts";
import type { ForwardLimits } from "./forward.ts";
import { createLimiter, type Limiter } from "./limits.ts";
import { createDocument } from "./openapi.ts";
import { createReadiness, type Readiness } from "./readiness.ts";
import { type Callers, createCallers } from "./tokens.ts";
import { loadWeb, type Web } from "./web.ts";

const MIB = 1024 * 1024;

/** Content refuses files beyond 200 MB itself; this is that and the multipart around it. */
const FORWARD_LIMITS: ForwardLimits = {
  bodyBytesMax: 201 * MIB,
  answerTimeoutMs: 30_000,
  uploadBytesPerSecond: 64 * 1024,
};

export type Deps = {
  discover: Discovery;
  callers: Callers;
  /** Seconds since identity last confirmed which sessions are revoked. */
  staleSeconds: () => number;
  limiters: { user: Limiter; address: Limiter; signIn: Limiter };
  forwardLimits: ForwardLimits;
  readiness: Readiness;
  /** The merged OpenAPI document, as JSON text. */
  document: () => Promise<string>;
  web: Web;
  publicUrl: URL;
  allowedOrigins: ReadonlySet<string>;
  isProduction: boolean;
  log: Log;
  metrics?: Metrics;
};

type Opened = {
  deps: Deps;
  /** Keeps an eye on revocations and on the services until the signal aborts. */
  follow(signal: AbortSignal): void;
};

export function openDeps(config: Config, log: Log, metrics?: Metrics): Opened {
  const identityUrl = config.IDENTITY_SERVICE_URL;
  const serviceToken = createServiceToken({
    identityUrl,
    service: "gateway",
    credential: config.SERVICE_CREDENTIAL,
  });
  const standing = createStanding({ identityUrl, serviceToken });
  const tokens = createTokenVerifier({ issuer: config.PUBLIC_URL, keys: remoteKeys(identityUrl) });
  const discover = createDiscovery(config);
  const redis = connectRedis(config.UPSTASH_REDIS_REST_URL, config.UPSTASH_REDIS_REST_TOKEN);
  const readiness = createReadiness({ discover, redis: () => redis.ping() });
  const publicUrl = new URL(config.PUBLIC_URL);
  const deps: Deps = {
    discover,
    callers: createCallers({ tokens, standing, contextKeys: config.CONTEXT_KEYS }),
    staleSeconds: standing.staleSeconds,
    limiters: {
      user: createLimiter({ name: "user", ...config.RATE_LIMIT_USER }),
      address: createLimiter({ name: "address", ...config.RATE_LIMIT_ADDRESS }),
      signIn: createLimiter({ name: "sign-in", ...config.RATE_LIMIT_SIGN_IN }),
    },
    forwardLimits: FORWARD_LIMITS,
    readiness,
    document: createDocument({ discover }),
    web: loadWeb(config.WEB_FOLDER),
    publicUrl,
    allowedOrigins: new Set([publicUrl.origin, ...config.CORS_ORIGINS]),
    isProduction: config.PRAXIS_ENV === "production",
    log,
    ...(metrics ? { metrics } : {}),
  };
  return {
    deps,
    follow(signal) {
      standing.follow(signal);
      readiness.follow(signal);
    },
  };
}
