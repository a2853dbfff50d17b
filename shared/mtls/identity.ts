/**
 * Who this process is towards the other services: a short-lived certificate that names
 * `spiffe://praxis/<service>`, read from a folder and read again when it has been replaced.
 */
import { createPrivateKey, X509Certificate } from "node:crypto";
import { z } from "zod";
import { currentTraceparent, inSpan } from "../telemetry/trace.ts";

export const mtlsConfig = {
  /** Holds `ca.pem` and `identity.pem`; with it, services speak TLS and ask for certificates. */
  MTLS_FOLDER: z.string().startsWith("/").optional(),
  /** Which services, by name, may call this one. */
  MTLS_CALLERS: z.string().regex(/^[a-z]+(,[a-z]+)*$/).transform((text) => text.split(","))
    .optional(),
};

export type Identity = {
  /** PEM: the certificate, and its key. */
  cert: string;
  key: string;
  /** PEM: whoever signed the certificates of all services. */
  ca: string;
};

const ROUND_MS = 1_000;
/** Requests that began with the old certificate have ended by then. */
const OLD_CLIENT_MS = 120_000;
const POOL_IDLE_MAX = 256;

const TRUST_DOMAIN = "spiffe://praxis/";

/** The service that a certificate's URI names (SPIFFE X.509-SVID §2), or undefined. */
export function serviceNamed(subjectAltName: string | undefined): string | undefined {
  const uris = (subjectAltName ?? "").split(", ").filter((entry) => entry.startsWith("URI:"));
  // An SVID holds exactly one.
  if (uris.length !== 1) return undefined;
  const uri = uris[0]!.slice("URI:".length);
  const name = uri.startsWith(TRUST_DOMAIN) ? uri.slice(TRUST_DOMAIN.length) : "";
  return /^[a-z]{2,30}$/.test(name) ? name : undefined;
}

/** What cannot be used, in an operator's words. */
export class UnusableCertificate extends Error {
  override name = "UnusableCertificate";
}

