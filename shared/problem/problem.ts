/** Errors a client may see, written as RFC 9457 problem details. */
import { z } from "@hono/zod-openapi";
import { HTTPException } from "hono/http-exception";
import postgres from "postgres";

export const ProblemDetails = z.object({
  type: z.string().openapi({ example: "/problems/document-not-found" }),
  title: z.string(),
  status: z.number().int(),
  detail: z.string().optional(),
  instance: z.string().openapi({ description: "The request id to quote to support." }),
  errors: z.array(z.object({ pointer: z.string(), detail: z.string() })).optional(),
}).openapi("Problem");

export const PROBLEM_TYPE = "application/problem+json";

type Kind = { status: number; title: string };
type Extra = {
  detail?: string;
  errors?: { pointer: string; detail: string }[];
  /** Sent beside the body: `Retry-After`, `Allow` and the like. */
  headers?: Record<string, string>;
};

/** Thrown anywhere; turned into a response in exactly one place, `toResponse`. */
export class Problem extends Error {
  override name = "Problem";

  constructor(
    readonly kind: string,
    readonly status: number,
    title: string,
    readonly extra: Extra = {},
  ) {
    super(title);
  }
}

/** Lists every problem of a service in one table and returns a typed constructor for them. */
export function defineProblems<const T extends Record<string, Kind>>(kinds: T) {
  return (kind: keyof T & string, extra?: Extra): Problem => {
    const { status, title } = kinds[kind]!;
    return new Problem(kind, status, title, extra);
  };
}

export const common = defineProblems({
  "malformed": { status: 400, title: "The request cannot be read" },
  "not-signed-in": { status: 401, title: "Sign in first" },
  "not-permitted": { status: 403, title: "You may not do this" },
  "not-found": { status: 404, title: "There is nothing here" },
  "method-not-allowed": { status: 405, title: "This address does not take that method" },
  "idempotency-mismatch": {
    status: 422,
    title: "This Idempotency-Key was used for a different request",
  },
  "too-large": { status: 413, title: "The request is larger than the limit" },
  "unsupported-media-type": { status: 415, title: "This media type is not taken here" },
  "invalid-request": { status: 422, title: "The request does not match its schema" },
  "too-many-requests": { status: 429, title: "Too many requests, try again later" },
  "storage-full": { status: 503, title: "There is no room left to keep this" },
  "unavailable": { status: 503, title: "This part of Praxis is not available at the moment" },
});

/** Codes of SQLSTATE class 22 (data exception) mean: the caller's value cannot be stored. */
function fromPostgres(error: unknown): Problem | undefined {
  if (!(error instanceof postgres.PostgresError)) return undefined;
  if (error.code.startsWith("22")) {
    return common("invalid-request", { detail: "A value cannot be stored as it is." });
  }
  if (error.code === "53100") return storageFull();
  // 40: a deadlock was broken here; 53: out of resources; 57: shutting down, or too slow.
  if (/^(40|53|57)/.test(error.code)) return common("unavailable", retrySoon);
  return undefined;
}

/** A disk is full: of the database, or of the files. */
const storageFull = () =>
  common("storage-full", {
    detail: "Nothing was changed. The operator has to make room; then it can be sent again.",
    headers: { "retry-after": "60" },
  });

function isDiskFull(error: unknown): boolean {
  return error instanceof Error && "code" in error && /^(ENOSPC|EDQUOT)$/.test(String(error.code));
}

const retrySoon = { headers: { "retry-after": "1" } };

/** The drivers' own codes for a database that cannot be reached just now. */
const CONNECTION_CODES = /^(CONNECTION_|CONNECT_TIMEOUT|ECONNREFUSED|ECONNRESET|EPIPE)/;

function isConnectionLoss(error: unknown): boolean {
  return error instanceof Error && "code" in error && CONNECTION_CODES.test(String(error.code));
}

/** What a client may know of an error; `undefined` means: nothing at all. */
export function asProblem(error: unknown): Problem | undefined {
  if (error instanceof Problem) return error;
  if (error instanceof HTTPException && error.status === 400) return common("malformed");
  if (isDiskFull(error)) return storageFull();
  if (isConnectionLoss(error)) return common("unavailable", retrySoon);
  return fromPostgres(error);
}

/** The response. An unknown error says nothing about its cause: that goes to the log only. */
export function toResponse(error: unknown, requestId: string): Response {
  const problem = asProblem(error);
  const { headers = {}, ...extra } = problem?.extra ?? {};
  const status = problem?.status ?? 500;
  const body = {
    type: `/problems/${problem?.kind ?? "internal"}`,
    title: problem?.message ?? "Something went wrong on our side",
    status,
    instance: requestId,
    ...extra,
  };
  const challenge = status === 401 ? { "www-authenticate": "Bearer" } : {};
  return Response.json(body, {
    status,
    headers: { ...challenge, ...headers, "content-type": PROBLEM_TYPE, "x-request-id": requestId },
  });
}
