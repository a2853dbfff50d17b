/** Constraints in SQL beside their definitions over finite traces, and windows to the minute. */
import { deepEqual, equal } from "node:assert/strict";
import { newId } from "@praxis/shared/id";
import { read } from "@praxis/shared/postgres";
import { after, before as beforeAll, describe, it } from "@std/testing/bdd";
import { NOON, openWorkflow, type TestWorkflow } from "../../testing.ts";
import { before, insertTraces, randomOf, type Trace } from "../fixtures.ts";
import { ConstraintInput, type ProtocolDetail } from "../model.ts";
import { calendarsOf, changesAt, judge } from "./declare.ts";
import { needsTarget, type Template, templates, type Verdict } from "./templates.ts";

const KEY = "traced";

/** A protocol as it is kept, without keeping it. */
function protocolOf(given: Record<string, unknown>[], more: Partial<ProtocolDetail> = {}) {
  const constraints = given.map((one) => {
    const { target, count, withinMinutes, calendar, correlate, unless, rationale, ...rest } =
      ConstraintInput.parse(one);
    return {
      ...rest,
      id: newId(),
      target: target ?? null,
      count: count ?? null,
      withinMinutes: withinMinutes ?? null,
      calendar: calendar ?? null,
      correlate: correlate ?? null,
      unless: unless ?? null,
      rationale: rationale ?? null,
    };
  });
  return {
    definition: KEY,
    effectiveFrom: null,
    effectiveUntil: null,
    ...more,
    constraints,
  } as ProtocolDetail;
}

/** The templates as they are defined over a trace that has ended. */
const defined: Record<Template, (t: string, n: number) => boolean> = (() => {
  const all = (t: string, of: string, holds: (at: number) => boolean) =>
    [...t].every((one, at) => one !== of || holds(at));
  const times = (t: string, of: string) => [...t].filter((one) => one === of).length;
  const response = (t: string) => all(t, "a", (at) => t.indexOf("b", at + 1) >= 0);
  const precedence = (t: string) => all(t, "b", (at) => t.slice(0, at).includes("a"));
  const alternateResponse = (t: string) => all(t, "a", (at) => /^[^a]*b/.test(t.slice(at + 1)));
  const alternatePrecedence = (t: string) => all(t, "b", (at) => /a[^b]*$/.test(t.slice(0, at)));
  const chainResponse = (t: string) => all(t, "a", (at) => t[at + 1] === "b");
  const chainPrecedence = (t: string) => all(t, "b", (at) => t[at - 1] === "a");
  return {
    existence: (t, n) => times(t, "a") >= n,
    absence: (t, n) => times(t, "a") < n,
    exactly: (t, n) => times(t, "a") === n,
    init: (t) => t[0] === "a",
    last: (t) => t.at(-1) === "a",
    choice: (t) => t.includes("a") || t.includes("b"),
    "exclusive-choice": (t) => t.includes("a") !== t.includes("b"),
    "responded-existence": (t) => !t.includes("a") || t.includes("b"),
    "co-existence": (t) => t.includes("a") === t.includes("b"),
    "not-co-existence": (t) => !(t.includes("a") && t.includes("b")),
    response,
    "alternate-response": alternateResponse,
    "chain-response": chainResponse,
    precedence,
    "alternate-precedence": alternatePrecedence,
    "chain-precedence": chainPrecedence,
    succession: (t) => response(t) && precedence(t),
    "alternate-succession": (t) => alternateResponse(t) && alternatePrecedence(t),
    "chain-succession": (t) => chainResponse(t) && chainPrecedence(t),
    "not-succession": (t) => all(t, "a", (at) => t.indexOf("b", at + 1) < 0),
    "not-chain-succession": (t) => !t.includes("ab"),
  };
})();

