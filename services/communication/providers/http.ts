/** One HTTP call to a provider: its time limit, and what its end means. */
import { peerClient } from "@praxis/shared/mtls";
import type { Result } from "./model.ts";

const ANSWER_BYTES_MAX = 64 * 1024;

export type Answer = { status: number; headers: Headers; text: string };

/**
 * Errors of connecting: nothing was sent. Deno says so in the message only, and wraps the cause.
 */
function wasNeverSent(error: unknown): boolean {
  const text = `${error instanceof Error ? `${error.message} ${error.cause ?? ""}` : error}`;
  return /refused|dns|name resolution|unreachable|certificate|handshake/i.test(text);
}

/** Never holds an address, a text or a secret: it is stored and logged. */
export const describeStatus = (status: number) => `HTTP ${status}`;

async function readText(response: Response): Promise<string> {
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength;
    if (size > ANSWER_BYTES_MAX) throw new Error("the answer is too long");
    chunks.push(chunk);
  }
  return await new Blob(chunks).text();
}

/** Of `fetch`, for simulators: they are this service itself, which may ask for a certificate. */
export function certificateFor(url: string): { client?: Deno.HttpClient } {
  const client = new URL(url).hostname === "127.0.0.1" ? peerClient(url) : undefined;
  return client === undefined ? {} : { client };
}

/** The answer, or the result when there is none. Redirects are not followed: keys stay here. */
export async function call(
  url: string,
  init: RequestInit,
  timeoutMs: number,
): Promise<Answer | Extract<Result, { outcome: "transient" | "ambiguous" }>> {
  try {
    const signal = AbortSignal.timeout(timeoutMs);
    const asked = { ...init, ...certificateFor(url), redirect: "manual", signal } as const;
    const response = await fetch(url, asked);
    return {
      status: response.status,
      headers: response.headers,
      text: await readText(response),
    };
  } catch (error) {
    if (wasNeverSent(error)) return { outcome: "transient", detail: "could not connect" };
    const isLate = error instanceof DOMException && error.name === "TimeoutError";
    return { outcome: "ambiguous", detail: isLate ? "no answer in time" : "connection lost" };
  }
}

const RETRY_AFTER_MAX_SECONDS = 3_600;

/** `Retry-After` in seconds or as a date (RFC 9110 section 10.2.3). */
export function retryAfterOf(header: string | null | undefined, now: Date): number | undefined {
  if (header === null || header === undefined) return undefined;
  const seconds = /^\d{1,6}$/.test(header)
    ? Number(header)
    : (Date.parse(header) - now.getTime()) / 1000;
  return Number.isFinite(seconds)
    ? Math.min(Math.max(Math.ceil(seconds), 1), RETRY_AFTER_MAX_SECONDS)
    : undefined;
}

/** What a status that is no success means, when the provider has no better words for it. */
export function resultOfStatus(
  { status, headers }: Pick<Answer, "status" | "headers">,
  now: Date,
): Result {
  const detail = describeStatus(status);
  if (status === 401 || status === 403) return { outcome: "config", detail };
  if (status === 429 || status >= 500 || status === 408) {
    const retryAfterSeconds = retryAfterOf(headers.get("retry-after"), now);
    return {
      outcome: "transient",
      detail,
      ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
    };
  }
  if (status >= 400) return { outcome: "permanent", detail };
  // Taken, it seems, but without the words that would prove it.
  return { outcome: "ambiguous", detail };
}

/** The value at `name` of a JSON object, as text. */
export function textAt(json: string, name: string): string | undefined {
  try {
    const value = (JSON.parse(json) as Record<string, unknown> | null)?.[name];
    return typeof value === "string" || typeof value === "number" ? String(value) : undefined;
  } catch {
    return undefined;
  }
}

export const isResult = <T extends object>(
  value: Answer | T,
): value is T => "outcome" in value;

export const basic = (user: string, password: string) =>
  `Basic ${new TextEncoder().encode(`${user}:${password}`).toBase64()}`;
