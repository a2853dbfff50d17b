/** The Hono app that every feature starts from: one way to validate, one way to fail. */
import { OpenAPIHono } from "@hono/zod-openapi";
import type { Actor } from "../auth/actor.ts";
import { common } from "../problem/problem.ts";

/** What middleware knows about a request. Nothing else travels in the Hono context. */
export type RequestFacts = { requestId: string; actor: Actor };
export type Api = OpenAPIHono<{ Variables: RequestFacts }>;

/** RFC 6901: `~` and `/` inside a name are escaped. */
const pointerTo = (path: PropertyKey[]) =>
  path.map((step) => `/${String(step).replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");

const ERRORS_MAX = 50;

type Issue = { path: PropertyKey[]; message: string; code: string; keys?: string[] };

/** One error per wrong place; an unknown field is named by its own pointer. */
export function errorsOf(issues: readonly Issue[]): { pointer: string; detail: string }[] {
  return issues.flatMap((issue) =>
    issue.code === "unrecognized_keys"
      ? (issue.keys ?? []).map((key) => ({
        pointer: pointerTo([...issue.path, key]),
        detail: "This field is not known here.",
      }))
      : [{ pointer: pointerTo(issue.path), detail: issue.message }]
  ).slice(0, ERRORS_MAX);
}

/** Sub-apps do not inherit `defaultHook`, so no feature may call `new OpenAPIHono()` itself. */
export function createApi(): Api {
  return new OpenAPIHono({
    defaultHook: (result) => {
      if (result.success) return;
      throw common("invalid-request", { errors: errorsOf(result.error.issues as Issue[]) });
    },
  });
}
