/** Starts content: read the environment, open the connections, serve. */
import { loadConfig } from "@praxis/shared/config";
import { createDiscovery } from "@praxis/shared/discovery";
import { startRelay } from "@praxis/shared/events";
import { serve } from "@praxis/shared/http";
import { startJobs } from "@praxis/shared/jobs";
import { openService, recognizeCallers } from "@praxis/shared/service";
import { createApp } from "./app.ts";
import { Config } from "./config.ts";
import type { Deps } from "./deps.ts";
import { createRenderer } from "./dicom/renderings.ts";
import * as ingestion from "./ingestion/ingestion.ts";
import { createSenders } from "./ingestion/senders.ts";
import { createRecognition } from "./ingestion/recognition.ts";
import { openStorage } from "./storage/storage.ts";
import { uploadLimits } from "./uploads/model.ts";

const config = loadConfig(Config);
const opened = await openService("content", config, new URL("./migrations/", import.meta.url));
const { log, sql } = opened.deps;
const storage = openStorage(new URL(config.STORAGE_URL));
await storage.sweep();
const jobs = await startJobs({ url: config.DATABASE_URL, queues: [...ingestion.queues], log });
const reader = ingestion.createReader({
  readersMax: config.READERS_MAX,
  memoryMiB: config.READER_MEMORY_MIB,
  recognition: createRecognition({ languages: config.OCR_LANGUAGES }),
});
const deps: Deps = {
  ...opened.deps,
  jobs,
  storage,
  senders: createSenders(),
  readFile: reader.read,
  readFiles: reader.readAll,
  drawFrame: createRenderer({
    renderersMax: config.RENDERERS_MAX,
    memoryMiB: config.READER_MEMORY_MIB,
    cacheMiB: config.FRAME_CACHE_MIB,
  }),
  uploadLimits,
};
const stopWatch = await ingestion.work(deps, jobs);
const relay = await startRelay({
  sql,
  discover: createDiscovery(config),
  serviceToken: opened.serviceToken,
  log,
});
const callers = recognizeCallers("content", config, opened.serviceToken);
const app = createApp(deps, {
  identify: callers.identify,
  ready: { ...opened.ready, storage: () => storage.check() },
  log,
  metrics: opened.metrics,
});

serve({
  port: config.PORT,
  hostname: config.HOST,
  adminPort: config.ADMIN_PORT ?? config.PORT + 1000,
  drainSeconds: config.DRAIN_SECONDS,
  fetch: (request) => app.fetch(request),
  metrics: opened.metrics,
  log,
  async close() {
    callers.stop();
    stopWatch();
    await Promise.all([relay.stop(), jobs.stop()]);
    await reader.stop();
    await opened.close();
  },
});
