/**
 * How the programs of others reach identity: OAuth 2.1 and OpenID Connect. What the protocol itself
 * refuses is written in its own shape (RFC 6749 §5.2), which clients of any language know: the one
 * exception from problem details. Forms are read by hand, since zod-openapi would read one of any
 * length, and parameters too, since their errors have their own rules.
 */
import { signedIn } from "@praxis/shared/auth";
import { createApi, defineRoute, readBody, reply, stream } from "@praxis/shared/http";
import { common } from "@praxis/shared/problem";
import type { Context } from "hono";
import type { Deps } from "../deps.ts";
import { exchange } from "../service_tokens/service_tokens.ts";
import { readBasic } from "../service_tokens/model.ts";
import {
  type Client,
  Consent,
  ConsentDetails,
  ConsentRequest,
  Introspection,
  isRefused,
  Metadata,
  metadataOf,
  OAuthError,
  type OAuthErrorCode,
  oauthErrors,
  readForm,
  Redirection,
  type Refused,
  refused,
  TokenAnswer,
  UserInfo,
} from "./model.ts";
import * as oauth from "./oauth.ts";

const FORM = "application/x-www-form-urlencoded";
const TOKEN_REQUEST_BYTES_MAX = 4_096;
/** Holds a whole token, and a secret beside it. */
const TOKEN_QUESTION_BYTES_MAX = 10_000;
const QUERY_CHARS_MAX = 8_000;
const NO_STORE = { "cache-control": "no-store" };

const json = <T>(schema: T, description = "OK") => ({
  description,
  content: { "application/json": { schema } },
});
const protocolErrors = {
  400: json(OAuthError, "Refused"),
  401: json(OAuthError, "Unknown"),
  403: json(OAuthError, "Beyond the token's scope"),
};

const openidConfiguration = defineRoute({
  permission: "public",
  method: "get",
  path: "/.well-known/openid-configuration",
  tags: ["oauth"],
  summary: "What this OpenID provider can do (OpenID Connect Discovery)",
  responses: { 200: json(Metadata) },
});

const serverMetadata = defineRoute({
  permission: "public",
  method: "get",
  path: "/.well-known/oauth-authorization-server",
  tags: ["oauth"],
  summary: "What this authorization server can do (RFC 8414)",
  responses: { 200: json(Metadata) },
});

const beginAuthorization = defineRoute({
  permission: "public",
  method: "get",
  path: "/oauth/authorize",
  tags: ["oauth"],
  summary: "Ask a user for access: sends the browser on to our page, or back with an error",
  description: "RFC 6749 §4.1 with PKCE (S256 only). A client or a redirect URI that is not " +
    "registered is a problem 400, and nobody is sent anywhere.",
  responses: { 302: { description: "To our page, or back to the client" } },
});

const decideAuthorization = defineRoute({
  permission: "signed-in",
  method: "post",
  path: "/oauth/authorize",
  tags: ["oauth"],
  summary: "The user's answer to an authorization request; says where to send the browser",
  request: { body: { required: true, content: { "application/json": { schema: Consent } } } },
  responses: { 200: json(Redirection) },
});

const describeAuthorization = defineRoute({
  permission: "signed-in",
  method: "post",
  path: "/oauth/authorize/details",
  tags: ["oauth"],
  summary: "What an authorization request asks the user for",
  request: {
    body: { required: true, content: { "application/json": { schema: ConsentRequest } } },
  },
  responses: { 200: json(ConsentDetails) },
});

const issueToken = defineRoute({
  permission: "public",
  method: "post",
  path: "/oauth/token",
  tags: ["oauth"],
  summary: "Exchange a code, a refresh token or a secret for tokens (RFC 6749)",
  description: "A form with grant_type authorization_code, refresh_token or client_credentials. " +
    "The platform's own services use the last one with HTTP Basic.",
  responses: { 200: json(TokenAnswer), ...protocolErrors },
});

const revokeToken = defineRoute({
  permission: "public",
  method: "post",
  path: "/oauth/revoke",
  tags: ["oauth"],
  summary: "End what a token of yours was granted (RFC 7009)",
  responses: { 200: { description: "Ended, if it was one" }, ...protocolErrors },
});

const introspectToken = defineRoute({
  permission: "public",
  method: "post",
  path: "/oauth/introspect",
  tags: ["oauth"],
  summary: "Is a token good now? For services, and for confidential clients about their own",
  responses: { 200: json(Introspection), ...protocolErrors },
});

const userInfoSpec = {
  permission: "public" as const,
  path: "/oauth/userinfo" as const,
  tags: ["oauth"],
  summary: "Who a client's token speaks for (OpenID Connect Core §5.3)",
  responses: { 200: json(UserInfo), ...protocolErrors },
};
const getUserInfo = defineRoute({ ...userInfoSpec, method: "get" });
const postUserInfo = defineRoute({ ...userInfoSpec, method: "post" });

async function formOf(
  request: Request,
  bytesMax: number,
): Promise<ReadonlyMap<string, string> | Refused> {
  const type = request.headers.get("content-type")?.split(";")[0]?.trim().toLowerCase();
  if (type !== FORM) throw common("unsupported-media-type", { detail: `Send this as ${FORM}.` });
  const text = new TextDecoder().decode(await readBody(request, bytesMax));
  return readForm(text) ?? refused("invalid_request");
}

