/** A part of the platform that can be started, killed and started again by name. */
import { ENDING_SIGNALS, endProcess, type Server } from "./process.ts";

export type Component = {
  name: string;
  pid(): number | undefined;
  /** Resolves when it serves. */
  start(): Promise<void>;
  /** `limitMs` is how long it may take before it is made to. */
  stop(limitMs?: number): Promise<void>;
  kill(signal: Deno.Signal): Promise<void>;
};

const KILL_LIMIT_MS = 10_000;

/** A database or a Redis. When it ends without having been asked to, its data are in doubt. */
export function keepServer(
  name: string,
  launch: () => Promise<Server>,
  onLost: (reason: string) => void,
): Component {
  let server: Server | undefined;
  let isExpectedToEnd = false;
  return {
    name,
    pid: () => server?.hasExited() ? undefined : server?.pid,
    async start() {
      if (server && !server.hasExited()) return;
      isExpectedToEnd = false;
      const current = await launch();
      server = current;
      current.exited.then((status) => {
        if (isExpectedToEnd || server !== current) return;
        onLost(
          `${name} ${
            status.signal ? `was ended by ${status.signal}` : `ended with code ${status.code}`
          }`,
        );
      });
    },
    async stop() {
      isExpectedToEnd = true;
      if (server && !server.hasExited()) await server.stop();
    },
    async kill(signal) {
      if (!server || server.hasExited()) return;
      if (!ENDING_SIGNALS.has(signal)) return server.kill(signal);
      isExpectedToEnd = true;
      await endProcess(server, [signal, "SIGKILL"], KILL_LIMIT_MS);
    },
  };
}
