/** Which headers travel: towards a service, back to the client, and what every answer carries. */
import { identityHeaders } from "@praxis/shared/auth";
import { REGION_HOP } from "./regions.ts";
import type { Route } from "./routing.ts";

export type HeaderList = [name: string, value: string][];

/** A request's headers, read once: each question to its own `Headers` is answered by a new copy. */
export type Inbound = {
  list: HeaderList;
  get(name: string): string | undefined;
};

/** Whatever can be asked for one header. */
export type Readable = { get(name: string): string | null | undefined };

/** RFC 9110 §7.6.1: about one connection, not about the request. */
const hopByHop = [
  "connection",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
];

/** Headers without `x-` that must not reach a service as a client wrote them. */
const notForServices: ReadonlySet<string> = new Set([
  ...hopByHop,
  // Set anew by `fetch`.
  "host",
  "content-length",
  "expect",
  // `fetch` would unpack anything else and still call it packed.
  "accept-encoding",
  // Credentials: services get the signed context instead.
  "authorization",
  "cookie",
  // Claims about who is calling, which only we can know.
  "forwarded",
  "via",
  "remote-user",
  "client-cert",
  "client-cert-chain",
  "true-client-ip",
  "cf-connecting-ip",
  "traceparent",
  "tracestate",
  "baggage",
]);

/** `X-…` headers that even a provider's call may not bring. */
const CLAIMS =
  /^x-(?:praxis|user|tenant|org|role|permission|session|auth|client|forwarded|real-ip|original|rewrite|remote|request-id|http-method|method-override)/;

const identityNames: ReadonlySet<string> = new Set(identityHeaders);

/** W3C Trace Context, version 00. */
const TRACEPARENT = /^00-[\da-f]{32}-[\da-f]{16}-[\da-f]{2}$/;

/** Bytes of the header section, line ends included. */
export function headerBytes(headers: HeaderList): number {
  return headers.reduce((sum, [name, value]) => sum + name.length + value.length + 4, 0);
}

/**
 * What passes from a client to a service. No `X-…` header does, since every identity header ever
 * invented begins so; nor a name with an underscore, which some readers take for a hyphen.
 */
function passes(name: string, route: Route, named: readonly string[]): boolean {
  if (name === "authorization" || name === "cookie") return route.takesCredentials === true;
  if (notForServices.has(name) || identityNames.has(name) || name.includes("_")) return false;
  if (named.includes(name)) return false;
  if (name.startsWith("x-")) return route.takesSignatures === true && !CLAIMS.test(name);
  return true;
}

/**
 * Compressing an answer makes its ETag weak (RFC 9110 §8.8.1). It was ours to weaken, and the
 * service, which compares strongly for If-Match, knows it as it was.
 */
function undoWeakening(header: HeaderList[number]): HeaderList[number] {
  const [name, value] = header;
  return name === "if-match" || name === "if-none-match"
    ? [name, value.replace(/(^|,\s*)W\/"/g, '$1"')]
    : header;
}

type Facts = {
  route: Route;
  requestId: string;
  /** The client's address, as far as it is known to be true. */
  address: string;
  /** Where browsers reach the gateway; a Host header may say anything. */
  publicUrl: Pick<URL, "host" | "protocol">;
  context: HeaderList;
};

/** The headers of a request as a service gets it. */
export function towardsService(
  inbound: HeaderList,
  { route, requestId, address, publicUrl, context }: Facts,
): HeaderList {
  const named = namedByConnection(inbound);
  const headers: HeaderList = [];
  let trace: HeaderList[number] | undefined;
  for (const header of inbound) {
    if (passes(header[0], route, named)) headers.push(undoWeakening(header));
    else if (header[0] === "traceparent" && TRACEPARENT.test(header[1])) trace ??= header;
  }
  if (trace) headers.push(trace);
  headers.push(
    ["accept-encoding", "identity"],
    ["x-request-id", requestId],
    ["x-forwarded-for", address],
    ["x-forwarded-host", publicUrl.host],
    ["x-forwarded-proto", publicUrl.protocol.slice(0, -1)],
    ...context,
  );
  return headers;
}

/**
 * To another region's gateway everything goes as the client wrote it, credentials included; only
 * what belongs to this connection stays, and it learns that it is the last hop.
 */
export function towardsRegion(
  inbound: HeaderList,
  requestId: string,
  address: string,
): HeaderList {
  const named = namedByConnection(inbound);
  const own = [...hopByHop, "host", "content-length", "expect", "accept-encoding", "x-request-id"];
  const headers = inbound.filter(([name]) =>
    !own.includes(name) && !named.includes(name) && name !== "x-forwarded-for"
  );
  headers.push(
    ["accept-encoding", "identity"],
    ["x-request-id", requestId],
    ["x-forwarded-for", address],
    [REGION_HOP, "1"],
  );
  return headers;
}

const notForClients: ReadonlySet<string> = new Set([
  ...hopByHop,
  ...identityHeaders,
  "server",
  "x-powered-by",
]);

/** Copies the headers of a service's answer that a client gets. CORS is the gateway's concern. */
export function towardsClient(outbound: Headers, answer: Headers): void {
  const named = namesIn(outbound.get("connection"));
  outbound.forEach((value, name) => {
    const passes = !notForClients.has(name) && !named.includes(name) &&
      !name.startsWith("access-control-");
    if (passes) answer.append(name, value);
  });
}

/** Deno iterates over headers seven times as slowly as it calls back for each. */
export function listOf(headers: Headers): HeaderList {
  const list: HeaderList = [];
  headers.forEach((value, name) => list.push([name, value]));
  return list;
}

export function readHeaders(headers: Headers): Inbound {
  const list = listOf(headers);
  return { list, get: (name) => valueOf(list, name) };
}

function valueOf(headers: HeaderList, wanted: string): string | undefined {
  return headers.find(([name]) => name === wanted)?.[1];
}

const namedByConnection = (headers: HeaderList): string[] =>
  namesIn(valueOf(headers, "connection"));

const namesIn = (connection: string | null | undefined): string[] =>
  connection ? connection.toLowerCase().split(",").map((name) => name.trim()) : [];

/** What an answer that is not a page may do in a browser: nothing. */
const POLICY = "default-src 'none'; frame-ancestors 'none'";
const HSTS = "max-age=63072000; includeSubDomains";

/** Puts the headers of every answer in place; a page's own content security policy stays. */
export function secure(headers: Headers, requestId: string, isProduction: boolean): void {
  headers.set("x-request-id", requestId);
  headers.set("x-content-type-options", "nosniff");
  headers.set("referrer-policy", "no-referrer");
  headers.set("cross-origin-resource-policy", "same-origin");
  if (!headers.has("content-security-policy")) headers.set("content-security-policy", POLICY);
  if (isProduction) headers.set("strict-transport-security", HSTS);
}
