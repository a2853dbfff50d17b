/** What the tests of OAuth share: a registered client, and a browser whose user agrees. */
import { createHash } from "node:crypto";
import { type TestIdentity } from "../testing.ts";

export const REDIRECT = "https://app.example/callback?from=praxis";
export const VERIFIER = "a-verifier-of-more-than-forty-three-characters-0123456789";
export const CHALLENGE = createHash("sha256").update(VERIFIER).digest("base64url");

export type Registered = { id: string; clientSecret?: string };

export async function registerClient(
  identity: TestIdentity,
  given: Record<string, unknown> = {},
  who = "owner@demo",
): Promise<Registered> {
  const { accessToken } = await identity.signIn(who);
  const response = await identity.post("/api/identity/oauth-clients", {
    name: "Lab Viewer",
    kind: "confidential",
    redirectUris: [REDIRECT],
    permissions: ["documents:read", "patients:read"],
    ...given,
  }, { authorization: `Bearer ${accessToken}` });
  if (response.status !== 201) throw new Error(`not registered (${await response.text()})`);
  return await response.json();
}

export const queryOf = (clientId: string, given: Record<string, string | undefined> = {}) => {
  const all: Record<string, string | undefined> = {
    response_type: "code",
    client_id: clientId,
    redirect_uri: REDIRECT,
    scope: "openid profile email offline_access documents:read",
    state: "a state",
    nonce: "a nonce",
    code_challenge: CHALLENGE,
    code_challenge_method: "S256",
    ...given,
  };
  const known = Object.entries(all).filter((pair): pair is [string, string] =>
    pair[1] !== undefined
  );
  return `?${new URLSearchParams(known)}`;
};

export const basicOf = ({ id, clientSecret = "" }: Registered) => ({
  authorization: `Basic ${btoa(`${id}:${clientSecret}`)}`,
});

export async function decide(
  identity: TestIdentity,
  accessToken: string,
  query: string,
  decision = "allow",
): Promise<Response> {
  const headers = { authorization: `Bearer ${accessToken}` };
  return await identity.post("/oauth/authorize", { query, decision }, headers);
}

/** The address that the user's browser is sent to. */
export async function redirectionOf(response: Response): Promise<URL> {
  if (response.status !== 200) throw new Error(`no redirection (${await response.text()})`);
  return new URL((await response.json()).redirectTo);
}

/** A code for `who`. */
export async function codeFor(
  identity: TestIdentity,
  client: Registered,
  given: Record<string, string | undefined> = {},
  who = "nurse@demo",
): Promise<string> {
  const { accessToken } = await identity.signIn(who);
  const response = await decide(identity, accessToken, queryOf(client.id, given));
  const code = (await redirectionOf(response)).searchParams.get("code");
  if (code === null) throw new Error("no code");
  return code;
}

export const send = async (
  identity: TestIdentity,
  path: string,
  form: Record<string, string>,
  headers: Record<string, string> = {},
): Promise<Response> =>
  await identity.app.request(path, {
    method: "POST",
    body: new URLSearchParams(form).toString(),
    headers: { "content-type": "application/x-www-form-urlencoded", ...headers },
  });

export const exchange = (
  identity: TestIdentity,
  client: Registered,
  code: string,
  given: Record<string, string> = {},
): Promise<Response> => {
  const form = {
    grant_type: "authorization_code",
    code,
    redirect_uri: REDIRECT,
    code_verifier: VERIFIER,
    ...given,
  };
  return client.clientSecret === undefined
    ? send(identity, "/oauth/token", { ...form, client_id: client.id })
    : send(identity, "/oauth/token", form, basicOf(client));
};

export type Granted = {
  access_token: string;
  refresh_token: string;
  id_token: string;
  scope: string;
};

export async function grantFor(
  identity: TestIdentity,
  client: Registered,
  given: Record<string, string | undefined> = {},
  who = "nurse@demo",
): Promise<Granted> {
  const response = await exchange(identity, client, await codeFor(identity, client, given, who));
  if (response.status !== 200) throw new Error(`no tokens (${await response.text()})`);
  return await response.json();
}
