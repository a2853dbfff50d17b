/** Starts the gateway: read the environment, follow identity and the services, serve. */
import { loadConfig } from "@praxis/shared/config";
import { serve } from "@praxis/shared/http";
import { createLog, createMetrics } from "@praxis/shared/telemetry";
import { createApp } from "./app.ts";
import { Config } from "./config.ts";
import { openDeps } from "./deps.ts";

const config = loadConfig(Config);
const log = createLog("gateway");
const metrics = createMetrics("gateway");
const { deps, follow } = openDeps(config, log, metrics);
const running = new AbortController();
follow(running.signal);
serve({
  port: config.PORT,
  adminPort: config.ADMIN_PORT ?? config.PORT + 1_000,
  drainSeconds: config.DRAIN_SECONDS,
  hostname: config.HOST,
  fetch: createApp(deps),
  metrics,
  log,
  isEdge: true,
  reusePort: config.REUSE_PORT !== undefined,
  close: () => Promise.resolve(running.abort()),
});
