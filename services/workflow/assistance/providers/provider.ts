/** What every provider of drafts takes and gives, whoever it is. */

export const providerIds = ["rule-based", "openai", "anthropic", "recorded", "fault"] as const;
export type ProviderId = typeof providerIds[number];

export type ProviderRequest = {
  task: string;
  /** Our own words, and nobody else's. */
  instructions: string;
  /** What others have written, between marks that they could not foresee. */
  data: string;
  schemaName: string;
  schema: Record<string, unknown>;
  maxOutputTokens: number;
  timeoutMs: number;
  /** The same for the same task, prompt and data: what recordings are found by. */
  key: string;
  /** What our own rules make of it. */
  draft: () => unknown;
};

export type Usage = { inputTokens: number; outputTokens: number };

export const failureKinds = [
  "refused",
  "truncated",
  "invalid_output",
  "timeout",
  "rate_limited",
  "unavailable",
] as const;
export type FailureKind = typeof failureKinds[number];

export type ProviderOutcome =
  | { kind: "ok"; text: string; usage: Usage; providerRequestId: string | null }
  | {
    kind: FailureKind;
    /** Fixed words: never what the provider has said, which may repeat what it was sent. */
    detail: string;
    usage?: Usage;
    retryAfterMs?: number;
    /** The provider may have done the work, and charge for it. */
    mayBeBilled: boolean;
  };

export type Provider = {
  id: ProviderId;
  model: string;
  /** Whether what it is given leaves the clinic. */
  isExternal: boolean;
  /** One call, never repeated here. Never throws: what went wrong is an answer. */
  complete(request: ProviderRequest): Promise<ProviderOutcome>;
};

const SECOND_MS = 1_000;
const RETRY_AFTER_MAX_MS = 3_600_000;

/** RFC 9110: seconds or a date; undefined for anything else. */
export function retryAfterMs(header: string | null | undefined, now: Date): number | undefined {
  if (!header) return undefined;
  const ms = /^\d{1,9}$/.test(header)
    ? Number(header) * SECOND_MS
    : Date.parse(header) - now.getTime();
  return Number.isNaN(ms) ? undefined : Math.min(Math.max(ms, 0), RETRY_AFTER_MAX_MS);
}

type Failing = { status: number | undefined; retryAfter: string | null | undefined; now: Date };

/** What an HTTP status of either provider means. */
export function failureOf(
  { status, retryAfter, now }: Failing,
): Exclude<ProviderOutcome, { kind: "ok" }> {
  const wait = retryAfterMs(retryAfter, now);
  const later = wait === undefined ? {} : { retryAfterMs: wait };
  if (status === undefined) {
    return { kind: "unavailable", detail: "the connection broke", mayBeBilled: true };
  }
  const detail = `it answered with ${status}`;
  if (status === 429) return { kind: "rate_limited", detail, mayBeBilled: false, ...later };
  if (status === 413) return { kind: "truncated", detail, mayBeBilled: false };
  return { kind: "unavailable", detail, mayBeBilled: false, ...later };
}

const LEFT_OUT = new Set([
  "$schema",
  "minLength",
  "maxLength",
  "pattern",
  "format",
  "minItems",
  "maxItems",
  "minimum",
  "maximum",
  "exclusiveMinimum",
  "exclusiveMaximum",
]);

/** Both providers take a part of JSON Schema only; the rest is checked by zod afterwards. */
export function plainSchema(schema: unknown): Record<string, unknown> {
  const strip = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(strip);
    if (value === null || typeof value !== "object") return value;
    return Object.fromEntries(
      Object.entries(value).filter(([name]) => !LEFT_OUT.has(name))
        .map(([name, inner]) => [name, strip(inner)]),
    );
  };
  return strip(schema) as Record<string, unknown>;
}
