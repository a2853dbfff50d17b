/** Reads from a client's FHIR server: the registered one only, within a time and a size. */
import type { IncomingMessage } from "node:http";
import { type LookUp, placeOf, requestOutward, within } from "@praxis/shared/outward";

const BYTES_MAX = 2 * 1024 * 1024;
/** RFC 6750: anything else in a header could be another header. */
const TOKEN = /^[\w.~+/-]+=*$/;

export type Asked = {
  url: URL;
  /** Goes to `url` and nowhere else: into no log, no problem, no row. */
  token: string;
  signal: AbortSignal;
};

/** A resource, or why there is none. */
export type Fetched = { resource: Record<string, unknown> } | {
  refused: "inside" | "unknown" | "status" | "too-large" | "malformed" | "no-answer";
};
export type FetchFhir = (asked: Asked) => Promise<Fetched>;

type Options = {
  /** Names that may lead inside: what the operator says, never a client. */
  hostsInside: readonly string[];
  lookUp?: LookUp;
  /** Authorities that are trusted in place of the usual ones, in PEM. */
  tlsCa?: string;
};

class Refused extends Error {
  constructor(readonly reason: Extract<Fetched, { refused: string }>["refused"]) {
    super(reason);
  }
}

async function readAll(response: IncomingMessage): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response) {
    length += chunk.byteLength;
    if (length > BYTES_MAX) throw new Refused("too-large");
    chunks.push(chunk);
  }
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.byteLength;
  }
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new Refused("malformed");
  }
}

function resourceOf(text: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Refused("malformed");
  }
  const isResource = value !== null && typeof value === "object" && "resourceType" in value;
  if (!isResource) throw new Refused("malformed");
  return value as Record<string, unknown>;
}

/** The token goes along to nobody else. */
export function createFhirFetcher({ hostsInside, lookUp, tlsCa }: Options): FetchFhir {
  return async ({ url, token, signal }) => {
    let response: IncomingMessage | undefined;
    try {
      if (!TOKEN.test(token)) throw new Refused("malformed");
      const answer = await requestOutward({
        url,
        method: "GET",
        headers: { accept: "application/fhir+json", authorization: `Bearer ${token}` },
        signal,
        placeOf: (hostname) => placeOf(hostname, lookUp, hostsInside),
        tlsCa,
      });
      if ("refused" in answer) return answer;
      response = answer;
      if (response.statusCode !== 200) throw new Refused("status");
      return { resource: resourceOf(await within(signal, readAll(response))) };
    } catch (error) {
      return { refused: error instanceof Refused ? error.reason : "no-answer" };
    } finally {
      response?.destroy();
    }
  };
}
