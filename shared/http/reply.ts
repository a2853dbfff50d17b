/** The ways out: a value through its schema, bytes, or nothing. */
import type { z } from "@hono/zod-openapi";
import type { Context, TypedResponse } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import type { JSONParsed } from "hono/utils/types";

type Reply<T, S extends ContentfulStatusCode> = Response & TypedResponse<JSONParsed<T>, S, "json">;

/** Answers with `value`; what the schema does not name is not sent. */
export function reply<T extends z.ZodType, S extends ContentfulStatusCode>(
  c: Context,
  status: S,
  schema: T,
  value: z.input<T>,
  headers: Record<string, string> = {},
): Reply<z.output<T>, S> {
  // The casts only stop the compiler from expanding JSON types; `parse` has done the checking.
  return c.json(schema.parse(value) as never, status, headers) as never;
}

/** Answers with bytes or events that no schema can describe: files, SSE, HL7. */
export function stream(
  body: BodyInit | null,
  status: number,
  headers: Record<string, string>,
): Response {
  return new Response(body, { status, headers });
}

/** Answers with a status alone. */
export function empty(status: 204 | 304 = 204, headers: Record<string, string> = {}): Response {
  return new Response(null, { status, headers });
}
