/** What the programs of others are, what they may ask for, and the rules of asking (RFC 9700). */
import { Buffer } from "node:buffer";
import { createHash, timingSafeEqual } from "node:crypto";
import { z } from "@hono/zod-openapi";
import { isPermission, type Permission, permissions as everyPermission } from "@praxis/shared/auth";
import { Page, PageQuery } from "@praxis/shared/http";

export const CODE_MS = 60_000;
/** Longer than any session, so that a code that comes twice is known as long as it matters. */
export const CODE_KEPT_MS = 24 * 3_600_000;
export const ID_TOKEN_SECONDS = 600;
export const CLIENT_TOKEN_SECONDS = 300;

export const openidScopes = ["openid", "profile", "email", "offline_access"] as const;
const oidc: ReadonlySet<string> = new Set(openidScopes);

// Clients.

const LOOPBACK = new Set(["localhost", "127.0.0.1", "[::1]"]);

/**
 * HTTPS; plain HTTP on this machine only; or an app's own scheme, which has a dot in it (RFC 8252).
 * Compared as text later, so nothing may be in it that two parsers could read in two ways.
 */
export function isRedirectUri(text: string): boolean {
  if (text.length > 1_000 || !/^[\x21-\x7e]+$/.test(text) || /[\\<>"`{}|^]/.test(text)) {
    return false;
  }
  const url = URL.parse(text);
  if (!url || text.includes("#") || url.username !== "" || url.password !== "") return false;
  if (url.protocol === "https:") return url.hostname !== "";
  if (url.protocol === "http:") return LOOPBACK.has(url.hostname);
  return /^[a-z][a-z0-9+-]*(\.[a-z0-9+-]+)+:$/.test(url.protocol);
}

const RedirectUri = z.string().refine(
  isRedirectUri,
  "An https address, http on this machine, or an app's own scheme such as org.example.app:/done.",
);

const kinds = ["public", "confidential"] as const;

export const NewOAuthClient = z.strictObject({
  name: z.string().trim().min(1).max(100).regex(/^[^\p{C}]*$/u, "No control characters."),
  kind: z.enum(kinds).openapi({
    description: "Confidential: runs where it can keep a secret. Public: in a browser or an app.",
  }),
  redirectUris: z.array(RedirectUri).max(10).default([]),
  permissions: z.array(z.enum(everyPermission)).max(everyPermission.length).default([]).openapi({
    description: "What it may ask for; none that you do not hold yourself.",
  }),
}).refine(
  ({ kind, redirectUris }) => kind === "confidential" || redirectUris.length > 0,
  { path: ["redirectUris"], message: "A public client needs one." },
).openapi("NewOAuthClient");
export type NewOAuthClient = z.output<typeof NewOAuthClient>;

export const OAuthClient = z.object({
  id: z.uuid().openapi({ description: "The client_id." }),
  name: z.string(),
  kind: z.enum(kinds),
  redirectUris: z.array(z.string()),
  permissions: z.array(z.string()),
  createdAt: z.iso.datetime(),
}).openapi("OAuthClient");
export type OAuthClient = z.infer<typeof OAuthClient>;

export const CreatedOAuthClient = OAuthClient.extend({
  clientSecret: z.string().optional().openapi({ description: "Shown once." }),
}).openapi("CreatedOAuthClient");

export const OAuthClientPage = Page(OAuthClient).openapi("OAuthClientPage");
export const OAuthClientQuery = PageQuery;

/** A client as the protocol needs it. */
export type Client = Omit<OAuthClient, "createdAt"> & {
  organizationId: string;
  secretHash: Uint8Array | null;
};

// Scopes.

/** RFC 6749 §3.3, or undefined when it is not written so. */
export function readScope(text: string): string[] | undefined {
  if (text.length > 2_000) return undefined;
  if (!/^[\x21\x23-\x5b\x5d-\x7e]+( [\x21\x23-\x5b\x5d-\x7e]+)*$/.test(text)) return undefined;
  return [...new Set(text.split(" "))];
}

/** What may be granted of `asked`: what the client may ask for and the user has. */
export function grantable(
  asked: readonly string[],
  client: Pick<Client, "permissions">,
  held: readonly Permission[],
): string[] {
  return asked.filter((name) =>
    oidc.has(name) ||
    (isPermission(name) && client.permissions.includes(name) && held.includes(name))
  );
}

// The authorization request.

/** RFC 6749 §4.1.2.1 and OpenID Connect Core §3.1.2.6. */
export type AuthorizationError =
  | "invalid_request"
  | "unsupported_response_type"
  | "invalid_scope"
  | "access_denied"
  | "login_required"
  | "request_not_supported"
  | "request_uri_not_supported";

export type AuthorizationRequest = {
  scope: string[];
  nonce: string | null;
  codeChallenge: string;
  /** The user may not be asked anything. */
  isSilent: boolean;
  maxAgeSeconds: number | undefined;
};

/** A parameter that comes once (RFC 6749 §3.1); null when it comes twice. */
export function once(params: URLSearchParams, name: string): string | undefined | null {
  const all = params.getAll(name);
  return all.length > 1 ? null : all[0];
}

/** Everything but who asks and where to answer. An error goes back to the client. */
export function readAuthorization(
  params: URLSearchParams,
): AuthorizationRequest | AuthorizationError {
  const names = [...params.keys()];
  if (new Set(names).size !== names.length) return "invalid_request";
  if (params.has("request")) return "request_not_supported";
  if (params.has("request_uri")) return "request_uri_not_supported";
  const type = params.get("response_type");
  if (type === null) return "invalid_request";
  if (type !== "code") return "unsupported_response_type";
  if ((params.get("response_mode") ?? "query") !== "query") return "invalid_request";
  const codeChallenge = params.get("code_challenge") ?? "";
  // Without a method the RFC means "plain", which protects nobody.
  if (params.get("code_challenge_method") !== "S256") return "invalid_request";
  if (!/^[\w-]{43}$/.test(codeChallenge)) return "invalid_request";
  const nonce = params.get("nonce");
  if (nonce !== null && nonce.length > 300) return "invalid_request";
  const maxAge = params.get("max_age");
  if (maxAge !== null && !/^\d{1,9}$/.test(maxAge)) return "invalid_request";
  const prompts = (params.get("prompt") ?? "").split(" ");
  const isSilent = prompts.includes("none");
  if (isSilent && prompts.length > 1) return "invalid_request";
  const scope = readScope(params.get("scope") ?? "");
  if (!scope) return "invalid_scope";
  return {
    scope,
    nonce,
    codeChallenge,
    isSilent,
    maxAgeSeconds: maxAge === null ? undefined : Number(maxAge),
  };
}

/** The answer, added to a redirect URI that was registered; `iss` is RFC 9207. */
export function answerTo(
  redirectUri: string,
  answer: Record<string, string | null | undefined>,
): string {
  const url = new URL(redirectUri);
  for (const [name, value] of Object.entries(answer)) {
    if (value !== null && value !== undefined) url.searchParams.set(name, value);
  }
  return url.href;
}

/** PKCE (RFC 7636), S256. */
export function isVerifier(verifier: string, challenge: string): boolean {
  if (!/^[A-Za-z0-9._~-]{43,128}$/.test(verifier)) return false;
  const digest = createHash("sha256").update(verifier).digest("base64url");
  return timingSafeEqual(Buffer.from(digest), Buffer.from(challenge));
}

const Query = z.string().max(8_000).openapi({
  description: "The query of the authorization request, as it arrived at GET /oauth/authorize.",
});

export const Consent = z.strictObject({
  query: Query,
  decision: z.enum(["allow", "deny"]),
}).openapi("OAuthConsent");

export const Redirection = z.object({ redirectTo: z.string() }).openapi("OAuthRedirection");

export const ConsentRequest = z.strictObject({ query: Query }).openapi("OAuthConsentRequest");

export const ConsentDetails = z.object({
  client: z.object({ id: z.uuid(), name: z.string() }),
  redirectUri: z.string(),
  scope: z.array(z.string()).openapi({ description: "What would be granted." }),
}).openapi("OAuthConsentDetails");
export type ConsentDetails = z.infer<typeof ConsentDetails>;

// Tokens.

/** RFC 6749 §5.1. */
export const TokenAnswer = z.object({
  access_token: z.string(),
  token_type: z.literal("Bearer"),
  expires_in: z.number().int(),
  scope: z.string().optional(),
  refresh_token: z.string().optional(),
  id_token: z.string().optional(),
}).openapi("OAuthTokens");
export type TokenAnswer = z.infer<typeof TokenAnswer>;

/** RFC 6749 §5.2 and RFC 6750 §3.1. */
export const oauthErrors = {
  invalid_request: 400,
  invalid_grant: 400,
  invalid_scope: 400,
  unauthorized_client: 400,
  unsupported_grant_type: 400,
  invalid_client: 401,
  invalid_token: 401,
  insufficient_scope: 403,
} as const;
export type OAuthErrorCode = keyof typeof oauthErrors;
export type Refused = { error: OAuthErrorCode };

export const OAuthError = z.object({
  error: z.enum(Object.keys(oauthErrors) as [OAuthErrorCode, ...OAuthErrorCode[]]),
}).openapi("OAuthError");

export const refused = (error: OAuthErrorCode): Refused => ({ error });
export const isRefused = (value: object): value is Refused => "error" in value;

export type Grant = {
  sessionId: string;
  organizationId: string;
  clientId: string;
  scope: string[];
};

/** A form's parameters, each at most once (RFC 6749 §3.2); one without a value is left out. */
export function readForm(text: string): Map<string, string> | undefined {
  const form = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(text)) {
    if (value === "") continue;
    if (form.has(name)) return undefined;
    form.set(name, value);
  }
  return form;
}

