import { deepEqual, equal } from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { expiryOf, judge, refreshExpiryOf, shortUserAgent } from "./model.ts";
import { hashOf, newRefreshToken, successorOf } from "./refresh_tokens.ts";

const NOON = new Date("2026-01-05T12:00:00Z");
const later = (seconds: number) => new Date(NOON.getTime() + seconds * 1000);
const HOUR = 3600;

describe("judge()", () => {
  const live = { revokedAt: null, expiresAt: later(12 * HOUR), isMember: true };
  const fresh = { usedAt: null, expiresAt: later(8 * HOUR), isParentOfNewest: false };
  const used = { ...fresh, usedAt: NOON, isParentOfNewest: true };

  it("exchanges a token until it expires, to the instant", () => {
    equal(judge(fresh, live, later(8 * HOUR - 0.001)), "current");
    equal(judge(fresh, live, later(8 * HOUR)), "ended");
  });

  it("repeats the exchange of the immediate predecessor for ten seconds", () => {
    equal(judge(used, live, later(10)), "repeated");
    equal(judge(used, live, later(10.001)), "reused");
    equal(judge({ ...used, isParentOfNewest: false }, live, later(0)), "reused");
  });

  it("gives nothing for a session that is over, whatever the token", () => {
    for (const token of [fresh, used]) {
      equal(judge(token, { ...live, revokedAt: NOON }, NOON), "ended");
      equal(judge(token, { ...live, isMember: false }, NOON), "ended");
      equal(judge(token, live, later(12 * HOUR)), "ended");
    }
  });
});

describe("expiry", () => {
  it("is twelve hours for a session, eight idle for a token, and never beyond the session", () => {
    const session = { expiresAt: expiryOf(NOON) };
    deepEqual(session.expiresAt, later(12 * HOUR));
    deepEqual(refreshExpiryOf(session, NOON), later(8 * HOUR));
    deepEqual(refreshExpiryOf(session, later(6 * HOUR)), later(12 * HOUR));
  });
});

describe("refresh tokens", () => {
  it("carry the region, and their successor follows from them and the key alone", () => {
    const token = newRefreshToken("eu");
    equal(/^eu_[\w-]{43}$/.test(token), true);
    const key = { encryptionKey: "one", region: "eu" };
    equal(successorOf(token, key), successorOf(token, key));
    const others = [
      successorOf(token, { ...key, encryptionKey: "two" }),
      successorOf(newRefreshToken("eu"), key),
      token,
    ];
    for (const other of others) equal(other === successorOf(token, key), false);
    equal(hashOf(token).length, 32);
  });
});

describe("shortUserAgent()", () => {
  it("is short and holds no control character", () => {
    equal(shortUserAgent(undefined), "");
    equal(shortUserAgent("a\r\nb\x1b[31mc\u202ed"), "a b [31mc d");
    equal(shortUserAgent("x".repeat(5_000)).length, 200);
  });
});