function refuse(c: Context, error: OAuthErrorCode) {
  const status = oauthErrors[error];
  const isBearer = error === "invalid_token" || error === "insufficient_scope";
  const challenge: Record<string, string> = isBearer
    ? { "www-authenticate": `Bearer error="${error}"` }
    : status === 401
    ? { "www-authenticate": 'Basic realm="praxis", charset="UTF-8"' }
    : {};
  return reply(c, status, OAuthError, { error }, { ...NO_STORE, ...challenge });
}

export function oauthRoutes(deps: Deps) {
  const api = createApi();

  for (const route of [openidConfiguration, serverMetadata]) {
    api.openapi(route, (c) => {
      const headers = { "cache-control": "public, max-age=300" };
      return reply(c, 200, Metadata, metadataOf(deps.publicUrl), headers);
    });
  }

  api.openapi(beginAuthorization, async (c) => {
    const query = new URL(c.req.url).search;
    if (query.length > QUERY_CHARS_MAX) throw common("too-large");
    const location = await oauth.begin(deps, query);
    return stream(null, 302, { location, ...NO_STORE, "referrer-policy": "no-referrer" });
  });

  api.openapi(describeAuthorization, async (c) => {
    const details = await oauth.describe(deps, signedIn(c), c.req.valid("json").query);
    return reply(c, 200, ConsentDetails, details, NO_STORE);
  });

  api.openapi(decideAuthorization, async (c) => {
    const input = { ...c.req.valid("json"), requestId: c.get("requestId") };
    const redirectTo = await oauth.decide(deps, signedIn(c), input);
    return reply(c, 200, Redirection, { redirectTo }, NO_STORE);
  });

  /** The client of a form; one of our services comes with a name instead of an id. */
  async function clientOf(
    c: Context,
    form: ReadonlyMap<string, string>,
  ): Promise<Client | Refused> {
    const credentials = oauth.credentialsOf(c.req.header("authorization") ?? null, form);
    if (isRefused(credentials)) return credentials;
    return await oauth.authenticate(deps, credentials, { requestId: c.get("requestId") });
  }

  async function tokensFor(
    c: Context,
    form: ReadonlyMap<string, string>,
    grantType: string,
  ): Promise<TokenAnswer | Refused> {
    const facts = { requestId: c.get("requestId") };
    const header = c.req.header("authorization") ?? null;
    if (grantType === "client_credentials" && !oauth.isClientNamed(header, form)) {
      const issued = await exchange(deps, readBasic(header), facts);
      if (!issued) return refused("invalid_client");
      return { access_token: issued.token, token_type: "Bearer", expires_in: issued.expiresIn };
    }
    const client = await clientOf(c, form);
    if (isRefused(client)) return client;
    if (grantType === "authorization_code") {
      return await oauth.exchangeCode(deps, client, form, facts);
    }
    if (grantType === "refresh_token") return await oauth.refreshGrant(deps, client, form, facts);
    return await oauth.grantOwn(deps, client, form, facts);
  }

  api.openapi(issueToken, async (c) => {
    const form = await formOf(c.req.raw, TOKEN_REQUEST_BYTES_MAX);
    if (isRefused(form)) return refuse(c, form.error);
    const grantType = form.get("grant_type");
    if (grantType === undefined) return refuse(c, "invalid_request");
    if (!["authorization_code", "refresh_token", "client_credentials"].includes(grantType)) {
      return refuse(c, "unsupported_grant_type");
    }
    const answer = await tokensFor(c, form, grantType);
    if (isRefused(answer)) return refuse(c, answer.error);
    return reply(c, 200, TokenAnswer, answer, NO_STORE);
  });

  api.openapi(revokeToken, async (c) => {
    const form = await formOf(c.req.raw, TOKEN_QUESTION_BYTES_MAX);
    if (isRefused(form)) return refuse(c, form.error);
    const client = await clientOf(c, form);
    if (isRefused(client)) return refuse(c, client.error);
    const token = form.get("token");
    if (token === undefined) return refuse(c, "invalid_request");
    const claims = await oauth.readAccessToken(deps, token);
    const sessionId = claims?.client_id === client.id ? claims.sid : undefined;
    await oauth.revokeGrant(deps, client, { token, sessionId, requestId: c.get("requestId") });
    return stream(null, 200, NO_STORE);
  });

  api.openapi(introspectToken, async (c) => {
    const form = await formOf(c.req.raw, TOKEN_QUESTION_BYTES_MAX);
    if (isRefused(form)) return refuse(c, form.error);
    const isService = c.get("actor").kind === "service";
    const client = isService ? undefined : await clientOf(c, form);
    if (client && isRefused(client)) return refuse(c, client.error);
    // Who can be anyone has no business asking about tokens (RFC 7662 §2.1).
    if (client?.kind === "public") return refuse(c, "invalid_client");
    const token = form.get("token");
    if (token === undefined) return refuse(c, "invalid_request");
    return reply(c, 200, Introspection, await oauth.introspect(deps, token, client), NO_STORE);
  });

  for (const route of [getUserInfo, postUserInfo]) {
    api.openapi(route, async (c) => {
      const info = await oauth.userInfo(deps, c.req.raw.headers);
      if (isRefused(info)) return refuse(c, info.error);
      return reply(c, 200, UserInfo, info, NO_STORE);
    });
  }

  return api;
}
