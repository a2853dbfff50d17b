/** Builds the web app into web/dist. */
import { build } from "vite";

/** `outDir`: another folder, for a test that must not disturb a running server. */
export async function buildWeb(outDir?: string): Promise<void> {
  await build({
    configFile: new URL("./vite.config.ts", import.meta.url).pathname,
    logLevel: "error",
    ...(outDir === undefined ? {} : { build: { outDir } }),
  });
}

if (import.meta.main) await buildWeb();
