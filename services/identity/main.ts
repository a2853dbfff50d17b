/** Starts identity: read the environment, open the connections, serve. */
import { createIdentify, createTokenVerifier } from "@praxis/shared/auth";
import { loadConfig } from "@praxis/shared/config";
import { createDiscovery } from "@praxis/shared/discovery";
import { startRelay } from "@praxis/shared/events";
import { serve } from "@praxis/shared/http";
import { openService } from "@praxis/shared/service";
import { createApp } from "./app.ts";
import { Config } from "./config.ts";
import { createHasher } from "./credentials/hasher.ts";
import { createStrength } from "./credentials/strength.ts";
import { createKeys } from "./keys/keys.ts";
import { startRotation } from "./keys/schedule.ts";
import { startPruning } from "./pruning/pruning.ts";
import { createBell } from "./revocations/bell.ts";
import { newest } from "./revocations/revocations.ts";
import { createAdmission } from "./sessions/admission.ts";
import { createCredits } from "./sessions/attempts.ts";
import { createOwnStanding } from "./sessions/sessions.ts";

const config = loadConfig(Config);
const { deps: base, metrics, ready, serviceToken, close } = await openService(
  "identity",
  config,
  new URL("./migrations/", import.meta.url),
);
const { log, now, sql } = base;
const encryptionKey = config.ENCRYPTION_KEY;
const keys = createKeys({ sql, now, encryptionKey }, config.SIGNING_KEYS);
const tokens = createTokenVerifier({ issuer: config.PUBLIC_URL, keys: keys.resolve, now });
const credits = createCredits(base);
const strength = createStrength();
const bell = createBell({ newest: () => newest(sql), log });

const app = createApp({
  ...base,
  keys,
  tokens,
  bell,
  admission: createAdmission(),
  credits,
  hasher: createHasher({
    onStart: metrics.counter("password_hashes_total", "Argon2id computations begun"),
  }),
  strengthOf: strength.strengthOf,
  encryptionKey,
  credentialHashes: config.SERVICE_CREDENTIAL_HASHES,
  publicUrl: config.PUBLIC_URL,
  region: config.PRAXIS_REGION,
}, {
  // Identity asks itself, not its own HTTP interface.
  identify: createIdentify({
    service: "identity",
    contextKey: config.CONTEXT_KEY,
    tokens,
    standing: createOwnStanding(base),
    now,
  }),
  ready: { ...ready, keys: keys.published },
  log,
  metrics,
});

const relay = await startRelay({ sql, discover: createDiscovery(config), serviceToken, log });
const stopPruning = startPruning(base);
const stopRotation = startRotation({ sql, now, encryptionKey, keys, log });

// A long poll would hold up the end by 25 s: `serve` waits for the requests under way.
for (const signal of ["SIGTERM", "SIGINT"] as const) Deno.addSignalListener(signal, bell.stop);

serve({
  port: config.PORT,
  adminPort: config.ADMIN_PORT ?? config.PORT + 1000,
  drainSeconds: config.DRAIN_SECONDS,
  hostname: config.HOST,
  fetch: app.fetch,
  metrics,
  log,
  close: async () => {
    stopRotation();
    strength.close();
    await stopPruning();
    await credits.settle();
    await relay.stop();
    await close();
  },
});
