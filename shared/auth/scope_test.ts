import { deepEqual, equal, notEqual } from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { userOf } from "./identify.ts";
import type { Permission } from "./permissions.ts";
import { withinScope } from "./scope.ts";
import type { AccessClaims } from "./tokens.ts";

const held: readonly Permission[] = ["documents:read", "documents:write", "tasks:work"];

describe("withinScope()", () => {
  it("leaves what both the user and the scope have", () => {
    deepEqual(withinScope(held, "openid documents:read patients:read"), ["documents:read"]);
    deepEqual(withinScope(held, ""), []);
    deepEqual(withinScope(held, "documents documents:* DOCUMENTS:READ documents:readx"), []);
    deepEqual(withinScope(held, "__proto__ constructor"), []);
    deepEqual(held.length, 3);
  });

  it("gives the same list again, so that what was signed for it can be kept", () => {
    equal(withinScope(held, "tasks:work"), withinScope(held, "tasks:work"));
    deepEqual(withinScope([...held].slice(0, 1), "tasks:work"), []);
  });

  it("keeps no more lists than a hundred, however many scopes there are", () => {
    const first = withinScope(held, "tasks:work");
    for (let n = 0; n < 100; n++) withinScope(held, `tasks:work x${n}`);
    notEqual(withinScope(held, "tasks:work"), first);
    deepEqual(withinScope(held, "tasks:work"), first);
  });
});

describe("userOf()", () => {
  const claims = { sub: "u", org: "o", sid: "s", mid: "m", pv: 1 } as AccessClaims;
  const standing = { permissions: () => Promise.resolve(held) };

  it("gives a person what they hold, and a program no more than its scope", async () => {
    const person = await userOf(claims, standing);
    deepEqual([person?.permissions, person?.clientId], [held, undefined]);
    const program = { ...claims, client_id: "c", scope: "openid tasks:work patients:read" };
    const user = await userOf(program, standing);
    deepEqual([user?.permissions, user?.clientId], [["tasks:work"], "c"]);
  });

  it("gives nobody when the session has ended", async () => {
    const ended = { permissions: () => Promise.resolve(undefined) };
    equal(await userOf({ ...claims, client_id: "c", scope: "tasks:work" }, ended), undefined);
  });
});
