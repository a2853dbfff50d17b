/** The gates, the breaker's neighbours and the way of a delivery, without any database. */
import { deepEqual, equal } from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { type Candidate, chooseAccount, routeFor } from "../accounts/model.ts";
import { readReply } from "../hooks/replies.ts";
import { normalize, quietUntil } from "../recipients/model.ts";
import { isInside } from "@praxis/shared/outward";
import { type Facts, levelAllowed, passGates } from "./gates.ts";
import { afterTry } from "./model.ts";

const NOW = new Date("2026-03-02T12:00:00Z");
const facts = (change: Partial<Facts> = {}): Facts => ({
  now: NOW,
  channel: "sms",
  category: "appointment",
  expiresAt: new Date("2026-03-03T12:00:00Z"),
  cancelledAt: null,
  isEntitled: true,
  point: { state: "verified" },
  killSwitches: [],
  suppressions: [],
  preferences: [],
  consents: [],
  sentToday: 0,
  timeZone: "Europe/Paris",
  quietHours: { from: "21:00", to: "08:00" },
  ...change,
});

describe("gates", () => {
  it("are passed in their order, and the first says why", () => {
    const all: [Partial<Facts>, string][] = [
      [{ killSwitches: ["category:appointment"] }, "kill-switch category:appointment"],
      [{ expiresAt: NOW }, "expired"],
      [{ cancelledAt: NOW }, "cancelled"],
      [{ isEntitled: false }, "guardian-revoked"],
      [{ point: { state: "unverified" } }, "contact-unverified"],
      [{ suppressions: [{ scope: "all", reason: "stop" }] }, "suppressed-stop"],
      [{ consents: [{ channel: "sms", purpose: "all", decision: "revoked" }] }, "consent"],
      [
        { preferences: [{ category: "appointment", channel: "sms", isAllowed: false }] },
        "preference",
      ],
      [{ sentToday: 10 }, "frequency-cap"],
      [{ now: new Date("2026-03-02T22:00:00Z") }, "quiet-hours"],
    ];
    equal(passGates(facts()).pass, true);
    for (const [at, [change, reason]] of all.entries()) {
      const gate = passGates(facts(change));
      equal(!gate.pass && gate.reason, reason);
      // With all that comes later as well, it is still this one that says no.
      const later = Object.assign({}, ...all.slice(at).reverse().map(([one]) => one));
      const first = passGates(facts(later));
      if (at > 0) equal(!first.pass && first.reason, reason);
    }
  });

  it("let nothing mandatory be refused, and nothing unasked for be sent", () => {
    const no = [{ category: "security", channel: "email", isAllowed: false }];
    equal(passGates(facts({ category: "security", channel: "email", preferences: no })).pass, true);
    equal(passGates(facts({ category: "marketing", quietHours: null })).pass, false);
    const yes = [{ channel: "sms", purpose: "marketing", decision: "granted" as const }];
    equal(passGates(facts({ category: "marketing", consents: yes })).pass, true);
    equal(levelAllowed(2, "email", []), 0);
    const phi = [{ channel: "email", purpose: "phi", decision: "granted" as const }];
    equal(levelAllowed(2, "email", phi), 2);
    equal(levelAllowed(1, "sms", []), 1);
  });

  it("[15] [16] know when the night is over, also when a clock is changed", () => {
    const night = (now: string, to = "08:00") =>
      quietUntil({
        now: new Date(now),
        timeZone: "Europe/Paris",
        quietHours: { from: "21:00", to },
      })?.toISOString();
    equal(night("2026-03-28T22:00:00Z"), "2026-03-29T06:00:00.000Z");
    equal(night("2026-10-24T22:00:00Z"), "2026-10-25T07:00:00.000Z");
    equal(night("2026-03-28T23:30:00Z", "02:30"), "2026-03-29T01:30:00.000Z");
    equal(night("2026-03-29T08:00:00Z"), undefined);
  });

  it("do not let a message outlive itself in the night", () => {
    const gate = passGates(facts({
      now: new Date("2026-03-02T22:00:00Z"),
      expiresAt: new Date("2026-03-03T05:00:00Z"),
    }));
    deepEqual(gate, { pass: false, state: "expired", reason: "quiet-hours" });
  });
});

