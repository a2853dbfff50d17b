/**
 * Serves over TLS to callers that show a certificate. `Deno.serve` cannot ask for one (it ignores
 * the options without a word), so this is Node's server, which can.
 */
import { getRequestListener } from "@hono/node-server";
import { createServer } from "node:https";
import type { TLSSocket } from "node:tls";
import { common, toResponse } from "../problem/problem.ts";
import { type Identity, serviceNamed } from "./identity.ts";

const HEADERS_TIMEOUT_MS = 15_000;
/** What a client may send to the gateway (32 KiB), and the context that it adds. Node takes 16 KiB. */
const HEADER_BYTES_MAX = 64 * 1024;
/** The longest upload that content takes, at the slowest pace that the gateway waits for. */
const REQUEST_TIMEOUT_MS = 3_600_000;
/** Longer than callers keep an idle connection, so that they close it and not we. */
const KEEP_ALIVE_TIMEOUT_MS = 120_000;

type Info = { remoteAddr: Deno.NetAddr };

type Options = {
  port: number;
  hostname: string;
  identity: Identity;
  /** Names of services; whoever else has a good certificate gets 403. */
  callers: readonly string[];
  fetch: (request: Request, info: Info) => Response | Promise<Response>;
  onListen?: (port: number) => void;
};

export type MutualServer = {
  port(): number;
  /** Changes the certificate for connections to come; those that are open go on. */
  rotate(identity: Identity): void;
  shutdown(): Promise<void>;
};

const contextOf = ({ cert, key, ca }: Identity) => ({
  cert,
  key,
  ca,
  requestCert: true,
  rejectUnauthorized: true,
  minVersion: "TLSv1.3" as const,
});

export function serveMutual(
  { port, hostname, identity, callers, fetch, onListen }: Options,
): Promise<MutualServer> {
  const allowed = new Set(callers);
  const names = new WeakMap<object, string>();

  function callerOf(socket: TLSSocket): string {
    let name = names.get(socket);
    if (name === undefined) {
      name = serviceNamed(socket.getPeerCertificate()?.subjectaltname) ?? "";
      names.set(socket, name);
    }
    return name;
  }

  const server = createServer({
    ...contextOf(identity),
    headersTimeout: HEADERS_TIMEOUT_MS,
    maxHeaderSize: HEADER_BYTES_MAX,
    requestTimeout: REQUEST_TIMEOUT_MS,
    keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
  }, (request, response) => {
    const socket = request.socket as TLSSocket;
    const isAllowed = allowed.has(callerOf(socket));
    const remoteAddr: Deno.NetAddr = {
      transport: "tcp",
      hostname: socket.remoteAddress ?? "",
      port: socket.remotePort ?? 0,
    };
    const answer = (incoming: Request) =>
      isAllowed
        ? fetch(incoming, { remoteAddr })
        : toResponse(common("not-permitted"), crypto.randomUUID());
    // With Node's own Request, `Deno.serve` for the metrics would hang in the same process.
    return getRequestListener(answer, { overrideGlobalObjects: false })(request, response);
  });

  const { promise, resolve, reject } = Promise.withResolvers<MutualServer>();
  server.once("error", reject);
  server.listen(port, hostname, () => {
    const address = server.address();
    const bound = typeof address === "object" && address ? address.port : port;
    onListen?.(bound);
    resolve({
      port: () => bound,
      rotate: (fresh) => server.setSecureContext(contextOf(fresh)),
      shutdown: () =>
        new Promise((done) => {
          server.close(() => done());
          server.closeIdleConnections();
        }),
    });
  });
  return promise;
}
