import { deepEqual, equal, rejects } from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "@std/testing/bdd";
import { createClient } from "./client.ts";
import { Declined, isKind, Problem, SessionEnded, Unreachable } from "./problem.ts";
import { Session } from "./session.ts";

type Answer = { status: number; body?: unknown } | "no network";

/** A platform that answers by what stands in `answers`, and remembers what it was asked. */
function platform() {
  const asked: string[] = [];
  const answers: Record<string, Answer[]> = {};
  const stored = new Map<string, string>();
  let now = 0;
  let tokens = 0;
  const fetcher = (async (input: string, init: RequestInit = {}) => {
    const token = new Headers(init.headers).get("authorization")?.slice(7) ?? "";
    asked.push(`${input}${token && ` ${token}`}`);
    await Promise.resolve();
    const answer = answers[input]?.shift() ??
      { status: 200, body: { accessToken: `token ${++tokens}`, expiresIn: 600 } };
    if (answer === "no network") throw new TypeError("Failed to fetch");
    return new Response(JSON.stringify(answer.body ?? {}), {
      status: answer.status,
      headers: { "content-type": "application/problem+json" },
    });
  }) as typeof fetch;
  const bodies: unknown[] = [];
  let switches = 0;
  const session = new Session({
    fetch: (input, init) => {
      bodies.push(JSON.parse(String(init?.body ?? "null")));
      return fetcher(input, init);
    },
    onSwitched: () => switches++,
    now: () => now,
    storage: {
      getItem: (key) => stored.get(key) ?? null,
      setItem: (key, value) => void stored.set(key, value),
      removeItem: (key) => void stored.delete(key),
    },
  });
  const client = createClient(session, fetcher);
  const pass = (ms: number) => now += ms;
  return { asked, answers, bodies, stored, session, client, pass, switches: () => switches };
}

const me = "/api/identity/users/me";
const ok = { status: 200, body: { id: "1" } };
const no = { status: 401 };

