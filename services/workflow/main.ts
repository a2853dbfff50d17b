/** Starts workflow: read the environment, open the connections, tell its facts, serve. */
import { loadConfig } from "@praxis/shared/config";
import { createDiscovery } from "@praxis/shared/discovery";
import { startRelay } from "@praxis/shared/events";
import { serve } from "@praxis/shared/http";
import { openService, recognizeCallers } from "@praxis/shared/service";
import { createApp } from "./app.ts";
import { Config } from "./config.ts";

const config = loadConfig(Config);
const { deps, metrics, serviceToken, ready, close } = openService("workflow", config);
const { sql, log } = deps;
const callers = recognizeCallers("workflow", config, serviceToken);
const relay = await startRelay({ sql, discover: createDiscovery(config), serviceToken, log });
serve({
  port: config.PORT,
  adminPort: config.ADMIN_PORT ?? config.PORT + 1_000,
  hostname: config.HOST,
  fetch: createApp(deps, { identify: callers.identify, ready, log, metrics }).fetch,
  metrics,
  log,
  close: async () => {
    callers.stop();
    await relay.stop();
    await close();
  },
});