/** OpenID Connect Core §5.1. */
export const UserInfo = z.object({
  sub: z.uuid(),
  name: z.string().optional(),
  email: z.string().optional(),
}).openapi("UserInfo");

/** RFC 7662 §2.2. */
export const Introspection = z.object({
  active: z.boolean(),
  scope: z.string().optional(),
  client_id: z.string().optional(),
  sub: z.string().optional(),
  token_type: z.string().optional(),
  aud: z.string().optional(),
  iss: z.string().optional(),
  jti: z.string().optional(),
  org: z.string().optional(),
  sid: z.string().optional(),
  iat: z.number().int().optional(),
  exp: z.number().int().optional(),
}).openapi("Introspection");
export type Introspection = z.infer<typeof Introspection>;

/** RFC 8414 and OpenID Connect Discovery. */
export const Metadata = z.object({
  issuer: z.string(),
  authorization_endpoint: z.string(),
  token_endpoint: z.string(),
  userinfo_endpoint: z.string(),
  jwks_uri: z.string(),
  revocation_endpoint: z.string(),
  introspection_endpoint: z.string(),
  scopes_supported: z.array(z.string()),
  response_types_supported: z.array(z.string()),
  response_modes_supported: z.array(z.string()),
  grant_types_supported: z.array(z.string()),
  subject_types_supported: z.array(z.string()),
  id_token_signing_alg_values_supported: z.array(z.string()),
  token_endpoint_auth_methods_supported: z.array(z.string()),
  revocation_endpoint_auth_methods_supported: z.array(z.string()),
  introspection_endpoint_auth_methods_supported: z.array(z.string()),
  code_challenge_methods_supported: z.array(z.string()),
  claims_supported: z.array(z.string()),
  authorization_response_iss_parameter_supported: z.boolean(),
  request_parameter_supported: z.boolean(),
  request_uri_parameter_supported: z.boolean(),
  claims_parameter_supported: z.boolean(),
}).openapi("OAuthMetadata");