describe("a session", () => {
  let at: ReturnType<typeof platform>;
  beforeEach(() => at = platform());
  afterEach(() => at.session.signOut());

  it("asks for nothing when nobody was signed in", async () => {
    await at.session.resume();
    equal(at.session.state, "signed-out");
    deepEqual(at.asked, []);
  });

  const tokensOf = (sub: string, org: string) => ({
    status: 200,
    body: { accessToken: `e.${btoa(JSON.stringify({ sub, org }))}.s`, expiresIn: 600 },
  });

  it("signs in again to the clinic that is in view", async () => {
    at.answers["/auth/login"] = [tokensOf("nurse", "harbour"), tokensOf("nurse", "harbour")];
    await at.session.signIn("nurse@x.test", "secret");
    at.answers[me] = [no, ok];
    at.answers["/auth/refresh"] = [no];
    const waiting = at.client.get(me, {});
    await new Promise<void>((resolve) => at.session.subscribe(resolve));
    equal(at.session.state, "expired");
    await at.session.signIn("nurse@x.test", "secret");
    deepEqual(at.bodies.at(-1), {
      email: "nurse@x.test",
      password: "secret",
      organizationId: "harbour",
    });
    await waiting;
    equal(at.switches(), 0);
  });

  it("does not go on as somebody who signed in beside it, in another tab", async () => {
    at.answers["/auth/login"] = [tokensOf("nurse", "harbour")];
    await at.session.signIn("nurse@x.test", "secret");
    at.pass(601_000);
    at.answers["/auth/refresh"] = [tokensOf("physician", "harbour")];
    await rejects(at.client.get(me, {}), SessionEnded);
    deepEqual([at.switches(), at.session.state, at.asked.includes(me)], [1, "signed-out", false]);
  });

  it("goes on in another clinic when that is what was chosen", async () => {
    at.answers["/auth/login"] = [tokensOf("nurse", "harbour")];
    await at.session.signIn("nurse@x.test", "secret");
    at.session.switchTo(tokensOf("nurse", "hill").body);
    deepEqual([at.session.state, at.switches()], ["signed-in", 0]);
  });

  it("keeps no token in storage", async () => {
    await at.session.signIn("nurse@x.test", "secret");
    equal([...at.stored.values()].some((value) => /token|secret/.test(value)), false);
  });

  it("goes on after a reload", async () => {
    at.stored.set("praxis.may-have-session", "1");
    await at.session.resume();
    equal(at.session.state, "signed-in");
    equal(await at.session.bearer(), "token 1");
  });

  it("ends when the cookie is no longer good, and is left alone when nobody answers", async () => {
    at.stored.set("praxis.may-have-session", "1");
    at.answers["/auth/refresh"] = [no];
    await at.session.resume();
    equal(at.session.state, "signed-out");
    at.stored.set("praxis.may-have-session", "1");
    for (const answer of ["no network", { status: 503 }] as const) {
      at.answers["/auth/refresh"] = [answer];
      await at.session.resume();
      equal(at.session.state, "unreachable");
    }
    equal(at.stored.size, 1);
  });

  it("renews a token that has run out, once for all who ask", async () => {
    await at.session.signIn("a", "b");
    at.pass(600_000);
    at.answers[me] = [ok, ok, ok];
    await Promise.all([1, 2, 3].map(() => at.client.get(me, {})));
    equal(at.asked.filter((path) => path === "/auth/refresh").length, 1);
    deepEqual(at.asked.slice(-3), Array(3).fill(`${me} token 2`));
  });

  it("tries again with a new token when one is refused", async () => {
    await at.session.signIn("a", "b");
    at.answers[me] = [no, ok];
    await at.client.get(me, {});
    deepEqual(at.asked.slice(1), [`${me} token 1`, "/auth/refresh", `${me} token 2`]);
  });

  it("lets requests wait while somebody signs in again, and then goes on", async () => {
    await at.session.signIn("a", "b");
    at.answers[me] = [no, ok];
    at.answers["/auth/refresh"] = [no];
    const waiting = at.client.get(me, {});
    await new Promise<void>((resolve) => at.session.subscribe(resolve));
    equal(at.session.state, "expired");
    await at.session.signIn("a", "b");
    deepEqual(await waiting, { id: "1" });
    equal(at.session.state, "signed-in");
  });

  it("tells those who wait when the person leaves instead", async () => {
    await at.session.signIn("a", "b");
    at.answers[me] = [no];
    at.answers["/auth/refresh"] = [no];
    const refused = rejects(at.client.get(me, {}), SessionEnded);
    await new Promise<void>((resolve) => at.session.subscribe(resolve));
    await at.session.signOut();
    await refused;
  });

  it("is not lost when only the network is", async () => {
    await at.session.signIn("a", "b");
    at.pass(600_000);
    at.answers["/auth/refresh"] = ["no network"];
    await rejects(at.client.get(me, {}), Unreachable);
    equal(at.session.state, "signed-in");
  });

  it("signs out here even when nobody hears it", async () => {
    await at.session.signIn("a", "b");
    at.answers["/auth/logout"] = ["no network"];
    await at.session.signOut();
    equal(at.session.state, "signed-out");
    equal(at.stored.size, 0);
  });

  it("passes problems on", async () => {
    await at.session.signIn("a", "b");
    at.answers[me] = [{ status: 404 }];
    await rejects(
      at.client.get(me, {}),
      (error) => error instanceof Problem && error.status === 404,
    );
    at.answers["/auth/login"] = [no];
    await rejects(at.session.signIn("a", "c"), Problem);
  });

  const refusal = (kind: string) => ({
    status: 401,
    body: { type: `/problems/${kind}`, title: kind, status: 401 },
  });
  const fresh = { accessToken: "proven", expiresIn: 600 };

  it("goes on when somebody has proven who they are, once for all who wait", async () => {
    await at.session.signIn("a", "b");
    at.answers[me] = [refusal("step-up-required"), refusal("step-up-required"), ok, ok];
    const both = [at.client.get(me, {}), at.client.get(me, {})];
    await new Promise<void>((resolve) => at.session.subscribe(resolve));
    equal(at.session.isConfirming(), true);
    equal(at.session.state, "signed-in");
    await Promise.resolve();
    at.session.enter(fresh);
    deepEqual(await Promise.all(both), [ok.body, ok.body]);
    equal(at.session.isConfirming(), false);
    deepEqual(at.asked.slice(-2), Array(2).fill(`${me} proven`));
    equal(at.asked.includes("/auth/refresh"), false);
  });

  it("asks once, and passes on a second refusal", async () => {
    await at.session.signIn("a", "b");
    at.answers[me] = [refusal("step-up-required"), refusal("step-up-required")];
    const refused = rejects(at.client.get(me, {}), (error) => isKind(error, "step-up-required"));
    await new Promise<void>((resolve) => at.session.subscribe(resolve));
    at.session.enter(fresh);
    await refused;
  });

  it("tells those who wait when the person would rather not", async () => {
    await at.session.signIn("a", "b");
    at.answers[me] = [refusal("step-up-required")];
    const declined = rejects(at.client.get(me, {}), Declined);
    await new Promise<void>((resolve) => at.session.subscribe(resolve));
    at.session.decline();
    await declined;
    equal(at.session.state, "signed-in");
  });

  it("sends what was typed wrong only once: a try is counted", async () => {
    await at.session.signIn("a", "b");
    for (const kind of ["credentials-rejected", "factor-rejected"]) {
      at.answers[me] = [refusal(kind)];
      await rejects(at.client.get(me, {}), (error) => isKind(error, kind));
    }
    deepEqual(at.asked.slice(1), [`${me} token 1`, `${me} token 1`]);
  });

  it("hands the second step over, and is not signed in before it", async () => {
    const asked = { mfaRequired: true, challengeId: "eu_1", factors: ["totp"] };
    at.answers["/auth/login"] = [{ status: 200, body: asked }];
    deepEqual(await at.session.signIn("a", "b"), asked);
    equal(at.session.state === "signed-in", false);
    at.answers["/auth/mfa/verify"] = [{ status: 200, body: fresh }];
    const body = { challengeId: "eu_1", code: "123456" };
    at.session.enter((await at.client.open("/auth/mfa/verify", { body })) as typeof fresh);
    equal(await at.session.bearer(), "proven");
  });
});
