import { deepEqual, equal, throws } from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import type { UserActor } from "./actor.ts";
import { contextHeaders, verifyContext } from "./context.ts";

const KEY = "k".repeat(43);
const NOON = new Date("2026-01-05T12:00:00Z");
const EXPIRY = NOON.getTime() / 1000 + 30;
const nurse: UserActor = {
  kind: "user",
  userId: "01936d2e-0000-7000-8000-000000000001",
  organizationId: "01936d2e-0000-7000-8000-000000000002",
  sessionId: "01936d2e-0000-7000-8000-000000000003",
  permissions: ["documents:read", "tasks:work"],
};

const signed = () => new Headers(contextHeaders(KEY, "content", nurse, EXPIRY));

describe("signed context", () => {
  it("carries an actor to the service it was made for", () => {
    deepEqual(verifyContext(KEY, "content", signed(), NOON), nurse);
  });

  it("is refused by another service and under another key", () => {
    equal(verifyContext(KEY, "workflow", signed(), NOON), undefined);
    equal(verifyContext("x".repeat(43), "content", signed(), NOON), undefined);
  });

  it("ends with its expiry, and may not reach further than it should", () => {
    const at = (seconds: number) => new Date(NOON.getTime() + seconds * 1000);
    equal(verifyContext(KEY, "content", signed(), at(30)), undefined);
    equal(verifyContext(KEY, "content", signed(), at(-60)), undefined);
  });

  for (const name of ["x-user-id", "x-tenant-id", "x-permissions", "x-session-id"]) {
    it(`is refused when ${name} was changed or left out`, () => {
      const changed = signed();
      changed.set(name, changed.get(name)!.replace(/.$/, "f"));
      equal(verifyContext(KEY, "content", changed, NOON), undefined);
      const missing = signed();
      missing.delete(name);
      equal(verifyContext(KEY, "content", missing, NOON), undefined);
    });
  }

  it("says which program acts for the user, and nobody can add or drop that", () => {
    const clientId = "01936d2e-0000-7000-8000-000000000009";
    const program = { ...nurse, clientId };
    const headers = new Headers(contextHeaders(KEY, "content", program, EXPIRY));
    deepEqual(verifyContext(KEY, "content", headers, NOON), program);
    headers.delete("x-client-id");
    equal(verifyContext(KEY, "content", headers, NOON), undefined);
    const person = signed();
    for (const value of ["", clientId]) {
      person.set("x-client-id", value);
      equal(verifyContext(KEY, "content", person, NOON), undefined);
    }
  });

  it("is refused when headers arrive twice or malformed", () => {
    const twice = signed();
    twice.append("x-user-id", nurse.userId);
    equal(verifyContext(KEY, "content", twice, NOON), undefined);
    for (const value of ["", "v1", "v1.1.content.", "v2.9.content." + "a".repeat(43)]) {
      const bad = signed();
      bad.set("x-praxis-context", value);
      equal(verifyContext(KEY, "content", bad, NOON), undefined);
    }
  });

  it("is not made from values with control characters", () => {
    throws(
      () => contextHeaders(KEY, "content", { ...nurse, userId: "a\r\nx-admin: 1" }, EXPIRY),
      TypeError,
    );
  });
});
