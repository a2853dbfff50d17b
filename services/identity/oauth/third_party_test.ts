import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import { after, before, describe, it } from "@std/testing/bdd";
import { createTokenVerifier } from "@praxis/shared/auth";
import * as oauth4webapi from "oauth4webapi";
import * as openid from "openid-client";
import { openIdentity, type TestIdentity } from "../testing.ts";
import { decide, redirectionOf, registerClient, type Registered } from "./testing.ts";

const REDIRECT = "http://127.0.0.1/callback";
const SCOPE = "openid profile email offline_access documents:read";

/** Programs that know nothing of Praxis, over real HTTP and with the real time. */
describe("unmodified third-party clients", () => {
  let identity: TestIdentity;
  let server: Deno.HttpServer<Deno.NetAddr>;
  let issuer: string;
  let accessToken: string;
  before(async () => {
    let serve: (request: Request) => Response | Promise<Response> = () => new Response();
    server = Deno.serve(
      { port: 0, hostname: "127.0.0.1", onListen: () => {} },
      (request) => serve(request),
    );
    issuer = `http://127.0.0.1:${server.addr.port}`;
    const now = () => new Date();
    identity = await openIdentity(({ keys }) => ({
      now,
      publicUrl: issuer,
      tokens: createTokenVerifier({ issuer, keys: keys.resolve, now }),
    }));
    serve = identity.app.fetch;
    ({ accessToken } = await identity.signIn("nurse@demo"));
  });
  after(async () => {
    await server.shutdown();
    await identity[Symbol.asyncDispose]();
  });

  /** The user's browser: follows to our page, where its user agrees. */
  async function agree(address: URL): Promise<URL> {
    const response = await fetch(address, { redirect: "manual" });
    await response.body?.cancel();
    equal(response.status, 302);
    const page = new URL(response.headers.get("location")!);
    equal(page.origin + page.pathname, `${issuer}/authorize`);
    return await redirectionOf(await decide(identity, accessToken, page.search));
  }

  for (const kind of ["confidential", "public"] as const) {
    it(`openid-client: a ${kind} client signs a user in, refreshes, asks who they are and lets go`, async () => {
      const client = await registerClient(identity, { kind, redirectUris: [REDIRECT] });
      const config = await openid.discovery(
        new URL(issuer),
        client.id,
        undefined,
        kind === "public" ? openid.None() : openid.ClientSecretPost(client.clientSecret!),
        { execute: [openid.allowInsecureRequests] },
      );
      const pkceCodeVerifier = openid.randomPKCECodeVerifier();
      const [expectedState, expectedNonce] = [openid.randomState(), openid.randomNonce()];
      const address = openid.buildAuthorizationUrl(config, {
        redirect_uri: REDIRECT,
        scope: SCOPE,
        code_challenge: await openid.calculatePKCECodeChallenge(pkceCodeVerifier),
        code_challenge_method: "S256",
        state: expectedState,
        nonce: expectedNonce,
      });
      const back = await agree(address);
      const tokens = await openid.authorizationCodeGrant(config, back, {
        pkceCodeVerifier,
        expectedState,
        expectedNonce,
        idTokenExpected: true,
      });
      const { sub } = tokens.claims()!;
      deepEqual(await openid.fetchUserInfo(config, tokens.access_token, sub), {
        sub,
        name: "Nadia Rahman",
        email: "nurse@demo.praxis.test",
      });
      const refreshed = await openid.refreshTokenGrant(config, tokens.refresh_token!);
      ok(refreshed.refresh_token && refreshed.refresh_token !== tokens.refresh_token);
      equal((await openid.fetchUserInfo(config, refreshed.access_token, sub)).sub, sub);
      if (kind === "confidential") {
        const seen = await openid.tokenIntrospection(config, refreshed.access_token);
        deepEqual([seen.active, seen.sub, seen.client_id], [true, sub, client.id]);
      }
      await openid.tokenRevocation(config, refreshed.refresh_token!);
      await rejects(openid.refreshTokenGrant(config, refreshed.refresh_token!), {
        error: "invalid_grant",
      });
      await rejects(openid.fetchUserInfo(config, refreshed.access_token, sub));
    });
  }

  it("openid-client: a program without a user gets a token and reads with it", async () => {
    const { id, clientSecret } = await registerClient(identity, { permissions: ["members:read"] });
    const config = await openid.discovery(new URL(issuer), id, clientSecret, undefined, {
      execute: [openid.allowInsecureRequests],
    });
    const { access_token, scope } = await openid.clientCredentialsGrant(config);
    equal(scope, "members:read");
    const read = (path: string) =>
      openid.fetchProtectedResource(config, access_token, new URL(path, issuer), "GET");
    const members = await read("/api/identity/members");
    equal(members.status, 200);
    ok((await members.json()).items.length > 0);
    const clients = await read("/api/identity/oauth-clients");
    equal(clients.status, 403);
    await clients.body?.cancel();
  });

  it("oauth4webapi: the same by RFC 8414, with the secret in the header", async () => {
    const insecure = { [oauth4webapi.allowInsecureRequests]: true };
    const registered: Registered = await registerClient(identity, { redirectUris: [REDIRECT] });
    const url = new URL(issuer);
    const as = await oauth4webapi.processDiscoveryResponse(
      url,
      await oauth4webapi.discoveryRequest(url, { ...insecure, algorithm: "oauth2" }),
    );
    const client: oauth4webapi.Client = { client_id: registered.id };
    const authentication = oauth4webapi.ClientSecretBasic(registered.clientSecret!);
    const verifier = oauth4webapi.generateRandomCodeVerifier();
    const [state, nonce] = [
      oauth4webapi.generateRandomState(),
      oauth4webapi.generateRandomNonce(),
    ];
    const address = new URL(as.authorization_endpoint!);
    address.search = new URLSearchParams({
      client_id: registered.id,
      redirect_uri: REDIRECT,
      response_type: "code",
      scope: SCOPE,
      state,
      nonce,
      code_challenge: await oauth4webapi.calculatePKCECodeChallenge(verifier),
      code_challenge_method: "S256",
    }).toString();
    const answer = oauth4webapi.validateAuthResponse(as, client, await agree(address), state);
    const tokens = await oauth4webapi.processAuthorizationCodeResponse(
      as,
      client,
      await oauth4webapi.authorizationCodeGrantRequest(
        as,
        client,
        authentication,
        answer,
        REDIRECT,
        verifier,
        insecure,
      ),
      { expectedNonce: nonce, requireIdToken: true },
    );
    const { sub } = oauth4webapi.getValidatedIdTokenClaims(tokens)!;
    const info = await oauth4webapi.processUserInfoResponse(
      as,
      client,
      sub,
      await oauth4webapi.userInfoRequest(as, client, tokens.access_token, insecure),
    );
    equal(info.name, "Nadia Rahman");
    const refreshed = await oauth4webapi.processRefreshTokenResponse(
      as,
      client,
      await oauth4webapi.refreshTokenGrantRequest(
        as,
        client,
        authentication,
        tokens.refresh_token!,
        insecure,
      ),
    );
    equal(refreshed.scope, SCOPE);
    const own = await oauth4webapi.processClientCredentialsResponse(
      as,
      client,
      await oauth4webapi.clientCredentialsGrantRequest(
        as,
        client,
        authentication,
        { scope: "documents:read" },
        insecure,
      ),
    );
    equal(own.scope, "documents:read");
  });

  it("refuse an answer that says to be from another issuer (RFC 9207)", async () => {
    const client = await registerClient(identity, { redirectUris: [REDIRECT] });
    const config = await openid.discovery(
      new URL(issuer),
      client.id,
      client.clientSecret,
      undefined,
      {
        execute: [openid.allowInsecureRequests],
      },
    );
    const forged = new URL(`${REDIRECT}?code=x&iss=https://evil.example`);
    await rejects(
      openid.authorizationCodeGrant(config, forged),
      ({ cause }: Error) => /"iss"/.test((cause as Error).message),
    );
  });
});
