/** What can go wrong with a request, as the screens need to know it. */

export type ProblemDetails = {
  type: string;
  title: string;
  status: number;
  detail?: string;
  instance?: string;
  errors?: { pointer: string; detail: string }[];
};

/** An answer that says no. */
export class Problem extends Error {
  override name = "Problem";

  constructor(
    readonly status: number,
    readonly kind: string,
    readonly details: Partial<ProblemDetails> = {},
    readonly retryAfterSeconds?: number,
  ) {
    super(details.title ?? `status ${status}`);
  }
}

/** No answer: no network, or nobody there. */
export class Unreachable extends Error {
  override name = "Unreachable";
}

/** The person chose to end the session rather than to sign in again. */
export class SessionEnded extends Error {
  override name = "SessionEnded";
}

/** The person did not want to prove again that it is them. */
export class Declined extends Error {
  override name = "Declined";
}

/** The person knows already: nothing has to be said. */
export const isSilent = (error: unknown): boolean =>
  error instanceof SessionEnded || error instanceof Declined;

export const isKind = (error: unknown, kind: string): boolean =>
  error instanceof Problem && error.kind === kind;

/** Reads any bad answer, also one that some proxy wrote in HTML. */
export function problemOf(
  status: number,
  text: string,
  header: (name: string) => string | null,
): Problem {
  let details: Partial<ProblemDetails> = {};
  if (/json/.test(header("content-type") ?? "")) {
    try {
      const value: unknown = JSON.parse(text);
      if (typeof value === "object" && value !== null) details = value;
    } catch {
      // A cut-off body: the status alone has to do.
    }
  }
  const kind = typeof details.type === "string" ? details.type.replace(/^\/problems\//, "") : "";
  const seconds = Number.parseInt(header("retry-after") ?? "", 10);
  return new Problem(status, kind, details, Number.isFinite(seconds) ? seconds : undefined);
}

export const isAborted = (error: unknown): boolean =>
  error instanceof DOMException && error.name === "AbortError";

/** Worth trying again by itself: nothing was refused. */
export const isPassing = (error: unknown): boolean =>
  error instanceof Unreachable ||
  (error instanceof Problem && [429, 502, 503, 504].includes(error.status));