describe("constraints", () => {
  let t: TestWorkflow;
  beforeAll(async () => {
    t = await openWorkflow();
  });
  after(() => t[Symbol.asyncDispose]());

  async function verdictsOf(
    organizationId: string,
    protocol: ProtocolDetail,
    { asOf = NOON, knownAt = null }: { asOf?: Date; knownAt?: Date | null } = {},
  ): Promise<Verdict[]> {
    const { sql } = t.deps;
    const calendars = await calendarsOf(sql, organizationId, [protocol]);
    const which = { organizationId, asOf, knownAt };
    return await read(
      sql,
      { organizationId },
      (tx) => judge(tx, protocol, which, calendars, 100_000),
    );
  }
  const traceOf = (letters: string, isOver = true): Trace => ({
    begunAt: before(1_000),
    endedAt: isOver ? before(10) : null,
    events: [...letters].map((activity, at) => ({ activity, at: before(900 - at) })),
  });

  it("mean over traces that have ended what their definitions say", async () => {
    const organizationId = newId();
    const random = randomOf(7);
    const letters = Array.from(
      { length: 150 },
      () =>
        Array.from({ length: Math.floor(random() * 8) }, () => "abc"[Math.floor(random() * 3)])
          .join(""),
    );
    const ids = await insertTraces(
      t.deps.sql,
      organizationId,
      KEY,
      letters.map((one) => traceOf(one)),
    );
    const protocol = protocolOf(templates.map((template) => ({
      name: template,
      template,
      activity: "a",
      ...(needsTarget(template) ? { target: "b" } : {}),
      ...(["existence", "absence", "exactly"].includes(template) ? { count: 2 } : {}),
    })));
    const verdicts = await verdictsOf(organizationId, protocol);
    const violated = new Set(
      verdicts.filter(({ state }) => state === "violated")
        .map(({ constraint, runId }) => `${constraint} ${runId}`),
    );
    for (const template of templates) {
      const said = letters.map((one, at) => [one, !violated.has(`${template} ${ids[at]}`)]);
      deepEqual(said, letters.map((one) => [one, defined[template](one, 2)]), template);
    }
    deepEqual(new Set(verdicts.map(({ state }) => state)), new Set(["satisfied", "violated"]));
  });

  it("decide before the end only what no later event can change", async () => {
    const organizationId = newId();
    const cases = ["", "a", "ab", "ba", "aa", "ac"];
    const ids = await insertTraces(
      t.deps.sql,
      organizationId,
      KEY,
      cases.map((one) => traceOf(one, false)),
    );
    const kinds: Template[] = ["response", "chain-response", "alternate-response", "precedence"];
    const protocol = protocolOf([
      ...kinds.map((template) => ({ name: template, template, activity: "a", target: "b" })),
      { name: "last", template: "last", activity: "a" },
      { name: "absence", template: "absence", activity: "a" },
      { name: "existence", template: "existence", activity: "a" },
    ]);
    const verdicts = await verdictsOf(organizationId, protocol);
    const told = (template: string) =>
      cases.map((_, at) =>
        verdicts.filter((one) => one.constraint === template && one.runId === ids[at])
          .map(({ state }) => state[0]).join("")
      );
    deepEqual(told("response"), ["", "p", "s", "p", "pp", "p"]);
    deepEqual(told("chain-response"), ["", "p", "s", "p", "vp", "v"]);
    deepEqual(told("alternate-response"), ["", "p", "s", "p", "vp", "p"]);
    deepEqual(told("precedence"), ["", "", "s", "v", "", ""]);
    deepEqual(told("last"), ["p", "p", "p", "p", "p", "p"]);
    deepEqual(told("absence"), ["p", "v", "v", "v", "v", "v"]);
    deepEqual(told("existence"), ["p", "s", "s", "s", "s", "s"]);
  });

  /** One open case in which `a` happened 100 minutes before noon, and `b` as said. */
  async function windowed(
    bAfter: number | null,
    more: Record<string, unknown>,
    asOf = NOON,
    data: { a?: unknown; b?: unknown } = {},
  ) {
    const organizationId = newId();
    const events = [
      { activity: "a", at: before(100), data: data.a },
      ...(bAfter === null ? [] : [{ activity: "b", at: before(100 - bAfter), data: data.b }]),
    ];
    await insertTraces(t.deps.sql, organizationId, KEY, [
      { begunAt: before(120), endedAt: null, events },
    ]);
    const template = "response";
    const protocol = protocolOf([
      { name: "c", template, activity: "a", target: "b", ...more },
    ]);
    return (await verdictsOf(organizationId, protocol, { asOf }))[0];
  }

  it("close their windows to the minute, with grace, and warn before", async () => {
    const told = (one: Verdict | undefined) => [one?.state, one?.why, one?.isAtRisk];
    const within = { withinMinutes: 60 };
    deepEqual(told(await windowed(60, within)), ["satisfied", "fulfilled", false]);
    deepEqual(told(await windowed(61, within)), ["violated", "late", false]);
    deepEqual(told(await windowed(61, { ...within, graceMinutes: 1 })), [
      "satisfied",
      "fulfilled",
      false,
    ]);
    deepEqual(told(await windowed(null, within)), ["violated", "missing", false]);
    const [early, risky, due] = [before(53), before(52), before(40)];
    deepEqual(told(await windowed(null, within, early)), ["pending", "waiting", false]);
    const atRisk = await windowed(null, within, risky);
    deepEqual(told(atRisk), ["pending", "waiting", true]);
    deepEqual(told(await windowed(null, within, due)), ["pending", "waiting", true]);
    equal(atRisk!.dueAt, before(40).toISOString());
    deepEqual(changesAt(atRisk!, risky), new Date(before(40).getTime() + 1));
    deepEqual(changesAt({ ...atRisk!, isAtRisk: false }, early), risky);
  });

  it("never take what is not known for a yes or a no (14)", async () => {
    const when = (operator: string, value?: unknown) => ({
      when: [{ path: ["k", "value"], operator, ...(value === undefined ? {} : { value }) }],
      withinMinutes: 30,
    });
    const stateOf = async (a: unknown, more: Record<string, unknown>) =>
      (await windowed(null, more, NOON, { a }))?.state ?? "not applicable";
    equal(await stateOf({ k: { value: 6.5 } }, when("gt", 6)), "violated");
    equal(await stateOf({ k: { value: "6.5" } }, when("gt", 6)), "violated");
    equal(await stateOf({ k: { value: "10" } }, when("gt", 9)), "violated");
    equal(await stateOf({ k: { value: 5 } }, when("gt", 6)), "not applicable");
    for (const value of [null, "", "high", true, undefined, [7], { v: 7 }]) {
      equal(await stateOf({ k: { value } }, when("gt", 6)), "indeterminate", String(value));
      equal(await stateOf({ k: { value } }, when("lt", 6)), "indeterminate", String(value));
    }
    equal(await stateOf(null, when("eq", "high")), "indeterminate");
    equal(await stateOf({ k: { value: "high" } }, when("in", ["high", "low"])), "violated");
    equal(await stateOf({ k: {} }, when("missing")), "violated");
    equal(await stateOf({ k: {} }, when("exists")), "not applicable");
    const target = { if: [{ path: ["outcome"], operator: "eq", value: "reached" }] };
    const answered = async (b: unknown) =>
      (await windowed(10, { ...target, withinMinutes: 30 }, NOON, { b }))?.why;
    equal(await answered({ outcome: "reached" }), "fulfilled");
    equal(await answered({ outcome: "not reached" }), "missing");
    equal(await answered({}), "missing-data");
  });

  it("tell events of one order from those of another, and leave exclusions out", async () => {
    const correlate = { correlate: ["order"] };
    const why = async (a: unknown, b: unknown) =>
      (await windowed(10, { ...correlate, withinMinutes: 30 }, NOON, { a, b }))?.why;
    equal(await why({ order: "1" }, { order: "1" }), "fulfilled");
    equal(await why({ order: "1" }, { order: "2" }), "missing");
    equal(await why({ order: "1" }, {}), "missing-data");
    equal(await why({}, { order: "1" }), "missing-data");
    equal(await windowed(50, { withinMinutes: 30, unless: "b" }), undefined);
  });

  it("count opening time by the clinic's calendar (6)", async () => {
    const organizationId = newId();
    // Friday 17:30; the clinic is open on weekdays from eight to six.
    const friday = new Date("2026-01-02T17:30:00Z");
    const at = (
      iso: string,
    ) => [{ activity: "a", at: friday }, { activity: "b", at: new Date(iso) }];
    await insertTraces(t.deps.sql, organizationId, KEY, [
      { begunAt: friday, endedAt: null, events: at("2026-01-05T08:30:00Z") },
      { begunAt: friday, endedAt: null, events: at("2026-01-05T08:31:00Z") },
    ]);
    const protocol = protocolOf([
      {
        name: "c",
        template: "response",
        activity: "a",
        target: "b",
        withinMinutes: 60,
        calendar: "location",
      },
      { name: "e", template: "existence", activity: "b", withinMinutes: 60, calendar: "location" },
    ]);
    const verdicts = await verdictsOf(organizationId, protocol);
    deepEqual(
      verdicts.map(({ constraint, why }) => `${constraint} ${why}`).sort(),
      ["c fulfilled", "c late", "e fulfilled", "e late"],
    );
    equal(new Set(verdicts.map(({ dueAt }) => dueAt)).size, 1);
  });

  it("count only within the time that they are in force", async () => {
    const organizationId = newId();
    await insertTraces(t.deps.sql, organizationId, KEY, [
      { ...traceOf("a"), events: [50, 40].map((m) => ({ activity: "a", at: before(m) })) },
    ]);
    const given = [{ name: "c", template: "response", activity: "a", target: "b" }];
    const since = protocolOf(given, { effectiveFrom: before(45).toISOString() });
    equal((await verdictsOf(organizationId, since)).length, 1);
    const until = protocolOf(given, { effectiveUntil: before(50).toISOString() });
    equal((await verdictsOf(organizationId, until)).length, 0);
  });
});