describe("addresses", () => {
  it("[26] [39] are one, or none: no lists, no lines, no look-alikes, no costly numbers", () => {
    const bad: ["email" | "sms" | "push", string][] = [
      ["email", "a@x.example, b@y.example"],
      ["email", "a@x.example\r\nBcc: b@y.example"],
      ["email", "a@pаypal.example"],
      ["email", "а@x.example"],
      ["email", `${"a".repeat(10_000)}@x.example`],
      ["email", "a@localhost"],
      ["email", "a b@x.example"],
      ["sms", "0612345678"],
      ["sms", "+33112"],
      ["sms", "+999123456789"],
      ["sms", "+33899123456"],
      ["sms", "+33612345678,+33612345679"],
      ["push", "has space"],
    ];
    for (const [channel, address] of bad) {
      equal(normalize(channel, address), undefined, address.slice(0, 40));
    }
    deepEqual(normalize("sms", "+33 6 12 34 56 78"), { address: "+33612345678", country: "FR" });
    equal(normalize("email", "Ada.L@Clinic.Example")?.address, "Ada.L@clinic.example");
  });

  it("inside a network are told from those outside", () => {
    for (
      const ip of [
        "127.0.0.1",
        "10.1.2.3",
        "169.254.169.254",
        "172.20.0.1",
        "192.168.1.1",
        "0.0.0.0",
      ]
        .concat(["100.64.0.1", "::1", "fd00::1", "fe80::1", "::ffff:10.0.0.1"])
    ) equal(isInside(ip), true, ip);
    for (const ip of ["8.8.8.8", "172.32.0.1", "2606:4700::1111"]) equal(isInside(ip), false, ip);
  });
});

describe("accounts", () => {
  const account = (id: string, change: Partial<Candidate> = {}): Candidate => ({
    id,
    provider: "resend",
    channel: "email",
    settings: {},
    secrets: {},
    region: "eu",
    level: 1,
    ratePerMinute: 10,
    sentInLastMinute: 0,
    isEnabled: true,
    isPlatform: false,
    failures: 0,
    openUntil: null,
    retryAt: null,
    ...change,
  });
  const query = {
    level: 1 as const,
    neutralLevel: 0 as const,
    failedIds: [] as string[],
    stickTo: undefined as string | undefined,
    isKilled: () => false,
    now: NOW,
  };
  const later = new Date(NOW.getTime() + 60_000);

  it("are chosen by what they may say, how they are, and what they have tried", () => {
    const [a, b] = [account("a"), account("b")];
    const chosen = (candidates: Candidate[], change: Partial<typeof query> = {}) =>
      chooseAccount(candidates, undefined, { ...query, ...change }).account?.id;
    equal(chosen([a, b]), "a");
    equal(chosen([account("a", { level: 0 }), b]), "b");
    equal(chosen([account("a", { openUntil: later }), b]), "b");
    equal(chosen([account("a", { sentInLastMinute: 10 }), b]), "b");
    equal(chosen([a, b], { failedIds: ["a"] }), "b");
    equal(chosen([a, b], { failedIds: ["a"], stickTo: "a" }), "a");
    equal(chosen([account("a", { openUntil: later }), b], { stickTo: "a" }), undefined);
    equal(chosen([a], { isKilled: () => true }), undefined);
    equal(chosen([account("p", { isPlatform: true }), b]), "b");
  });

  it("of the most particular route come first, and keep to its region", () => {
    const route = (change: Record<string, unknown>) => ({
      id: "r",
      channel: "email" as const,
      category: null,
      country: null,
      accountIds: ["b", "a"],
      mayFailOver: true,
      region: null,
      ...change,
    });
    const routes = [route({ id: "any" }), route({ id: "country", country: "FR" })]
      .concat([route({ id: "category", category: "billing" })]);
    const find = (category: string, country: string | null) =>
      routeFor(routes, { category, country })?.id;
    deepEqual([find("billing", "FR"), find("message", "FR"), find("message", null)], [
      "category",
      "country",
      "any",
    ]);
    const [a, b] = [account("a"), account("b", { region: "us", openUntil: later })];
    const chosen = (change: Record<string, unknown>) =>
      chooseAccount([a, b], route(change), query).account?.id;
    equal(chosen({}), "a");
    equal(chosen({ mayFailOver: false }), undefined);
    equal(chosen({ region: "us" }), undefined);
  });
});

describe("after a try", () => {
  it("what is next follows from how it ended", () => {
    const next = (result: Parameters<typeof afterTry>[0], n = 1, hasAnother = false) =>
      afterTry(result, { n, now: NOW, hasAnother, random: 0.5 });
    const failed = { outcome: "transient", detail: "HTTP 500" } as const;
    equal(next({ outcome: "ambiguous", detail: "x" }, 1, true).state, "unknown");
    equal(next({ outcome: "permanent", detail: "x" }).state, "failed");
    equal(next(failed, 1, true).state, "queued");
    equal(next(failed, 8, true).state, "failed");
    const waits = next({ ...failed, retryAfterSeconds: 7 });
    equal(waits.state === "deferred" && waits.dueAt.getTime() - NOW.getTime(), 7_000);
  });
});

describe("replies", () => {
  it("[21] are understood as people write them", () => {
    const all: [string, string][] = [
      ["STOP", "stop"],
      [" stop. ", "stop"],
      ["Stop please", "stop"],
      ["arrêt", "stop"],
      ["opt-out", "stop"],
      ["REVOKE", "stop"],
      ["unsubscribe me", "stop"],
      ["please don't stop", "words"],
      ["C", "confirm"],
      ["r!", "reschedule"],
      ["Wrong number", "wrong"],
      ["Aide", "help"],
      ["start", "start"],
      ["See you on Monday", "words"],
    ];
    for (const [text, meaning] of all) equal(readReply(text), meaning, text);
  });
});