/** The issuer is the public address, to the letter: clients compare it so (RFC 8414 §3.3). */
export function metadataOf(publicUrl: string): z.infer<typeof Metadata> {
  const at = (path: string) => new URL(path, publicUrl).href;
  const secrets = ["client_secret_basic", "client_secret_post"];
  return {
    issuer: publicUrl,
    authorization_endpoint: at("/oauth/authorize"),
    token_endpoint: at("/oauth/token"),
    userinfo_endpoint: at("/oauth/userinfo"),
    jwks_uri: at("/.well-known/jwks.json"),
    revocation_endpoint: at("/oauth/revoke"),
    introspection_endpoint: at("/oauth/introspect"),
    scopes_supported: [...openidScopes, ...everyPermission],
    response_types_supported: ["code"],
    response_modes_supported: ["query"],
    grant_types_supported: ["authorization_code", "refresh_token", "client_credentials"],
    subject_types_supported: ["public"],
    id_token_signing_alg_values_supported: ["EdDSA"],
    token_endpoint_auth_methods_supported: [...secrets, "none"],
    revocation_endpoint_auth_methods_supported: [...secrets, "none"],
    introspection_endpoint_auth_methods_supported: secrets,
    code_challenge_methods_supported: ["S256"],
    claims_supported: ["sub", "name", "email", "auth_time", "acr", "amr", "nonce"],
    authorization_response_iss_parameter_supported: true,
    request_parameter_supported: false,
    request_uri_parameter_supported: false,
    claims_parameter_supported: false,
  };
}
