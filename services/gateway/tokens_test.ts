import { deepEqual, equal, notDeepEqual, ok, rejects } from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { type AccessClaims, type Permission, verifyContext } from "@praxis/shared/auth";
import { newId } from "@praxis/shared/id";
import { contextKeys } from "./testing.ts";
import { createCallers } from "./tokens.ts";

const START_MS = Date.UTC(2026, 0, 1);

/** Callers over a verifier that takes every token but `bad`, and counts how often it was asked. */
function setting({ entriesMax = 100, given = {} } = {}) {
  let nowMs = START_MS;
  const verified: string[] = [];
  const state = { permissions: ["documents:read"] as Permission[] | undefined, isGone: false };
  const claims = (token: string) =>
    ({
      sub: newId(),
      sid: token,
      org: newId(),
      mid: newId(),
      pv: 1,
      exp: START_MS / 1000 + 600,
      ...given,
    }) as AccessClaims;
  const callers = createCallers({
    tokens: {
      access: (token) => {
        verified.push(token);
        return Promise.resolve(token.startsWith("bad") ? undefined : claims(token));
      },
    },
    standing: {
      permissions: () =>
        state.isGone
          ? Promise.reject(new Error("identity is gone"))
          : Promise.resolve(state.permissions),
    },
    contextKeys,
    nowMs: () => nowMs,
    entriesMax,
  });
  const ask = (token: string) =>
    callers.contextFor("content", new Headers({ authorization: `Bearer ${token}` }));
  const actorOf = (context: [string, string][] | undefined) =>
    verifyContext(contextKeys.content, "content", new Headers(context), new Date(nowMs));
  return {
    callers,
    ask,
    actorOf,
    verified,
    state,
    pass: (seconds: number) => nowMs += seconds * 1000,
  };
}

describe("a token of a program of others", () => {
  it("carries its scope's part of the user's permissions, and who it is", async () => {
    const { callers, actorOf, state } = setting({ given: { client_id: "c", scope: "tasks:work" } });
    state.permissions = ["documents:read", "tasks:work"];
    const headers = new Headers({ authorization: "Bearer a" });
    const context = await callers.contextFor("content", headers);
    const actor = actorOf(context);
    deepEqual([actor?.permissions, actor?.clientId], [["tasks:work"], "c"]);
    equal(await callers.contextFor("content", headers), context);
  });
});

describe("a token", () => {
  it("is verified once, also when many ask at the same time", async () => {
    const { ask, verified } = setting();
    const contexts = await Promise.all(Array.from({ length: 20 }, () => ask("a")));
    await ask("a");
    deepEqual(verified, ["a"]);
    equal(new Set(contexts).size, 1);
  });

  it("is verified again when it has expired", async () => {
    const { ask, verified, pass } = setting();
    await ask("a");
    pass(600);
    await ask("a");
    deepEqual(verified, ["a", "a"]);
  });

  it("that is bad is not kept", async () => {
    const { ask, verified, callers } = setting();
    equal(await ask("bad"), undefined);
    equal(await ask("bad"), undefined);
    deepEqual(verified, ["bad", "bad"]);
    equal(callers.known(new Headers({ authorization: "Bearer bad" })), undefined);
  });

  it("makes room for others", async () => {
    const { ask, verified } = setting({ entriesMax: 2 });
    for (const token of ["a", "b", "c", "c", "b", "a"]) await ask(token);
    deepEqual(verified, ["a", "b", "c", "a"]);
  });

  for (const header of ["", "Bearer", "Basic x", "Bearer a, Bearer b", "Bearer a b", "a"]) {
    it(`is not looked for in ${JSON.stringify(header)}`, async () => {
      const { callers, verified } = setting();
      const context = await callers.contextFor("content", new Headers({ authorization: header }));
      equal(context, undefined);
      deepEqual(verified, []);
    });
  }
});

describe("a context", () => {
  it("is believed by its service, and by no other", async () => {
    const { callers, actorOf, ask } = setting();
    deepEqual(actorOf(await ask("a"))?.permissions, ["documents:read"]);
    const headers = new Headers({ authorization: "Bearer a" });
    equal(actorOf(await callers.contextFor("workflow", headers)), undefined);
  });

  it("is repeated for 20 seconds and believed for 30", async () => {
    const { ask, actorOf, pass } = setting();
    const first = await ask("a");
    pass(19);
    equal(await ask("a"), first);
    ok(actorOf(first));
    pass(1);
    const second = await ask("a");
    notDeepEqual(second, first);
    pass(10);
    equal(actorOf(first), undefined);
    ok(actorOf(second));
  });

  it("follows the permissions at once", async () => {
    const { ask, actorOf, state } = setting();
    await ask("a");
    state.permissions = ["documents:read", "documents:write"];
    deepEqual(actorOf(await ask("a"))?.permissions, ["documents:read", "documents:write"]);
  });

  it("is refused at once when the session has ended", async () => {
    const { ask, state } = setting();
    ok(await ask("a"));
    state.permissions = undefined;
    equal(await ask("a"), undefined);
  });

  it("is not guessed when identity cannot be asked", async () => {
    const { ask, state } = setting();
    state.isGone = true;
    await rejects(ask("a"), /identity is gone/);
  });
});
