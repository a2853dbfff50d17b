/** CDS Hooks through HTTP: who may call, what is malformed, which cards. Failure tests 12, 17, 18, 24. */
import { deepEqual, equal, ok } from "node:assert/strict";
import { newId } from "@praxis/shared/id";
import { after, before, describe, it } from "@std/testing/bdd";
import type { Outcome } from "../dmn/dmn.ts";
import {
  earlyWarning,
  observation,
  publish,
  pulseRule,
  sickPatient,
} from "../decisions/testing.ts";
import { openWorkflow, type TestWorkflow } from "../testing.ts";
import { Card } from "./model.ts";
import { createCdsClient, patientView } from "./testing.ts";

const URL_OF = "https://praxis.test/cds-services";

describe("hooks", () => {
  let t: TestWorkflow;
  before(async () => {
    t = await openWorkflow();
  });
  after(() => t[Symbol.asyncDispose]());

  /** A clinic with two people and a client that may call. */
  async function clinic(alg?: string, more: { fhirServer?: string } = {}) {
    const organizationId = newId();
    const people = [t.as(newId(), organizationId), t.as(newId(), organizationId)] as const;
    const client = await createCdsClient(`https://ehr.test/${newId()}`, alg);
    const registered = await people[0]("POST", "/api/workflow/cds-clients", {
      body: { ...client.registration, ...more },
    });
    equal(registered.status, 201);
    const { id } = await registered.json();
    const send = async (path: string, body: unknown, token?: string) => {
      const sent = token ?? await client.token(URL_OF + path, t.deps.now());
      return await t.app.request(`/cds-services${path}`, {
        method: "POST",
        headers: { "content-type": "application/json", authorization: `Bearer ${sent}` },
        body: typeof body === "string" ? body : JSON.stringify(body),
      });
    };
    return { organizationId, people, client, clientId: id, send };
  }
  type Clinic = Awaited<ReturnType<typeof clinic>>;
  const view = async (one: Clinic, patientId: string, more = {}) => {
    const response = await one.send("/patient-view", patientView(patientId, more));
    equal(response.status, 200, await response.clone().text());
    return { ...await response.json(), warning: response.headers.get("warning") };
  };

  it("are discovered by anybody", async () => {
    const response = await t.app.request("/cds-services");
    equal(response.status, 200);
    const { services } = await response.json();
    equal(services.length, 9);
    for (const one of services) ok(one.id && one.hook && one.description && one.prefetch.patient);
  });

  it("answer with cards that are as the standard wants them, and hear what became of them", async () => {
    const one = await clinic();
    await publish(one.people, earlyWarning());
    const patientId = newId();
    const { cards, extension } = await view(one, patientId);
    equal(extension, undefined);
    equal(cards.length, 1);
    const [card] = cards;
    Card.parse(card);
    equal(card.summary, "NEWS2 is 7: high risk");
    deepEqual([card.indicator, card.selectionBehavior], ["critical", "at-most-one"]);
    deepEqual(card.overrideReasons.map(({ display }: { display: string }) => display), [
      "Known and treated",
      "Comfort care",
    ]);
    ok(!JSON.stringify(cards).includes("null"));
    const feedback = {
      feedback: [{
        card: card.uuid,
        outcome: "overridden",
        overrideReason: { reason: { code: "known" }, userComment: "Since Monday" },
        outcomeTimestamp: "2026-01-05T12:01:00Z",
      }],
    };
    const path = "/patient-view/feedback";
    equal((await one.send(path, feedback)).status, 200);
    // Reported twice is reported once.
    equal((await one.send(path, feedback)).status, 200);
    const alerts = `/api/workflow/alerts?patientId=${patientId}`;
    const { items } = await (await one.people[0]("GET", alerts)).json();
    deepEqual([items.length, items[0].outcome, items[0].reasonCode, items[0].comment], [
      1,
      "overridden",
      "known",
      "Since Monday",
    ]);
    const rules = "/api/workflow/rules/early-warning/performance";
    const told = await (await one.people[0]("GET", rules)).json();
    deepEqual([told.asked, told.fired, told.shown, told.overridden], [1, 1, 1, 1]);
    deepEqual(told.reasons, [{ code: "known", count: 1 }]);
    const wrong = { feedback: [{ ...feedback.feedback[0], card: newId() }] };
    equal((await one.send(path, wrong)).status, 404);
    const bare = { feedback: [{ ...feedback.feedback[0], outcome: "accepted" }] };
    equal((await one.send(path, bare)).status, 400);
    // Somebody else's card is nobody's.
    equal((await (await clinic()).send(path, feedback)).status, 404);
  });

  it("are refused to whoever cannot prove who they are (17)", async () => {
    const one = await clinic();
    const now = t.deps.now();
    const url = `${URL_OF}/patient-view`;
    const body = patientView(newId());
    const other = await createCdsClient("https://nobody.test");
    const encode = (value: unknown) =>
      new TextEncoder().encode(JSON.stringify(value))
        .toBase64({ alphabet: "base64url", omitPadding: true });
    const good = await one.client.token(url, now);
    const claims = JSON.parse(
      new TextDecoder().decode(
        Uint8Array.fromBase64(good.split(".")[1]!, { alphabet: "base64url" }),
      ),
    );
    const kid = one.client.registration.keys.keys[0]!.kid;
    const shared = new TextEncoder().encode(JSON.stringify(one.client.registration.keys.keys[0]));
    const refused: Record<string, string> = {
      "alg none": `${encode({ alg: "none", typ: "JWT", kid })}.${encode(claims)}.`,
      "HS256 over the public key": await one.client.token(url, now, {
        header: { alg: "HS256" },
        key: shared,
      }),
      "another audience": await one.client.token(`${URL_OF}/order-sign`, now),
      "no audience": await one.client.token(url, now, { claims: { aud: undefined } }),
      "a foreign jku": await one.client.token(url, now, {
        header: { jku: "https://evil.test/keys" },
      }),
      "an unknown key": await one.client.token(url, now, { header: { kid: "other" } }),
      "a key of somebody else": await one.client.token(url, now, { key: other.privateKey }),
      "an issuer that nobody registered": await other.token(url, now),
      "no jti": await one.client.token(url, now, { claims: { jti: undefined } }),
      "no iat": await one.client.token(url, now, { claims: { iat: undefined } }),
      "an end in the past": await one.client.token(url, new Date(now.getTime() - 600_000)),
      "a beginning in the future": await one.client.token(url, new Date(now.getTime() + 600_000)),
      "an end far away": await one.client.token(url, now, {
        claims: { exp: now.getTime() / 1000 + 86_400 },
      }),
      "another tenant": await one.client.token(url, now, { claims: { tenant: "x" } }),
      "an access token's type": await one.client.token(url, now, { header: { typ: "at+jwt" } }),
      "nonsense": "x.y.z",
    };
    for (const [what, token] of Object.entries(refused)) {
      const response = await one.send("/patient-view", body, token);
      equal(response.status, 401, what);
      equal(response.headers.get("content-type"), "application/problem+json");
      await response.body?.cancel();
    }
    equal((await one.send("/patient-view", body, good)).status, 200);
    equal((await one.send("/patient-view", body, good)).status, 401, "replayed");
    for (const claims of [{ iss: "a\0b" }, { tenant: "a\0b" }, { iss: "a\ud800" }]) {
      const token = await one.client.token(url, now, { claims });
      equal((await one.send("/patient-view", body, token)).status, 401);
    }
    equal((await one.send("/nothing", body)).status, 404);
    const path = `/api/workflow/cds-clients/${one.clientId}/revoke`;
    equal((await one.people[0]("POST", path)).status, 200);
    equal((await one.send("/patient-view", body)).status, 401, "revoked");
  });

  it("take every signature that only a client can make, and no private key", async () => {
    for (const alg of ["ES256", "RS384", "PS256", "EdDSA"]) {
      const one = await clinic(alg);
      equal((await view(one, newId())).cards.length, 0, alg);
    }
    const one = await clinic();
    const bad = structuredClone(one.client.registration) as unknown as {
      issuer: string;
      keys: { keys: Record<string, unknown>[] };
    };
    const twice = await one.people[0]("POST", "/api/workflow/cds-clients", { body: bad });
    equal(twice.status, 409);
    bad.keys.keys[0]!.d = "secret";
    const leaked = await one.people[0]("POST", "/api/workflow/cds-clients", { body: bad });
    equal(leaked.status, 422);
  });

  it("are refused when they are malformed (17)", async () => {
    const deep = `{"hook":"patient-view","context":${"[".repeat(50_000)}${"]".repeat(50_000)}}`;
    equal((await (await clinic()).send("/patient-view", deep)).status, 400);
    const one = await clinic();
    await publish(one.people, earlyWarning());
    const good = patientView(newId());
    const order = { ...good, hook: "order-sign" };
    const refused: Record<string, [number, unknown, string?]> = {
      "no JSON": [400, "{"],
      "closed too early": [400, `{"hook":"patient-view"},"context":{}}`],
      "a list": [422, []],
      "a null": [400, { ...good, fhirServer: null }],
      "a null inside": [400, { ...good, context: { ...good.context, encounterId: null } }],
      "a null prefetch": [400, { ...good, prefetch: { patient: null } }],
      "an empty text": [400, { ...good, context: { ...good.context, encounterId: "" } }],
      "an empty list": [400, { ...good, extension: [] }],
      "an empty prefetch": [400, { ...good, prefetch: {} }],
      "no hook": [400, { ...good, hook: undefined }],
      "another hook": [400, order],
      "no instance": [400, { ...good, hookInstance: undefined }],
      "an instance that is no UUID": [400, { ...good, hookInstance: "1" }],
      "no context": [400, { ...good, context: undefined }],
      "no patient": [400, { ...good, context: { userId: "Practitioner/a" } }],
      "a user without a type": [400, { ...good, context: { ...good.context, userId: "a" } }],
      "no draft orders": [400, order, "/order-sign"],
      "an authorization without a server": [400, {
        ...good,
        fhirAuthorization: {
          access_token: "t",
          token_type: "Bearer",
          expires_in: 1,
          scope: "s",
          subject: "x",
        },
      }],
      "a server without TLS": [400, { ...good, fhirServer: "http://fhir.test" }],
      "a prefetch that is no resource": [400, { ...good, prefetch: { patient: { id: "x" } } }],
      "no prefetch": [412, { ...good, prefetch: undefined }],
    };
    for (const [what, [status, body, path = "/patient-view"]] of Object.entries(refused)) {
      const response = await one.send(path, body);
      equal(response.status, status, what);
      equal(response.headers.get("content-type"), "application/problem+json", what);
      await response.body?.cancel();
    }
    const stored = await t.service.owner`
      select facts::text as facts from hook_calls where organization_id = ${one.organizationId}`;
    equal(stored.length, 0);
  });

  it("fetch what was not sent, from the registered server and from no other", async () => {
    const server = "https://fhir.test/r4";
    const one = await clinic(undefined, { fhirServer: `${server}/` });
    await publish(one.people, earlyWarning());
    const patientId = newId();
    const { patient, observations } = sickPatient(patientId);
    const token = `secret-${newId()}`;
    const allowed = {
      fhirServer: server,
      fhirAuthorization: {
        access_token: token,
        token_type: "Bearer",
        expires_in: 300,
        scope: "patient/Observation.read",
        subject: "cds",
      },
    };
    const { fetchFhir } = t.deps;
    const asked: string[] = [];
    let fails = false;
    t.deps.fetchFhir = ({ url, token: given, signal }) => {
      asked.push(url.href);
      ok(given === token && !signal.aborted);
      if (fails) return Promise.resolve({ refused: "status" });
      return Promise.resolve({ resource: url.pathname.endsWith("tion") ? observations : patient });
    };
    const send = (more: object) =>
      one.send("/patient-view", { ...patientView(patientId), ...more });
    const got = await send({ ...allowed, prefetch: undefined });
    equal((await got.json()).cards.length, 1);
    deepEqual(asked.sort().map((url) => url.split("&")[0]), [
      `${server}/Observation?patient=${patientId}`,
      `${server}/Patient/${patientId}`,
    ]);
    asked.length = 0;
    await (await send({ ...allowed, prefetch: { patient } })).body?.cancel();
    deepEqual(asked.map((url) => new URL(url).pathname), ["/r4/Observation"]);
    asked.length = 0;
    const refused: Record<string, object> = {
      "another server": { ...allowed, fhirServer: "https://fhir.test.evil.example/r4" },
      "another path": { ...allowed, fhirServer: "https://fhir.test/r4/other" },
      "no token": { fhirServer: server },
    };
    for (const [what, more] of Object.entries(refused)) {
      const response = await send({ ...more, prefetch: undefined });
      equal(response.status, 412, what);
      equal((await response.json()).errors.length, 2, what);
    }
    deepEqual(asked, []);
    // Where nobody asks, nothing is fetched; what was sent is kept for rules to come.
    const idle = await clinic(undefined, { fhirServer: server });
    const body = { ...patientView(patientId), ...allowed, prefetch: { observations } };
    equal((await idle.send("/patient-view", body)).status, 200);
    deepEqual(asked, []);
    const [call] = await t.service.owner`
      select facts from hook_calls where organization_id = ${idle.organizationId}`;
    equal(Object.keys(call!.facts.observations).length, observations.entry.length);
    fails = true;
    const failed = await send({ ...allowed, prefetch: undefined });
    equal(failed.status, 412);
    const problem = await failed.text();
    ok(problem.includes("does not give it") && !problem.includes(token));
    t.deps.fetchFhir = fetchFhir;
    const kept = await t.service.owner`
      select (select count(*) from hook_calls c where c::text like ${`%${token}%`})
           + (select count(*) from audit_events e where e::text like ${`%${token}%`}) as count`;
    equal(Number(kept[0]!.count), 0);
  });

  it("register only servers to which a token can be sent safely", async () => {
    const { registration } = await createCdsClient(`https://ehr.test/${newId()}`);
    const call = t.as(newId(), newId());
    for (
      const fhirServer of ["http://fhir.test", "https://a:b@fhir.test", "https://fhir.test?x=1"]
    ) {
      const body = { ...registration, fhirServer };
      equal((await call("POST", "/api/workflow/cds-clients", { body })).status, 422, fhirServer);
    }
  });

  it("say which rules could not be told, and take nothing from another patient (17)", async () => {
    const one = await clinic();
    await publish(one.people, earlyWarning());
    await publish(one.people, pulseRule("pulse", 100));
    const patientId = newId();
    const { observations, patient } = sickPatient(patientId);
    const pulse = observations.entry.filter(({ resource }) =>
      resource.code.coding[0].code === "8867-4"
    );
    const some = { patient, observations: { ...observations, entry: pulse } };
    const partial = await view(one, patientId, { prefetch: some });
    equal(partial.cards.length, 1);
    const [undecided] = partial.extension["app.praxis.undecided"];
    equal(undecided.rule, "early-warning");
    ok(undecided.missing.includes("news2.systolic"));
    equal(partial.warning, `199 praxis "1 rules could not be told"`);
    const foreign = await view(one, newId(), { prefetch: sickPatient(patientId) });
    deepEqual([foreign.cards.length, foreign.extension["app.praxis.undecided"].length], [0, 2]);
    const old = sickPatient(patientId, 132, "2026-01-02T12:00:00Z");
    const stale = await view(one, patientId, { prefetch: old });
    deepEqual(stale.cards, []);
    ok(stale.extension["app.praxis.undecided"][0].stale.length > 0);
    const { observations: list } = sickPatient(newId());
    const wrong = list.entry.map(({ resource }) => ({
      resource: {
        ...resource,
        subject: { reference: `Patient/${patientId}` },
        status: "entered-in-error",
      },
    }));
    const errors = await view(one, patientId, {
      prefetch: { observations: { ...list, entry: wrong } },
    });
    equal(errors.cards.length, 0);
  });

  it("let no older number speak where the newest is only known to be more (14)", async () => {
    const one = await clinic();
    await publish(one.people, pulseRule("fast", 100));
    const patientId = newId();
    const older = observation(patientId, "8867-4", 60, "/min", "2026-01-05T09:00:00Z");
    const newest = observation(patientId, "8867-4", 200, "/min", "2026-01-05T11:00:00Z");
    const told = (quantity: object, at = newest.effectiveDateTime) => ({
      prefetch: {
        older,
        newest: {
          ...newest,
          effectiveDateTime: at,
          valueQuantity: { ...newest.valueQuantity, ...quantity },
        },
      },
    });
    equal((await view(one, patientId, told({}))).cards.length, 1);
    const more = await view(one, patientId, told({ comparator: ">" }));
    deepEqual(more.extension["app.praxis.undecided"][0].missing, ["pulse"]);
    // A time that only people can read is none: the older value has one.
    equal((await view(one, newId(), told({}, "January 5, 2026 11:00"))).cards.length, 0);
  });

  it("answer for the other rules when one takes too long, and say so (12, 18)", async () => {
    const one = await clinic();
    await publish(one.people, pulseRule("a-slow", 100));
    await publish(one.people, pulseRule("b-fine", 100));
    const { evaluator } = t.deps;
    t.deps.evaluator = {
      ...evaluator,
      async evaluate(jobs) {
        const rest = await evaluator.evaluate(jobs.slice(1));
        return [{ kind: "timeout" } as Outcome, ...rest];
      },
    };
    const patientId = newId();
    const answers = [];
    for (let n = 0; n < 4; n++) answers.push(await view(one, `${patientId}-${n}`));
    t.deps.evaluator = evaluator;
    deepEqual(answers.map(({ cards }) => cards.length), [1, 1, 1, 0]);
    const [undecided] = answers[0]!.extension["app.praxis.undecided"];
    deepEqual([undecided.rule, undecided.reason], ["a-slow", "rule_timeout"]);
    const told = await (await one.people[0]("GET", "/api/workflow/rules/a-slow/performance"))
      .json();
    deepEqual([told.asked, told.timedOut], [3, 3]);
    const { items } = await (await one.people[0]("GET", "/api/workflow/rules?key=a-slow")).json();
    ok(items[0].quarantinedAt);
  });

  it("tell the same only once, louder news at once, and no more than the clinic wants", async () => {
    const one = await clinic();
    await publish(one.people, earlyWarning());
    const patientId = newId();
    const ask = async (pulse: number) => {
      const prefetch = sickPatient(patientId, pulse);
      return (await view(one, patientId, { prefetch })).cards.length;
    };
    // Six, six again, another pulse that is no worse, seven, and six after that.
    deepEqual(
      [await ask(112), await ask(112), await ask(115), await ask(135), await ask(112)],
      [1, 0, 0, 1, 0],
    );
    t.pass(73 * 3_600_000);
    const later = sickPatient(patientId, 112, t.deps.now().toISOString());
    equal((await view(one, patientId, { prefetch: later })).cards.length, 1);
    const alerts = `/api/workflow/alerts?patientId=${patientId}&limit=100`;
    const { items } = await (await one.people[0]("GET", alerts)).json();
    deepEqual(items.map(({ disposition }: { disposition: string }) => disposition), [
      "shown",
      "duplicate",
      "shown",
      "duplicate",
      "duplicate",
      "shown",
    ]);
    const policy = { dedupeHours: 72, encounterCap: 1, demoteShare: 0.9, demoteAfter: 30 };
    const put = await one.people[0]("PUT", "/api/workflow/alert-policy", { body: policy });
    equal(put.status, 200);
    await publish(one.people, pulseRule("z-pulse", 100));
    const other = newId();
    const at = t.deps.now().toISOString();
    const { cards } = await view(one, other, { prefetch: sickPatient(other, 140, at) });
    deepEqual(cards.map(({ indicator }: { indicator: string }) => indicator), ["critical"]);
  });

  it("are watched in the shadow, and replayed on history, without a word to anybody", async () => {
    const one = await clinic();
    await publish(one.people, pulseRule("watched", 100), "shadow");
    const patientId = newId();
    const at = t.deps.now().toISOString();
    const asked = await view(one, patientId, { prefetch: sickPatient(patientId, 132, at) });
    deepEqual([asked.cards, asked.extension], [[], undefined]);
    const told = await (await one.people[0]("GET", "/api/workflow/rules/watched/performance"))
      .json();
    deepEqual([told.fired, told.shown, told.shadow], [1, 0, 1]);
    const draft = pulseRule("new", 130);
    equal((await one.people[0]("POST", "/api/workflow/rules", { body: draft })).status, 201);
    const replay = await one.people[0]("POST", "/api/workflow/rules/new/versions/1/replay", {
      body: { from: "2026-01-01T00:00:00Z", to: "2026-02-01T00:00:00Z" },
    });
    deepEqual(await replay.json(), {
      calls: 1,
      fired: 1,
      notFired: 0,
      indeterminate: 0,
      patients: 1,
      gaps: {},
    });
  });

  it("of a clinic know nothing of another, whoever forgets to ask for the owner (24)", async () => {
    const [one, other] = [await clinic(), await clinic()];
    await publish(one.people, pulseRule("ours", 100));
    const patientId = newId();
    const at = t.deps.now().toISOString();
    const prefetch = sickPatient(patientId, 132, at);
    equal((await view(one, patientId, { prefetch })).cards.length, 1);
    equal((await view(other, patientId, { prefetch })).cards.length, 0);
    const seen = await t.deps.sql.begin(async (tx) => {
      await tx`select set_config('app.organization_id', ${other.organizationId}, true)`;
      return await tx`
        select (select count(*)::int from alerts where key = 'ours') as alerts,
          (select count(*)::int from hook_calls where patient_id = ${patientId}) as calls,
          (select count(*)::int from cds_clients where id = ${one.clientId}) as clients,
          (select count(*)::int from cds_tokens where client_id = ${one.clientId}) as tokens`;
    });
    deepEqual({ ...seen[0] }, { alerts: 0, calls: 1, clients: 0, tokens: 0 });
  });

  it("of a rule that the clinic has switched off are silent", async () => {
    const one = await clinic();
    await publish(one.people, pulseRule("switched", 100));
    const off = { feature: "rule.switched", isOn: false, reason: "Not here" };
    equal((await one.people[0]("PUT", "/api/workflow/stance/switches", { body: off })).status, 200);
    const patientId = newId();
    const at = t.deps.now().toISOString();
    const asked = await view(one, patientId, { prefetch: sickPatient(patientId, 132, at) });
    deepEqual([asked.cards, asked.extension], [[], undefined]);
  });
});