function readPem(path: string): string {
  try {
    return Deno.readTextFileSync(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw new UnusableCertificate(`${path} is not there; it belongs into MTLS_FOLDER`);
  }
}

function parseCertificate(pem: string, path: string): X509Certificate {
  try {
    return new X509Certificate(pem);
  } catch {
    throw new UnusableCertificate(`${path} holds no certificate that can be read`);
  }
}

function holdsKey(certificate: X509Certificate, key: string): boolean {
  try {
    return certificate.checkPrivateKey(createPrivateKey(key));
  } catch {
    return false;
  }
}

/**
 * One file holds certificate and key, so that a rename replaces both at once.
 * @throws UnusableCertificate
 */
export function readIdentity(folder: string): Identity {
  const path = `${folder}/identity.pem`;
  const pem = readPem(path);
  const part = (label: string) =>
    pem.match(new RegExp(`-----BEGIN ${label}-----[^-]+-----END ${label}-----`))?.[0] ?? "";
  const identity = {
    cert: part("CERTIFICATE"),
    key: part("PRIVATE KEY"),
    ca: readPem(`${folder}/ca.pem`),
  };
  const certificate = parseCertificate(identity.cert, path);
  const authority = parseCertificate(identity.ca, `${folder}/ca.pem`);
  if (!certificate.verify(authority.publicKey)) {
    throw new UnusableCertificate(`${path}: the certificate was not signed by ca.pem`);
  }
  if (!holdsKey(certificate, identity.key)) {
    throw new UnusableCertificate(`${path} does not hold the key of its certificate`);
  }
  return identity;
}

/** @throws UnusableCertificate when nobody believes the certificate any more. */
function refuseExpired({ cert }: Identity, folder: string, now: Date): void {
  const until = new X509Certificate(cert).validToDate;
  if (until > now) return;
  throw new UnusableCertificate(
    `${folder}/identity.pem: the certificate expired at ${until.toISOString()}. No other service ` +
      "answers to it. See to whoever renews it; a new file is taken up without a restart",
  );
}

type Current = { identity: Identity; callers: readonly string[]; client: Deno.HttpClient };

/** A process is one workload, so this is the process's and not a dependency that one might swap. */
let current: Current | undefined;
const onChange = new Set<(identity: Identity) => void>();

const clientOf = ({ cert, key, ca }: Identity) =>
  Deno.createHttpClient({ cert, key, caCerts: [ca], poolMaxIdlePerHost: POOL_IDLE_MAX });

const changedAt = (folder: string) => Deno.statSync(`${folder}/identity.pem`).mtime?.getTime() ?? 0;

/** What a process may start with. @throws UnusableCertificate */
function usable(folder: string, now: Date): Identity {
  try {
    const identity = readIdentity(folder);
    refuseExpired(identity, folder, now);
    return identity;
  } catch (error) {
    if (!(error instanceof UnusableCertificate)) throw error;
    throw new UnusableCertificate(`Cannot start: ${error.message}.`);
  }
}

/**
 * From here on this process calls, and is called, with the certificate in `folder`. Nothing
 * happens without a folder. `onProblem` hears of a new one that is no good, and once when the
 * present one has expired. Returns what ends the watching.
 * @throws UnusableCertificate when the folder holds no good identity: such a process must not start.
 */
export function takeIdentity(
  folder: string | undefined,
  callers: readonly string[] = [],
  onProblem: (error: unknown) => void = () => {},
  now = () => new Date(),
): () => void {
  if (folder === undefined) return () => {};
  const identity = usable(folder, now());
  current = { identity, callers, client: clientOf(identity) };
  let seenAt = changedAt(folder);
  let hasComplained = false;
  const timer = setInterval(() => {
    try {
      const at = changedAt(folder);
      if (at === seenAt) {
        if (!hasComplained && current) refuseExpired(current.identity, folder, now());
        return;
      }
      seenAt = at;
      hasComplained = false;
      const fresh = readIdentity(folder);
      const old = current?.client;
      current = { identity: fresh, callers, client: clientOf(fresh) };
      for (const tell of onChange) tell(fresh);
      Deno.unrefTimer(setTimeout(() => old?.close(), OLD_CLIENT_MS) as unknown as number);
    } catch (error) {
      // The old one goes on until it expires.
      hasComplained = true;
      onProblem(error);
    }
  }, ROUND_MS);
  Deno.unrefTimer(timer as unknown as number);
  return () => {
    clearInterval(timer);
    current?.client.close();
    current = undefined;
  };
}

export const currentIdentity = (): Omit<Current, "client"> | undefined => current;

/** Calls `tell` with every new certificate until the result is called. */
export function followIdentity(tell: (identity: Identity) => void): () => void {
  onChange.add(tell);
  return () => void onChange.delete(tell);
}

/** The client for a URL of another service: ours with the certificate when it speaks TLS. */
export function peerClient(url: string | URL): Deno.HttpClient | undefined {
  return String(url).startsWith("https:") || String(url).startsWith("wss:")
    ? current?.client
    : undefined;
}

/**
 * `fetch` towards another service of the platform: shows this process's certificate over TLS, and
 * carries the present trace on.
 */
export function fetchPeer(url: string | URL, init: RequestInit = {}): Promise<Response> {
  if (currentTraceparent() === undefined) return send(url, init);
  const { hostname, port } = new URL(url);
  const attributes = { "server.address": hostname, "server.port": Number(port) };
  const method = init.method ?? "GET";
  return inSpan(method, { kind: "client", attributes }, async (span) => {
    const headers = new Headers(init.headers);
    headers.set("traceparent", currentTraceparent()!);
    const answer = await send(url, { ...init, headers });
    span?.setAttribute("http.response.status_code", answer.status);
    return answer;
  });
}

function send(url: string | URL, init: RequestInit): Promise<Response> {
  const client = peerClient(url);
  // The web app is checked against the types of browsers, which know no `client`.
  const options: RequestInit & { client?: Deno.HttpClient } = { ...init };
  if (client) options.client = client;
  return fetch(url, options);
}
