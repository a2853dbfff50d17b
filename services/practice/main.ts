/** Starts practice: read the environment, open the connections, work and serve. */
import { createHmac } from "node:crypto";
import { loadConfig } from "@praxis/shared/config";
import { createDiscovery } from "@praxis/shared/discovery";
import { startRelay } from "@praxis/shared/events";
import { serve } from "@praxis/shared/http";
import { startJobs } from "@praxis/shared/jobs";
import { openService, recognizeCallers } from "@praxis/shared/service";
import { createApp } from "./app.ts";
import { createChartSources } from "./clients/sources.ts";
import { Config } from "./config.ts";
import type { Deps } from "./deps.ts";
import { importQueue } from "./imports/model.ts";
import * as imports from "./imports/imports.ts";

const config = loadConfig(Config);
const opened = await openService("practice", config, new URL("./migrations/", import.meta.url));
const { log, sql } = opened.deps;
const discover = createDiscovery(config);
const { serviceToken } = opened;
const jobs = await startJobs({ url: config.DATABASE_URL, queues: [importQueue], log });
const deps: Deps = {
  ...opened.deps,
  jobs,
  chartSources: createChartSources({ discover, serviceToken }),
  linkKey: createHmac("sha256", config.ENCRYPTION_KEY).update("practice links").digest("hex"),
  region: config.PRAXIS_REGION,
  publicUrl: config.PUBLIC_URL.replace(/\/$/, ""),
};
await imports.work(deps, jobs);
const relay = await startRelay({ sql, discover, serviceToken, log });
const callers = recognizeCallers("practice", config, serviceToken);
const app = createApp(deps, {
  identify: callers.identify,
  ready: opened.ready,
  log,
  metrics: opened.metrics,
});

serve({
  port: config.PORT,
  adminPort: config.ADMIN_PORT ?? config.PORT + 1_000,
  drainSeconds: config.DRAIN_SECONDS,
  hostname: config.HOST,
  fetch: (request) => app.fetch(request),
  metrics: opened.metrics,
  log,
  async close() {
    callers.stop();
    await Promise.all([relay.stop(), jobs.stop()]);
    await opened.close();
  },
});
