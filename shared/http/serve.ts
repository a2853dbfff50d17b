/** Runs a service: its port, its metrics port, and an orderly end. */
import { currentIdentity, followIdentity } from "../mtls/identity.ts";
import { serveMutual } from "../mtls/serve.ts";
import type { Log } from "../telemetry/log.ts";
import type { Metrics } from "../telemetry/metrics.ts";

/** How long requests that are under way may take after SIGTERM. */
export const SHUTDOWN_GRACE_MS = 10_000;

type Handler = (
  request: Request,
  info: { remoteAddr: Deno.NetAddr },
) => Response | Promise<Response>;

type Options = {
  port: number;
  adminPort: number;
  fetch: Handler;
  metrics: Metrics;
  log: Log;
  /** Listens on all addresses unless told otherwise; the embedded stack says 127.0.0.1. */
  hostname?: string;
  /** Faces browsers: no certificate is asked of them, and answers are compressed. */
  isEdge?: boolean;
  /** Lets several processes share the port. */
  reusePort?: boolean;
  /** Called once, when the last request has been answered: stop workers, close connections. */
  close: () => Promise<unknown>;
};

/** With a workload identity (`takeIdentity`), only services with a certificate get in. */
export function serve(
  {
    port,
    adminPort,
    fetch,
    metrics,
    log,
    hostname = "0.0.0.0",
    isEdge = false,
    reusePort = false,
    close,
  }: Options,
): void {
  const onListen = () => log.info("listening", { port });
  const trusted = isEdge ? undefined : currentIdentity();
  const server = trusted
    ? serveTrusted({ port, hostname, fetch, onListen, ...trusted })
    : Deno.serve(
      { port, hostname, onListen, automaticCompression: isEdge, reusePort },
      fetch,
    );
  const admin = Deno.serve(
    { port: adminPort, hostname: "127.0.0.1", onListen: () => {}, reusePort },
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

function serveTrusted(
  options: Omit<Parameters<typeof serveMutual>[0], "onListen"> & { onListen: () => void },
): { shutdown(): Promise<void> } {
  const started = serveMutual(options);
  const unfollow = started.then((server) => followIdentity((fresh) => server.rotate(fresh)));
  return {
    async shutdown() {
      (await unfollow)();
      await (await started).shutdown();
    },
  };
}
