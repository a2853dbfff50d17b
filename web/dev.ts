/** Vite for `task dev`: serves the app's sources; the gateway passes it on to the browser. */
import { parseArgs } from "node:util";
import { createServer } from "vite";

const { values } = parseArgs({
  options: {
    port: { type: "string", default: "5173" },
    /** Where the browser is: changes are announced through the gateway. */
    "client-port": { type: "string", default: "8000" },
  },
});

const server = await createServer({
  configFile: new URL("./vite.config.ts", import.meta.url).pathname,
  server: {
    host: "127.0.0.1",
    port: Number(values.port),
    strictPort: true,
    hmr: { clientPort: Number(values["client-port"]), path: "/@vite/hmr" },
  },
});
await server.listen();
Deno.addSignalListener("SIGTERM", () => server.close().then(() => Deno.exit(0)));
