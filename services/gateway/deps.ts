/** What the gateway works with, made once from its configuration. */
import {
  createServiceToken,
  createStanding,
  createTokenVerifier,
  remoteKeys,
} from "@praxis/shared/auth";
import { createDirectory } from "@praxis/shared/discovery";
import { takeIdentity } from "@praxis/shared/mtls";
import { connectRedis } from "@praxis/shared/redis";
import type { Log, Metrics } from "@praxis/shared/telemetry";
import type { Config } from "./config.ts";
import { type ClientAddress, createClientAddress } from "./addresses.ts";
import { createBreaker } from "./breaker.ts";
import type { Limiters } from "./buckets.ts";
import { createDispatch, type Dispatch } from "./dispatch.ts";
import { createDevServer, type DevServer } from "./dev_server.ts";
import type { ForwardLimits } from "./forward.ts";
import type { Policy } from "./limits.ts";
import { createSharedLimiter } from "./shared_limits.ts";
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
  connectPatienceMs: 2_500,
};

export type Deps = {
  dispatch: Dispatch;
  clientAddress: ClientAddress;
  region: string;
  /** Other regions' gateways, by region. */
  regions: Readonly<Record<string, string>>;
  callers: Callers;
  /** Seconds since identity last confirmed which sessions are revoked. */
  staleSeconds: () => number;
  limiters: Limiters;
  forwardLimits: ForwardLimits;
  readiness: Readiness;
  /** The merged OpenAPI document, as JSON text. */
  document: () => Promise<string>;
  web: Web;
  /** Answers instead of `web`, in development. */
  devServer?: DevServer;
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

export function openDeps(
  config: Config,
  log: Log,
  metrics?: Metrics,
  over: { forwardLimits?: ForwardLimits } = {},
): Opened {
  takeIdentity(
    config.MTLS_FOLDER,
    [],
    (error) => log.error("the certificate cannot be used", error),
  );
  const identityUrl = config.IDENTITY_SERVICE_URL;
  const serviceToken = createServiceToken({
    identityUrl,
    service: "gateway",
    credential: config.SERVICE_CREDENTIAL,
  });
  const standing = createStanding({ identityUrl, serviceToken });
  const tokens = createTokenVerifier({
    issuer: config.PUBLIC_URL,
    keys: remoteKeys(identityUrl),
    isKeyRetired: standing.isKeyRetired,
  });
  const directory = createDirectory(config);
  const redis = connectRedis(config.UPSTASH_REDIS_REST_URL, config.UPSTASH_REDIS_REST_TOKEN);
  const readiness = createReadiness({ directory, redis: () => redis.ping() });
  const limiter = (policy: Policy) => createSharedLimiter(policy, { redis });
  const publicUrl = new URL(config.PUBLIC_URL);
  const deps: Deps = {
    dispatch: createDispatch({
      directory,
      breaker: createBreaker(),
      weights: config.VERSION_WEIGHTS ?? {},
      limits: over.forwardLimits ?? FORWARD_LIMITS,
      onDown: readiness.markDown,
    }),
    clientAddress: createClientAddress(config.TRUSTED_PROXIES),
    region: config.PRAXIS_REGION,
    regions: config.REGIONS ?? {},
    callers: createCallers({ tokens, standing, contextKeys: config.CONTEXT_KEYS }),
    staleSeconds: standing.staleSeconds,
    limiters: {
      user: limiter({ name: "user", ...config.RATE_LIMIT_USER }),
      organization: limiter({ name: "organization", ...config.RATE_LIMIT_ORGANIZATION }),
      key: limiter({ name: "key", ...config.RATE_LIMIT_KEY }),
      address: limiter({ name: "address", ...config.RATE_LIMIT_ADDRESS }),
      signIn: limiter({ name: "sign-in", ...config.RATE_LIMIT_SIGN_IN }),
    },
    forwardLimits: over.forwardLimits ?? FORWARD_LIMITS,
    readiness,
    document: createDocument({ directory }),
    web: loadWeb(config.WEB_FOLDER),
    ...(config.WEB_DEV_URL
      ? { devServer: createDevServer(config.WEB_DEV_URL, FORWARD_LIMITS) }
      : {}),
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
