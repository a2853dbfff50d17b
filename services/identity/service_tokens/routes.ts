/**
 * How a service gets its token: the client credentials grant. OAuth has its own shape of errors
 * (RFC 6749 §5.2), which clients of any language know: so what the grant itself refuses is written
 * in that shape, the one exception from problem details.
 */
import { createApi, defineRoute, readBody, reply } from "@praxis/shared/http";
import { common } from "@praxis/shared/problem";
import type { Context } from "hono";
import type { Deps } from "../deps.ts";
import {
  grantOf,
  OAuthError,
  type OAuthErrorCode,
  oauthErrors,
  readBasic,
  SERVICE_TOKEN_SECONDS,
  ServiceTokenAnswer,
} from "./model.ts";
import { exchange } from "./service_tokens.ts";

const FORM = "application/x-www-form-urlencoded";
const BODY_BYTES_MAX = 4_096;
const NO_STORE = { "cache-control": "no-store" };

/** zod-openapi would read a form of any length: so the body is described here and read below. */
const issueServiceToken = defineRoute({
  permission: "public",
  method: "post",
  path: "/oauth/token",
  tags: ["service-tokens"],
  summary: "Exchange a service's credential (HTTP Basic) for its token (RFC 6749 §4.4)",
  description: `A form with grant_type=client_credentials. Tokens live ${SERVICE_TOKEN_SECONDS} s.`,
  responses: {
    200: { description: "OK", content: { "application/json": { schema: ServiceTokenAnswer } } },
    400: { description: "Refused", content: { "application/json": { schema: OAuthError } } },
    401: { description: "Unknown", content: { "application/json": { schema: OAuthError } } },
  },
});

async function readForm(request: Request): Promise<string> {
  const type = request.headers.get("content-type")?.split(";")[0]?.trim().toLowerCase();
  if (type !== FORM) throw common("unsupported-media-type", { detail: `Send this as ${FORM}.` });
  return new TextDecoder().decode(await readBody(request, BODY_BYTES_MAX));
}

function refuse(c: Context, error: OAuthErrorCode) {
  const challenge = { "www-authenticate": 'Basic realm="praxis services", charset="UTF-8"' };
  const status = oauthErrors[error];
  return reply(c, status, OAuthError, { error }, {
    ...NO_STORE,
    ...(status === 401 ? challenge : {}),
  });
}

export function serviceTokenRoutes(deps: Deps) {
  const api = createApi();

  api.openapi(issueServiceToken, async (c) => {
    const grant = grantOf(await readForm(c.req.raw));
    if (grant !== "client_credentials") return refuse(c, grant);
    const credentials = readBasic(c.req.header("authorization") ?? null);
    const issued = await exchange(deps, credentials, { requestId: c.get("requestId") });
    if (!issued) return refuse(c, "invalid_client");
    const { token, expiresIn } = issued;
    const answer = { access_token: token, token_type: "Bearer", expires_in: expiresIn } as const;
    return reply(c, 200, ServiceTokenAnswer, answer, NO_STORE);
  });

  return api;
}
