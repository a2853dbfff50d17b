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
  /**
   * So long after SIGTERM it goes on serving while it says that it is not ready, so that whoever
   * balances sends the next requests elsewhere.
   */
  drainSeconds?: number;
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
    drainSeconds = 0,
    close,
  }: Options,
): void {
  const onListen = () => log.info("listening", { port });
  const trusted = isEdge ? undefined : currentIdentity();
  let isEnding = false;
  const handle: Handler = (request, info) =>
    isEnding ? answerLast(fetch, request, info) : fetch(request, info);
  const server = trusted
    ? serveTrusted({ port, hostname, fetch: handle, onListen, ...trusted })
    : Deno.serve(
      { port, hostname, onListen, automaticCompression: isEdge, reusePort },
      handle,
    );
  const admin = Deno.serve(
    { port: adminPort, hostname: "127.0.0.1", onListen: () => {}, reusePort },
    async (request) =>
      new URL(request.url).pathname === "/metrics"
        ? new Response(await metrics.text(), { headers: { "content-type": "text/plain" } })
        : new Response(null, { status: 404 }),
  );

  const end = async () => {
    if (isEnding) return;
    isEnding = true;
    log.info("stopping");
    await new Promise((resolve) => setTimeout(resolve, drainSeconds * 1000));
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

/** An instance that is about to end: not ready any more, and each connection's answer is its last. */
async function answerLast(
  fetch: Handler,
  request: Request,
  info: { remoteAddr: Deno.NetAddr },
): Promise<Response> {
  if (new URL(request.url).pathname === "/ready") {
    return Response.json({ status: "not ready", missing: ["stopping"] }, {
      status: 503,
      headers: { "retry-after": "1", connection: "close" },
    });
  }
  const response = await fetch(request, info);
  // An upgraded connection has no headers to change.
  if (response.status === 101) return response;
  const headers = new Headers(response.headers);
  headers.set("connection", "close");
  return new Response(response.body, { status: response.status, headers });
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
