/** The web app's dev server, in `task dev`: the gateway passes it through to the browser. */
import type { Host } from "./host.ts";
import { spawn } from "./process.ts";
import { portsOf, SERVICES, VITE_PORT } from "./services.ts";
import { supervise, type Supervised } from "./supervised.ts";

const STOP_LIMIT_MS = 2_000;

export const vitePort = (portOffset: number) => VITE_PORT + portOffset;

/** Where the gateway finds it, when this source tree has a web app; undefined without one. */
export function findVite(root: string, portOffset: number): string | undefined {
  try {
    return Deno.statSync(`${root}/web/dev.ts`).isFile
      ? `http://127.0.0.1:${vitePort(portOffset)}`
      : undefined;
  } catch {
    return undefined;
  }
}

type Options = {
  root: string;
  portOffset: number;
  dataDir: string;
  host: Host;
  say: (text: string) => void;
  onLine: (text: string) => void;
};

/** Nothing waits for it: until it answers, the gateway says so. */
export function superviseVite(
  { root, portOffset, dataDir, host, say, onLine }: Options,
): Supervised {
  const gateway = SERVICES.find(({ name }) => name === "gateway")!;
  return supervise({
    name: "vite",
    say,
    stopLimitMs: STOP_LIMIT_MS,
    launch: () =>
      spawn({
        command: Deno.execPath(),
        args: [
          ...["run", "-A", "--no-prompt", "--no-check", "--cached-only", `${root}/web/dev.ts`],
          ...["--port", String(vitePort(portOffset))],
          ...["--client-port", String(portsOf(gateway, portOffset).service)],
        ],
        env: host.denoEnvironment,
        mark: { stack: dataDir, role: "service" },
        onLine,
      }),
  });
}
