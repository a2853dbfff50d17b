/** A route cannot be written without saying who may call it. */
import { createRoute, type RouteConfig } from "@hono/zod-openapi";
import { createMiddleware } from "hono/factory";
import { permit } from "../auth/permit.ts";
import { type Access, isPermission } from "../auth/permissions.ts";
import { common, PROBLEM_TYPE, ProblemDetails } from "../problem/problem.ts";
import { isWithin, LEVELS_MAX } from "./levels.ts";

type RouteSpec<P extends string> = Omit<RouteConfig, "path" | "middleware" | "security"> & {
  path: P;
  permission: Access;
};

const problem = {
  description: "Problem",
  content: { [PROBLEM_TYPE]: { schema: ProblemDetails } },
};

/** A JSON body is at most this long; documents travel as multipart and have their own limit. */
export const JSON_BYTES_MAX = 1024 * 1024;

const mediaType = (header: string | undefined) => header?.split(";")[0]?.trim().toLowerCase();

/** Reads at most `limit` bytes of a body, or throws `too-large` without reading the rest. */
export async function readBody(request: Request, limit: number): Promise<Uint8Array> {
  const declared = Number(request.headers.get("content-length") ?? 0);
  if (declared > limit) throw common("too-large");
  // Said and kept: HTTP lets no more bytes through than that.
  if (declared > 0) {
    // Not `bytes()`: the request behind mTLS is none of the platform's own, and has only this.
    const body = new Uint8Array(await request.arrayBuffer());
    if (body.byteLength > limit) throw common("too-large");
    return body;
  }
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of request.body ?? []) {
    size += chunk.byteLength;
    if (size > limit) throw common("too-large");
    chunks.push(chunk);
  }
  const body = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    body.set(chunk, at);
    at += chunk.byteLength;
  }
  return body;
}

/**
 * zod-openapi skips a body whose media type is missing or another, and Hono reads text leniently
 * and without a limit: so the body is read here, strictly, and handed on as text.
 */
const takesJson = createMiddleware(async (c, next) => {
  if (mediaType(c.req.header("content-type")) !== "application/json") {
    throw common("unsupported-media-type", { detail: "Send this as application/json." });
  }
  const body = await readBody(c.req.raw, JSON_BYTES_MAX);
  let text: string;
  let value: unknown;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(body);
    value = JSON.parse(text);
  } catch {
    throw common("malformed", { detail: "The body is not JSON in UTF-8." });
  }
  if (!isWithin(value, LEVELS_MAX)) {
    throw common("malformed", { detail: `The body is nested deeper than ${LEVELS_MAX} levels.` });
  }
  // Hono's type says string, but it reads its cache with `then`.
  c.req.bodyCache.text = Promise.resolve(text) as never;
  await next();
});

function takesMedia(types: string[]) {
  return createMiddleware(async (c, next) => {
    const type = mediaType(c.req.header("content-type"));
    if (type === undefined || !types.includes(type)) {
      throw common("unsupported-media-type", { detail: `Send this as ${types.join(" or ")}.` });
    }
    await next();
  });
}

/**
 * Adds the gate, the body check, the security scheme and the problem response to a plain route.
 * `x-permission` in the OpenAPI document repeats `permission`, for the tests over every route.
 */
export function defineRoute<P extends string, R extends RouteSpec<P>>({ permission, ...spec }: R) {
  const content = spec.request?.body?.content;
  const types = Object.keys(content ?? {});
  const guards = [permit(permission)];
  if (types.includes("application/json")) guards.push(takesJson);
  else if (types.length > 0) guards.push(takesMedia(types));
  // A body that zod-openapi finds optional is skipped when it has no content type.
  const request = content && {
    ...spec.request,
    body: { ...spec.request!.body, required: true },
  };
  const needsUser = permission === "signed-in" || isPermission(permission);
  const security = needsUser
    ? [{ accessToken: [] }]
    : permission === "service"
    ? [{ serviceToken: [] }]
    : [];
  const route = {
    ...spec,
    ...(request ? { request } : {}),
    middleware: guards,
    security,
    "x-permission": permission,
    responses: { ...spec.responses, default: problem },
  };
  // Callers see the type they wrote: the additions never change what a handler reads or returns.
  return createRoute<P, R>(route as unknown as R);
}
