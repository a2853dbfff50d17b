import { deepEqual, equal } from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import {
  answerTo,
  grantable,
  isRedirectUri,
  isVerifier,
  metadataOf,
  readAuthorization,
  readForm,
  readScope,
} from "./model.ts";
import { CHALLENGE, queryOf, VERIFIER } from "./testing.ts";

describe("a redirect URI", () => {
  for (
    const good of [
      "https://app.example/callback",
      "https://app.example/callback?from=praxis",
      "https://app.example:8443/",
      "http://localhost:4000/cb",
      "http://127.0.0.1/cb",
      "http://[::1]:9/cb",
      "org.example.app:/done",
    ]
  ) it(`may be ${good}`, () => equal(isRedirectUri(good), true));

  for (
    const bad of [
      "",
      "/callback",
      "http://app.example/cb",
      "http://127.0.0.1.evil.example/cb",
      "http://localhost.evil.example/cb",
      "https://user:secret@app.example/cb",
      "https://app.example@evil.example/",
      "https://app.example/cb#fragment",
      "https://app.example/cb#",
      "https://app.example\\@evil.example/",
      "https://app.example/ cb",
      "https://app.example/\r\nx: y",
      "https://äpp.example/",
      "javascript:alert(1)",
      "data:text/html,x",
      "app:/done",
      "file:///etc/passwd",
      "https://",
      `https://app.example/${"a".repeat(1_000)}`,
    ]
  ) it(`may not be ${JSON.stringify(bad).slice(0, 60)}`, () => equal(isRedirectUri(bad), false));
});

describe("a scope", () => {
  it("is a list of names, each once", () => {
    deepEqual(readScope("openid email openid"), ["openid", "email"]);
    for (
      const bad of ["", " openid", "openid  email", 'a"b', "a\\b", "ä", "a\nb", "a".repeat(2_001)]
    ) {
      equal(readScope(bad), undefined, bad.slice(0, 20));
    }
  });

  it("A14: is never more than client and user have, and nothing is repaired", () => {
    const client = { permissions: ["documents:read", "patients:read"] };
    const asked = [
      "openid",
      "documents:read",
      "patients:read",
      "documents:write",
      "*/*.*",
      "__proto__",
    ];
    deepEqual(grantable(asked, client, ["documents:read", "documents:write"]), [
      "openid",
      "documents:read",
    ]);
  });
});

describe("an authorization request", () => {
  const read = (given: Record<string, string | undefined>) =>
    readAuthorization(new URLSearchParams(queryOf("a", given)));

  it("is read when it is whole", () => {
    deepEqual(read({ max_age: "60" }), {
      scope: ["openid", "profile", "email", "offline_access", "documents:read"],
      nonce: "a nonce",
      codeChallenge: CHALLENGE,
      isSilent: false,
      maxAgeSeconds: 60,
    });
  });

  const cases: [Record<string, string | undefined>, string][] = [
    [{ response_type: undefined }, "invalid_request"],
    [{ response_type: "token" }, "unsupported_response_type"],
    [{ response_type: "code id_token" }, "unsupported_response_type"],
    [{ response_type: "none" }, "unsupported_response_type"],
    [{ response_mode: "fragment" }, "invalid_request"],
    [{ code_challenge: undefined }, "invalid_request"],
    [{ code_challenge_method: undefined }, "invalid_request"],
    [{ code_challenge_method: "plain" }, "invalid_request"],
    [{ code_challenge: "short" }, "invalid_request"],
    [{ code_challenge: `${CHALLENGE}=` }, "invalid_request"],
    [{ scope: undefined }, "invalid_scope"],
    [{ scope: "a".repeat(3_000) }, "invalid_scope"],
    [{ prompt: "none login" }, "invalid_request"],
    [{ max_age: "-1" }, "invalid_request"],
    [{ request: "e30.e30." }, "request_not_supported"],
    [{ request_uri: "https://evil.example/" }, "request_uri_not_supported"],
  ];
  for (const [given, error] of cases) {
    it(`with ${JSON.stringify(given).slice(0, 60)} is ${error}`, () => equal(read(given), error));
  }

  it("with a parameter twice is invalid_request", () => {
    const params = new URLSearchParams(queryOf("a"));
    params.append("scope", "openid");
    equal(readAuthorization(params), "invalid_request");
  });
});

describe("the rest of the protocol", () => {
  it("PKCE takes the one verifier, and no other shape", () => {
    equal(isVerifier(VERIFIER, CHALLENGE), true);
    for (
      const bad of [CHALLENGE, `${VERIFIER}x`, "", "a".repeat(42), "a".repeat(129), "ä".repeat(43)]
    ) {
      equal(isVerifier(bad, CHALLENGE), false);
    }
  });

  it("an answer keeps what the redirect URI said, and cannot change where it goes", () => {
    equal(
      answerTo("https://app.example/cb?from=praxis", { code: "a&b#c", state: null }),
      "https://app.example/cb?from=praxis&code=a%26b%23c",
    );
    equal(answerTo("org.example.app:/done", { error: "x" }), "org.example.app:/done?error=x");
  });

  it("a form names each thing once", () => {
    deepEqual([...readForm("a=1&b=%20")!], [["a", "1"], ["b", " "]]);
    deepEqual([...readForm("a=&b=1&c&a=2")!], [["b", "1"], ["a", "2"]]);
    equal(readForm("a=1&a=1"), undefined);
    equal(readForm("__proto__=1")?.get("__proto__"), "1");
  });

  it("the metadata stand under the issuer", () => {
    const metadata = metadataOf("https://clinic.example");
    equal(metadata.issuer, "https://clinic.example");
    equal(metadata.token_endpoint, "https://clinic.example/oauth/token");
    deepEqual(metadata.code_challenge_methods_supported, ["S256"]);
    deepEqual(metadata.response_types_supported, ["code"]);
  });
});
