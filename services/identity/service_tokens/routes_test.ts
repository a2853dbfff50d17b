import { deepEqual, equal, match } from "node:assert/strict";
import { after, before, describe, it } from "@std/testing/bdd";
import { decodeJwt, decodeProtectedHeader } from "jose";
import { openIdentity, PUBLIC_URL, SERVICE_CREDENTIAL, type TestIdentity } from "../testing.ts";

const FORM = { "content-type": "application/x-www-form-urlencoded" };
const GRANT = "grant_type=client_credentials";

describe("POST /oauth/token", () => {
  let identity: TestIdentity;
  before(async () => identity = await openIdentity());
  after(async () => await identity[Symbol.asyncDispose]());

  const basic = (text: string) => ({ authorization: `Basic ${btoa(text)}` });
  const good = basic(`content:${SERVICE_CREDENTIAL}`);
  const send = (headers: Record<string, string>, body: BodyInit = GRANT) =>
    identity.app.request("/oauth/token", {
      method: "POST",
      body,
      headers: { ...FORM, ...headers },
    });

  it("gives a service that knows its credential a token of five minutes", async () => {
    const response = await send(good);
    equal(response.status, 200);
    equal(response.headers.get("cache-control"), "no-store");
    const { access_token: token, ...rest } = await response.json();
    deepEqual(rest, { token_type: "Bearer", expires_in: 300 });
    equal(decodeProtectedHeader(token).typ, "svc+jwt");
    const { iss, aud, sub, iat, exp } = decodeJwt(token);
    deepEqual({ iss, aud, sub, life: exp! - iat! }, {
      iss: PUBLIC_URL,
      aud: "praxis-services",
      sub: "service:content",
      life: 300,
    });
    const asked = () =>
      identity.get(`/internal/memberships/${crypto.randomUUID()}/permissions`, token);
    equal((await asked()).status, 404);
    identity.pass(306);
    equal((await asked()).status, 401);
  });

  it("refuses everyone else in the words of OAuth, and records it", async () => {
    const wrong: Record<string, string>[] = [
      {},
      basic("content:wrong"),
      basic(`workflow:${SERVICE_CREDENTIAL}`),
      basic(`__proto__:${SERVICE_CREDENTIAL}`),
      basic("content"),
      basic(":"),
      { authorization: "Basic ???" },
      { authorization: `Basic ${"A".repeat(5_000)}` },
      { authorization: `Bearer ${SERVICE_CREDENTIAL}` },
    ];
    for (const headers of wrong) {
      const response = await send(headers);
      equal(response.status, 401);
      match(response.headers.get("www-authenticate") ?? "", /^Basic /);
      deepEqual(await response.json(), { error: "invalid_client" });
    }
    const rows = await identity.service.owner`
      select subject_id from audit_events where action = 'service_token.refused' order by seq`;
    equal(rows.length, wrong.length);
    deepEqual([...new Set(rows.map((row) => row.subjectId))], [null, "content"]);
  });

  it("refuses other grants and other forms", async () => {
    const cases: [number, string, string][] = [
      [400, "", "invalid_request"],
      // Without a value it counts as not sent (RFC 6749 §3.2).
      [400, "grant_type=", "invalid_request"],
      [400, "grant_type=password&username=a", "unsupported_grant_type"],
      [400, `${GRANT}&${GRANT}`, "invalid_request"],
    ];
    for (const [status, body, error] of cases) {
      const response = await send(good, body);
      equal(response.status, status);
      deepEqual(await response.json(), { error });
    }
    equal((await send({ ...good, "content-type": "application/json" }, "{}")).status, 415);
    equal((await send(good, "a".repeat(5_000))).status, 413);
    equal((await send(good, new Uint8Array([0xff, 0xfe]))).status, 400);
  });
});
