/** How sessions are reached: signing in and out, refreshing, and the list of one's devices. */
import { z } from "@hono/zod-openapi";
import { signedIn } from "@praxis/shared/auth";
import { createApi, defineRoute, empty, readBody, reply } from "@praxis/shared/http";
import { common } from "@praxis/shared/problem";
import type { Deps } from "../deps.ts";
import { problem } from "../problems.ts";
import { answerWith, NO_STORE, originOf } from "./answers.ts";
import { CLEARED, refreshTokenOf } from "./cookies.ts";
import {
  MfaRequired,
  Refresh,
  SessionPage,
  SessionQuery,
  shortUserAgent,
  SignedIn,
  SignIn,
  Tokens,
} from "./model.ts";
import { refresh } from "./refresh.ts";
import * as sessions from "./sessions.ts";
import { start } from "./sign_in.ts";

const SIGN_OUT_BYTES_MAX = 64 * 1024;

const signIn = defineRoute({
  permission: "public",
  method: "post",
  path: "/auth/login",
  tags: ["sessions"],
  summary: "Sign in",
  request: { body: { required: true, content: { "application/json": { schema: SignIn } } } },
  responses: {
    200: {
      description: "Signed in, or a second factor is asked for",
      content: { "application/json": { schema: SignedIn } },
    },
  },
});

const refreshSession = defineRoute({
  permission: "public",
  method: "post",
  path: "/auth/refresh",
  tags: ["sessions"],
  summary: "Exchange the refresh token, from the body or else from the cookie, for new tokens",
  request: { body: { required: true, content: { "application/json": { schema: Refresh } } } },
  responses: {
    200: { description: "Refreshed", content: { "application/json": { schema: Tokens } } },
  },
});

/** The body may be missing, which `request.body` cannot say: so the handler reads it. */
const signOut = defineRoute({
  permission: "public",
  method: "post",
  path: "/auth/logout",
  tags: ["sessions"],
  summary: "Sign out, by access token, by refresh token in an optional body, or by cookie",
  responses: { 204: { description: "Signed out, if signed in" } },
});

const listSessions = defineRoute({
  permission: "signed-in",
  method: "get",
  path: "/api/identity/users/me/sessions",
  tags: ["sessions"],
  summary: "List where you are signed in",
  request: { query: SessionQuery },
  responses: {
    200: { description: "OK", content: { "application/json": { schema: SessionPage } } },
  },
});

const revokeSession = defineRoute({
  permission: "signed-in",
  method: "delete",
  path: "/api/identity/users/me/sessions/{id}",
  tags: ["sessions"],
  summary: "Sign one of your devices out",
  request: { params: z.object({ id: z.uuid() }) },
  responses: { 204: { description: "Signed out" } },
});

const Ended = z.object({ ended: z.number().int() }).openapi("EndedSessions");

const revokeOthers = defineRoute({
  permission: "signed-in",
  method: "delete",
  path: "/api/identity/users/me/sessions",
  tags: ["sessions"],
  summary: "Sign all your other devices out",
  responses: { 200: { description: "OK", content: { "application/json": { schema: Ended } } } },
});

/** The refresh token of an optional JSON body. */
async function bodyToken(request: Request): Promise<string | undefined> {
  const bytes = await readBody(request, SIGN_OUT_BYTES_MAX);
  if (bytes.length === 0) return undefined;
  const isJson = /^application\/json\s*(;|$)/i.test(request.headers.get("content-type") ?? "");
  if (!isJson) throw common("unsupported-media-type");
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    throw common("malformed", { detail: "The body is not JSON in UTF-8." });
  }
  const body = Refresh.safeParse(value);
  if (!body.success) throw common("invalid-request");
  return body.data.refreshToken;
}

export function sessionRoutes(deps: Deps) {
  const api = createApi();

  api.openapi(signIn, async (c) => {
    const input = c.req.valid("json");
    const userAgent = shortUserAgent(c.req.header("user-agent"));
    const facts = { requestId: c.get("requestId"), userAgent };
    const answer = await start(deps, input, facts, originOf(c));
    return answer.kind === "mfa"
      ? reply(c, 200, MfaRequired, answer.mfa, NO_STORE)
      : answerWith(c, deps, input.client, answer.grant);
  });

  api.openapi(refreshSession, async (c) => {
    const given = c.req.valid("json").refreshToken;
    const token = given ?? refreshTokenOf(c.req.raw.headers, deps.publicUrl);
    if (token === undefined) throw problem("refresh-rejected");
    const grant = await refresh(deps, token, { requestId: c.get("requestId") });
    return answerWith(c, deps, given === undefined ? "web" : "api", grant);
  });

  api.openapi(signOut, async (c) => {
    const refreshToken = await bodyToken(c.req.raw) ??
      refreshTokenOf(c.req.raw.headers, deps.publicUrl);
    await sessions.end(deps, c.get("actor"), { refreshToken, requestId: c.get("requestId") });
    return empty(204, { "set-cookie": CLEARED });
  });

  api.openapi(listSessions, async (c) => {
    const page = await sessions.listOwn(deps, signedIn(c), c.req.valid("query"));
    return reply(c, 200, SessionPage, page);
  });

  api.openapi(revokeOthers, async (c) => {
    const requestId = c.get("requestId");
    const ended = await sessions.revokeOthers(deps, signedIn(c), { requestId });
    return reply(c, 200, Ended, { ended });
  });

  api.openapi(revokeSession, async (c) => {
    const input = { id: c.req.valid("param").id, requestId: c.get("requestId") };
    await sessions.revokeOwn(deps, signedIn(c), input);
    return empty(204);
  });

  return api;
}
