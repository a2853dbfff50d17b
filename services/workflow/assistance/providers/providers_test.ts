/** Both vendors' packages against a stand-in that speaks their protocols. Failure tests 19 and 20. */
import { deepEqual, equal } from "node:assert/strict";
import { after, before, beforeEach, describe, it } from "@std/testing/bdd";
import { createAnthropic } from "./anthropic.ts";
import { plainSchema, type Provider, type ProviderRequest, retryAfterMs } from "./provider.ts";
import { createOpenAi } from "./openai.ts";
import { fault, recorded, recording, ruleBased } from "./own.ts";
import { type StandIn, startStandIn, type Turn } from "./stand_in.ts";

const now = () => new Date("2026-01-05T12:00:00Z");
const request: ProviderRequest = {
  task: "gap-explanation",
  instructions: "Explain.",
  data: "Facts.",
  schemaName: "gap_explanation",
  schema: { type: "object", properties: {}, required: [], additionalProperties: false },
  maxOutputTokens: 500,
  timeoutMs: 60_000,
  key: "k",
  draft: () => ({ summary: "own" }),
};

describe("a provider", () => {
  let standIn: StandIn;
  before(() => void (standIn = startStandIn()));
  after(() => standIn[Symbol.asyncDispose]());
  beforeEach(() => {
    standIn.seen.length = 0;
    standIn.turns.length = 0;
  });

  const providers: Record<string, () => Provider> = {
    openai: () =>
      createOpenAi({ apiKey: "test-key", baseURL: `${standIn.url}/v1`, model: "a-model", now }),
    anthropic: () =>
      createAnthropic({ apiKey: "test-key", baseURL: standIn.url, model: "a-model", now }),
  };

  for (const [name, open] of Object.entries(providers)) {
    const complete = (turn: Turn, more: Partial<ProviderRequest> = {}) => {
      standIn.turns.push(turn);
      return open().complete({ ...request, ...more });
    };

    it(`${name}: sends what it was given in the documented shape, and reads the answer`, async () => {
      const outcome = await complete({ value: { summary: "theirs" } });
      equal(outcome.kind, "ok");
      if (outcome.kind !== "ok") return;
      equal(outcome.text, '{"summary":"theirs"}');
      deepEqual(outcome.usage, { inputTokens: 120, outputTokens: 40 });
      equal(typeof outcome.providerRequestId, "string");
      const [seen] = standIn.seen;
      equal(seen!.body.includes("Explain.") && seen!.body.includes("Facts."), true);
    });

    it(`${name}: makes one call for each try, whatever comes back (19)`, async () => {
      const kinds: Record<string, unknown> = {};
      for (const one of ["429", "500", "401", "reset", "redirect"] as const) {
        standIn.seen.length = 0;
        const { kind, ...outcome } = await complete({ fault: one });
        kinds[one] = [kind, "mayBeBilled" in outcome && outcome.mayBeBilled, standIn.seen.length];
        if (one === "429" && "retryAfterMs" in outcome) equal(outcome.retryAfterMs, 7_000);
      }
      deepEqual(kinds, {
        429: ["rate_limited", false, 1],
        500: ["unavailable", false, 1],
        401: ["unavailable", false, 1],
        reset: ["unavailable", true, 1],
        redirect: ["unavailable", true, 1],
      });
    });

    it(`${name}: ends a call that does not end by itself (19)`, async () => {
      for (const one of ["slow", "slow-body"] as const) {
        const outcome = await complete({ fault: one }, { timeoutMs: 150 });
        deepEqual(outcome, { kind: "timeout", detail: "no answer in time", mayBeBilled: true });
      }
      equal(standIn.seen.length, 2);
    });

    it(`${name}: sees a refusal and a cut before anything that parses (20)`, async () => {
      const kinds = [];
      const text = '{"summary":"looks fine"}';
      for (const one of ["refusal", "filtered", "truncated"] as const) {
        kinds.push((await complete({ fault: one, text })).kind);
      }
      deepEqual(kinds, ["refused", "refused", "truncated"]);
    });

    it(`${name}: hands on what is not JSON as it is`, async () => {
      const outcome = await complete({ fault: "not-json" });
      equal(outcome.kind === "ok" && outcome.text, '{"paragraphs": [');
    });

    it(`${name}: says that nobody is there`, async () => {
      const options = { apiKey: "k", baseURL: "http://127.0.0.1:1", model: "m", now };
      const gone = name === "openai" ? createOpenAi(options) : createAnthropic(options);
      equal((await gone.complete(request)).kind, "unavailable");
    });
  }

  it("is replaced by recordings, by rules or by a script", async () => {
    const cassette = {};
    standIn.turns.push({ value: { summary: "theirs" } });
    await recording(providers.openai!(), cassette).complete(request);
    const again = await recorded(cassette).complete(request);
    equal(again.kind === "ok" && again.text, '{"summary":"theirs"}');
    equal(
      (await recorded(cassette).complete({ ...request, key: "__proto__" })).kind,
      "unavailable",
    );
    const own = await ruleBased.complete(request);
    equal(own.kind === "ok" && own.text, '{"summary":"own"}');
    const scripted = fault(() => ({ kind: "refused", detail: "no", mayBeBilled: true }));
    equal((await scripted.complete(request)).kind, "refused");
    equal(scripted.seen.length, 1);
  });

  it("takes both forms of Retry-After, and no other", () => {
    equal(retryAfterMs("7", now()), 7_000);
    equal(retryAfterMs("Mon, 05 Jan 2026 12:00:30 GMT", now()), 30_000);
    equal(retryAfterMs("-1", now()), 0);
    equal(retryAfterMs("soon", now()), undefined);
    equal(retryAfterMs("999999999", now()), 3_600_000);
  });

  it("is given only what both take of a schema", () => {
    const given = { $schema: "x", type: "string", maxLength: 3, anyOf: [{ pattern: "a" }] };
    deepEqual(plainSchema(given), { type: "string", anyOf: [{}] });
  });
});
