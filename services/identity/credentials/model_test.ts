import { equal } from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { DUMMY_HASH, Password, stateOf } from "./model.ts";

describe("stateOf()", () => {
  it("knows a hash of today's cost from one of another", () => {
    equal(stateOf(DUMMY_HASH), "current");
    equal(stateOf(DUMMY_HASH.replace("t=1", "t=2")), "stale");
  });

  it("does not try what is damaged, of another kind, or unbearably dear", () => {
    for (
      const hash of [
        "",
        "garbage",
        "$2b$12$abcdefghijklmnopqrstuv",
        DUMMY_HASH.replace("argon2id", "argon2i"),
        DUMMY_HASH.replace("v=19", "v=16"),
        DUMMY_HASH.replace("m=47104", "m=524288"),
        DUMMY_HASH.replace("t=1", "t=900"),
        DUMMY_HASH.slice(0, 60),
        DUMMY_HASH + "\n",
      ]
    ) equal(stateOf(hash), "unusable", hash);
  });
});

describe("Password", () => {
  it("takes whatever was typed, up to its length", () => {
    for (const typed of ["\0", "a\0b", "\ud800", "🔑", " ", "é", "e\u0301", "x".repeat(256)]) {
      equal(Password.parse(typed), typed);
    }
    for (const typed of ["", "x".repeat(257)]) equal(Password.safeParse(typed).success, false);
  });
});
