/** Starts communication: read the environment, open the connections, serve. */
import { loadConfig } from "@praxis/shared/config";
import { serve } from "@praxis/shared/http";
import { openService, recognizeCallers } from "@praxis/shared/service";
import { createApp } from "./app.ts";
import { createIdentityClient } from "./clients/identity.ts";
import { Config } from "./config.ts";
import { createSender } from "./mailbox/sender.ts";

const config = loadConfig(Config);
const { deps, metrics, serviceToken, ready, close } = openService("communication", config);
const callers = recognizeCallers("communication", config, serviceToken);
const identityUrl = config.IDENTITY_SERVICE_URL;
const sender = config.SMTP_URL === undefined
  ? undefined
  : createSender({ url: config.SMTP_URL, from: config.MAIL_FROM });
const app = createApp(
  {
    ...deps,
    identity: createIdentityClient({ identityUrl, serviceToken }),
    mail: {
      ...(sender === undefined ? {} : { sender }),
      isKept: config.PRAXIS_ENV !== "production",
    },
  },
  { identify: callers.identify, ready, log: deps.log, metrics },
);
serve({
  port: config.PORT,
  adminPort: config.ADMIN_PORT ?? config.PORT + 1_000,
  hostname: config.HOST,
  fetch: app.fetch,
  metrics,
  log: deps.log,
  close: async () => {
    callers.stop();
    sender?.close();
    await close();
  },
});
