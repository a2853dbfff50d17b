/** Starts communication: read the environment, open the connections, send and serve. */
import { createHmac } from "node:crypto";
import { loadConfig } from "@praxis/shared/config";
import { serve } from "@praxis/shared/http";
import { openService, recognizeCallers } from "@praxis/shared/service";
import { callsOf, platformAccounts } from "./accounts/platform.ts";
import { createApp } from "./app.ts";
import { createIdentityClient } from "./clients/identity.ts";
import { openClock } from "./clock/clock.ts";
import { Config } from "./config.ts";
import { startWorker } from "./deliveries/deliveries.ts";
import type { Deps } from "./deps.ts";
import { startCollecting } from "./hooks/hooks.ts";
import { keepTaken } from "./mailbox/mailbox.ts";
import { createSender } from "./mailbox/sender.ts";
import { closeTransports } from "./providers/providers.ts";
import { createSimulators, PREFIX } from "./simulators/simulators.ts";
import { closeSandbox } from "./templates/templates.ts";

const given = loadConfig(Config);
const isProduction = given.PRAXIS_ENV === "production";
if (isProduction && given.ENCRYPTION_KEY === undefined) {
  throw new TypeError("Cannot start: ENCRYPTION_KEY is needed in production");
}
const sinkPort = isProduction ? undefined : given.SMTP_SINK_PORT;
const config: Config = sinkPort !== undefined && given.SMTP_URL === undefined
  ? { ...given, SMTP_URL: `smtp://127.0.0.1:${sinkPort}` }
  : given;
// A development platform that knows no key of this service's own makes one from another secret.
const encryptionKey = config.ENCRYPTION_KEY ??
  createHmac("sha256", config.CONTEXT_KEY).update("communication").digest("hex");

const { deps: base, metrics, serviceToken, ready, close } = await openService(
  "communication",
  config,
  new URL("./migrations/", import.meta.url),
);
const { log } = base;
const callers = recognizeCallers("communication", config, serviceToken);
const identityUrl = config.IDENTITY_SERVICE_URL;
const sender = config.SMTP_URL === undefined
  ? undefined
  : createSender({ url: config.SMTP_URL, from: config.MAIL_FROM });

const lost = (error: unknown) => log.error("the mailbox misses a message", error);
const simulators = isProduction ? undefined : createSimulators({
  callBack: async (request) => await app.fetch(request),
  onTaken: ({ html = null, ...taken }) => void keepTaken(deps, { ...taken, html }).catch(lost),
});
const scheme = config.MTLS_FOLDER === undefined ? "http" : "https";
const clock = await openClock(base.sql);
const deps: Deps = {
  ...base,
  now: clock.now,
  identity: createIdentityClient({ identityUrl, serviceToken }),
  mail: {
    ...(sender === undefined ? {} : { sender }),
    isKept: !isProduction,
    comesBySmtp: config.SMTP_URL !== given.SMTP_URL,
  },
  encryptionKey,
  region: config.PRAXIS_REGION,
  publicUrl: config.PUBLIC_URL.replace(/\/$/, ""),
  calls: {
    ...callsOf(config, `${scheme}://127.0.0.1:${config.PORT}${PREFIX}`),
    now: clock.now,
  },
  platformAccounts: platformAccounts(config),
  ...(simulators === undefined ? {} : { simulators }),
  limits: { leaseSeconds: 30, settleSeconds: 60, mayCallInside: false },
};
const app = createApp(deps, { identify: callers.identify, ready, log, metrics });
// Only development brings the sink's own packages in.
const sink = sinkPort === undefined
  ? undefined
  : await (await import("./mailbox/sink.ts")).startSink({
    port: sinkPort,
    onMail: ({ to, ...mail }) => {
      const at = new Date().toISOString();
      const taken = { ...mail, to: to.join(", "), channel: "email" as const, at };
      void keepTaken(deps, taken).catch(lost);
    },
  });
const worker = await startWorker(deps);
const collecting = startCollecting(deps);
serve({
  port: config.PORT,
  adminPort: config.ADMIN_PORT ?? config.PORT + 1_000,
  drainSeconds: config.DRAIN_SECONDS,
  hostname: config.HOST,
  fetch: (request) => simulators?.handle(request) ?? app.fetch(request),
  metrics,
  log,
  close: async () => {
    callers.stop();
    clock.stop();
    await worker.stop();
    await collecting.stop();
    await closeSandbox();
    await sink?.close();
    sender?.close();
    closeTransports();
    await close();
  },
});
