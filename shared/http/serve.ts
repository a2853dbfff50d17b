/** Runs a service: its port, its metrics port, and an orderly end. */
import type { Log } from "../telemetry/log.ts";
import type { Metrics } from "../telemetry/metrics.ts";

/** How long requests that are under way may take after SIGTERM. */
export const SHUTDOWN_GRACE_MS = 10_000;

type Options = {
  port: number;
  adminPort: number;
  fetch: (
    request: Request,
    info: Deno.ServeHandlerInfo<Deno.NetAddr>,
  ) => Response | Promise<Response>;
  metrics: Metrics;
  log: Log;
  /** Listens on all addresses unless told otherwise; the embedded stack says 127.0.0.1. */
  hostname?: string;
  /** Called once, when the last request has been answered: stop workers, close connections. */
  close: () => Promise<unknown>;
};

export function serve(
  { port, adminPort, fetch, metrics, log, hostname = "0.0.0.0", close }: Options,
): void {
  const server = Deno.serve(
    { port, hostname, onListen: () => log.info("listening", { port }) },
    fetch,
  );
  const admin = Deno.serve(
    { port: adminPort, hostname: "127.0.0.1", onListen: () => {} },
    async (request) =>
      new URL(request.url).pathname === "/metrics"
        ? new Response(await metrics.text(), { headers: { "content-type": "text/plain" } })
        : new Response(null, { status: 404 }),
  );

  let ending = false;
  const end = async () => {
    if (ending) return;
    ending = true;
    log.info("stopping");
    // Long polls and event streams do not end by themselves.
    const deadline = setTimeout(() => Deno.exit(0), SHUTDOWN_GRACE_MS);
    await Promise.all([server.shutdown(), admin.shutdown()]);
    await close();
    clearTimeout(deadline);
    log.info("stopped");
    Deno.exit(0);
  };
  for (const signal of ["SIGTERM", "SIGINT"] as const) Deno.addSignalListener(signal, end);
}
