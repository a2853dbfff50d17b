/** What is promised of communication as a whole, whatever happens around it. */
import { deepEqual, equal, notEqual, ok, rejects } from "node:assert/strict";
import { newId } from "@praxis/shared/id";
import { transaction } from "@praxis/shared/postgres";
import { after, before, describe, it } from "@std/testing/bdd";
import { createApp } from "./app.ts";
import { followTime } from "./clock/clock.ts";
import { startWorker } from "./deliveries/deliveries.ts";
import { claimDue } from "./deliveries/store.ts";
import type { Deps } from "./deps.ts";
import { linkTo } from "./preferences/links.ts";
import { providers } from "./providers/providers.ts";
import {
  addPatient,
  type Answer,
  deliveriesOf,
  openCommunication,
  PUBLIC_URL,
  reminder,
  type TestCommunication,
} from "./testing.ts";

describe("communication keeps its word", () => {
  let t: TestCommunication;
  let numbers = 0;
  before(async () => {
    t = await openCommunication();
  });
  after(() => t[Symbol.asyncDispose]());

  const newEmail = () => `promise${numbers++}@patients.example`;
  const newNumber = () => `+336125${String(45_000 + numbers++).padStart(5, "0")}`;
  const takenBy = (to: string) => t.simulators.taken.filter((one) => one.to === to);
  const at = (seconds: number) => new Date(t.deps.now().getTime() + seconds * 1000).toISOString();
  async function ask(clinic: string, body: unknown): Promise<string> {
    const { status, json } = await t.send(clinic, "POST", "/messages", body);
    equal(status, 202, JSON.stringify(json));
    return json.id;
  }
  const first = async (clinic: string, id: string) => (await deliveriesOf(t, clinic, id))[0];
  /** Bodies of a template that everybody may publish at once. */
  async function publish(clinic: string, key: string, text: string, variables = {}) {
    await t.send(clinic, "POST", "/templates", { key, category: "message" });
    const bodies = { en: { email: { subject: "Words", text }, sms: { text } } };
    const version = { level: 0, variables, bodies };
    const { json } = await t.send(clinic, "POST", `/templates/${key}/versions`, version);
    const path = `/templates/${key}/versions/${json.version}/publish`;
    equal((await t.send(clinic, "POST", path)).status, 204);
  }

  it("[14] refuses bogus webhooks before it reads, looks up or compares anything", async () => {
    const untouched = new Proxy(t.deps.sql, {
      get: (_, name) => {
        throw new Error(`the database was asked for ${String(name)}`);
      },
      apply: () => {
        throw new Error("the database was asked");
      },
    });
    const app = createApp({ ...t.deps, sql: untouched }, { identify: t.service.identify });
    const account = newId();
    const paths = ["resend", "sendgrid"].map((name) => `/hooks/${name}/${account}`)
      .concat(`/hooks/twilio/${account}/status`, `/hooks/ovh/${account}/${"x".repeat(43)}`)
      .concat("/hooks/mailgun/no-account");
    for (const path of paths) {
      const body = new ReadableStream({
        pull: () => {
          throw new Error("the body was read");
        },
      }, { highWaterMark: 0 });
      equal((await app.request(path, { method: "POST", body })).status, 401, path);
    }
    // Those of the right form are refused as well, and what is to be sent goes out meanwhile.
    const [clinic, email] = [newId(), newEmail()];
    const id = await ask(clinic, reminder(await addPatient(t, clinic, { email })));
    const headers = {
      "svix-id": "msg_1",
      "svix-timestamp": String(Math.floor(t.deps.now().getTime() / 1000)),
      "svix-signature": `v1,${btoa("x".repeat(32))}`,
    };
    const bogus = Array.from({ length: 300 }, async () => {
      const path = `/hooks/resend/${newId()}`;
      return (await t.app.request(path, { method: "POST", headers, body: "{}" })).status;
    });
    await t.drain();
    equal((await first(clinic, id)).state, "accepted");
    deepEqual([...new Set(await Promise.all(bogus))], [401]);
  });

  it("[17] asks again whether it is night where somebody is by then", async () => {
    // 12:00 UTC is 21:00 in Tokyo and 13:00 in Paris.
    const [clinic, email] = [newId(), newEmail()];
    const quietHours = { from: "20:00", to: "08:00" };
    const id = await addPatient(t, clinic, { email }, { timeZone: "Asia/Tokyo", quietHours });
    const message = await ask(clinic, { ...reminder(id), expiresAt: at(3 * 86_400) });
    await t.drain();
    const waiting = await first(clinic, message);
    deepEqual([waiting.state, waiting.reason], ["deferred", "quiet-hours"]);
    const morning = Temporal.Instant.from(waiting.dueAt).toZonedDateTimeISO("Asia/Tokyo");
    equal(morning.toPlainTime().toString(), "08:00:00");
    // Morning in Tokyo is midnight in Paris, where the patient is by now.
    await t.send(clinic, "POST", "/recipients", { id, timeZone: "Europe/Paris", quietHours });
    t.advance((Date.parse(waiting.dueAt) - t.deps.now().getTime()) / 1000 + 1);
    await t.drain();
    const later = await first(clinic, message);
    equal(later.state, "deferred");
    const here = Temporal.Instant.from(later.dueAt).toZonedDateTimeISO("Europe/Paris");
    equal(here.toPlainTime().toString(), "08:00:00");
    t.advance((Date.parse(later.dueAt) - t.deps.now().getTime()) / 1000 + 1);
    await t.drain();
    equal((await first(clinic, message)).state, "accepted");
    equal(takenBy(email).length, 1);
  });

  it("[18] goes by the database's time, and doubles nothing when a clock is set", async () => {
    let time = Date.parse("2026-01-05T12:00:00Z");
    let elapsed = 5_000;
    const clock = await followTime({
      ask: () => Promise.resolve(new Date(time)),
      elapsedMs: () => elapsed,
    });
    try {
      elapsed += 1_500;
      // What the machine's own clock says meanwhile is not asked for.
      equal(clock.now().getTime(), time + 1_500);
      time += 3_600_000;
      equal(clock.now().getTime(), time - 3_600_000 + 1_500);
      await clock.follow();
      equal(clock.now().getTime(), time);
    } finally {
      clock.stop();
    }
    const [clinic, email] = [newId(), newEmail()];
    const patient = await addPatient(t, clinic, { email });
    const soon = await ask(clinic, { ...reminder(patient), notBefore: at(1_800) });
    t.advance(3_600);
    await t.drain();
    equal((await first(clinic, soon)).state, "accepted");
    t.advance(-3_600);
    await t.drain();
    t.advance(3_600);
    await t.drain();
    equal(takenBy(email).length, 1);
    equal((await first(clinic, soon)).attempts, 1);
  });

  it("[27] puts aside what cannot be written, without a value, and sends it once mended", async () => {
    const [clinic, one, other] = [newId(), newEmail(), newEmail()];
    const variables = { n: { type: "number", level: 0 } };
    await publish(clinic, "poison", "{% for i in (1..n) %}x{% endfor %}", variables);
    const poisoned = {
      template: "poison",
      recipients: [{ id: await addPatient(t, clinic, { email: one }) }],
      data: { n: 999_999_937 },
    };
    const poison = await ask(clinic, poisoned);
    const late = await ask(clinic, poisoned);
    const sound = await ask(clinic, reminder(await addPatient(t, clinic, { email: other })));
    await t.drain();
    const failed = await first(clinic, poison);
    deepEqual([failed.state, failed.reason], ["failed", "cannot-be-written"]);
    equal((await first(clinic, sound)).state, "accepted");
    ok(!JSON.stringify(failed).includes("999999937"));
    await publish(clinic, "poison", "Mended.", variables);
    const retry = async (message: string) => {
      const { id } = await first(clinic, message);
      const path = `/deliveries/${id}/retry`;
      return (await t.send(clinic, "POST", path, { reason: "the template is mended" })).status;
    };
    equal(await retry(poison), 204);
    await t.drain();
    equal((await first(clinic, poison)).state, "accepted");
    equal(await retry(poison), 409);
    // What nobody needs any more is not sent after all.
    t.advance(86_401);
    equal(await retry(late), 204);
    await t.drain();
    equal((await first(clinic, late)).state, "expired");
    equal(takenBy(one).length, 1);
  });

  it("[27] lets one account that cannot be opened keep no other from working", async () => {
    const [clinic, email] = [newId(), newEmail()];
    const { json } = await t.send(clinic, "POST", "/provider-accounts", {
      provider: "resend",
      name: "unreadable",
      settings: { from: "clinic@harbour.example" },
      secrets: { apiKey: "re_only_for_tests" },
    });
    await t.service.owner`
      update provider_accounts set sealed_secrets = '\\x00' where id = ${json.id}`;
    const id = await ask(clinic, reminder(await addPatient(t, clinic, { email })));
    await t.drain();
    equal((await first(clinic, id)).state, "accepted");
  });

  it("[28] does not keep one clinic waiting behind another's thousands", async () => {
    const [big, small] = [newId(), newId()];
    const crowd: string[] = [];
    for (let n = 0; n < 40; n++) crowd.push(await addPatient(t, big, { email: newEmail() }));
    await ask(big, reminder(...crowd));
    const email = newEmail();
    const urgent = await ask(small, reminder(await addPatient(t, small, { email })));
    const now = t.deps.now();
    const leasedUntil = new Date(now.getTime() + 30_000);
    const taken = await transaction(
      t.deps.sql,
      "system",
      (tx) => claimDue(tx, { now, leasedUntil, limit: 16, busy: new Map() }),
    );
    const [{ id }] = await deliveriesOf(t, small, urgent);
    ok(taken.some((one) => one.id === id), "it waits behind the crowd");
    // Those leases end, and the work is done.
    t.advance(31);
    await t.drain();
  });

  it("[28] begins one clinic's while another's are all under way and none has ended", async () => {
    const [big, small, sms] = [newId(), newId(), newNumber()];
    const crowd: string[] = [];
    for (let n = 0; n < 30; n++) crowd.push(await addPatient(t, big, { email: newEmail() }));
    const patient = await addPatient(t, small, { sms });
    const { send } = providers.resend;
    const [ended, full] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    let calls = 0;
    providers.resend.send = async (_, __, { deliveryId }) => {
      if (++calls === 16) full.resolve();
      await ended.promise;
      return { outcome: "accepted", providerMessageId: deliveryId };
    };
    const worker = await startWorker(t.deps);
    try {
      await ask(big, reminder(...crowd));
      await full.promise;
      const id = await ask(small, reminder(patient));
      // It never comes out of this loop when it waits for a place.
      while (!["accepted", "sent", "delivered"].includes((await first(small, id)).state)) {
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
      equal(calls, 16, "one clinic has more than its share");
    } finally {
      ended.resolve();
      await worker.stop();
      providers.resend.send = send;
    }
    equal(calls, 30);
  });

  it("[28] sends what somebody waits for before what goes to everybody", async () => {
    const clinic = newId();
    await t.send(clinic, "POST", "/templates", { key: "bill", category: "billing" });
    const bodies = { en: { email: { subject: "Your bill", text: "It is in the portal." } } };
    const { json } = await t.send(clinic, "POST", "/templates/bill/versions", { level: 0, bodies });
    await t.send(clinic, "POST", `/templates/bill/versions/${json.version}/publish`);
    const people: string[] = [];
    for (let n = 0; n < 5; n++) people.push(await addPatient(t, clinic, { email: newEmail() }));
    await ask(clinic, { template: "bill", recipients: people.map((id) => ({ id })) });
    t.advance(1);
    const id = await ask(clinic, reminder(people[0]!));
    const now = t.deps.now();
    const wanted = {
      now,
      leasedUntil: new Date(now.getTime() + 30_000),
      limit: 1,
      busy: new Map(),
    };
    const take = (scope: Parameters<typeof transaction>[1]) =>
      transaction(t.deps.sql, scope, (tx) => claimDue(tx, wanted));
    deepEqual((await take("system")).map((one) => one.id), [(await first(clinic, id)).id]);
    await rejects(take({ organizationId: clinic }), { code: "42501" });
    t.advance(31);
    await t.drain();
  });

  it("[29] keeps keys, ids and counts of one clinic from another", async () => {
    const [clinic, rival, userId, email] = [newId(), newId(), newId(), newEmail()];
    const more = { userId, headers: { "idempotency-key": newId() } };
    const ours = await addPatient(t, clinic, { email });
    const theirs = await addPatient(t, rival, { email });
    const one = await t.send(clinic, "POST", "/messages", reminder(ours), more);
    const other = await t.send(rival, "POST", "/messages", reminder(theirs), more);
    equal(one.status, 202);
    equal(other.status, 202);
    notEqual(one.json.id, other.json.id);
    const stranger = await t.send(rival, "POST", "/messages", reminder(ours));
    equal(stranger.status, 422);
    equal((await t.send(rival, "GET", `/messages/${one.json.id}`)).status, 404);
    const listed = (await t.send(rival, "GET", `/deliveries?recipientId=${ours}`)).json.items;
    equal(listed.length, 0);
    const { points } = (await t.send(rival, "GET", `/recipients/${theirs}`)).json;
    equal(points[0].isShared, false, "an address is not known to be somebody else's elsewhere");
    await t.drain();
  });

  it("[32] wakes again when the connection that it listens on is ended", async () => {
    const [clinic, email] = [newId(), newEmail()];
    const patient = await addPatient(t, clinic, { email });
    const worker = await startWorker(t.deps);
    try {
      const database = (await t.service.owner`select current_database() as name`)[0]!.name;
      // Divides by nothing when nobody listens.
      await t.service.administer(
        `with ended as (
           select pg_terminate_backend(pid) from pg_stat_activity
           where datname = '${database}' and query ilike 'listen %deliveries%')
         select 1 / count(*) from ended`,
      );
      const id = await ask(clinic, reminder(patient));
      let state = "";
      for (let round = 0; state !== "accepted" && round < 2_000; round++) {
        ({ state } = await first(clinic, id));
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    } finally {
      await worker.stop();
    }
    equal(takenBy(email).length, 1, "it was never sent");
  });

  it("[33] sends, and shows an inbox, without Redis and with one that hangs", async () => {
    const broken = [() => Promise.reject(new Error("gone")), () => new Promise(() => {})];
    for (const answer of broken) {
      const redis = new Proxy({}, { get: () => answer }) as Deps["redis"];
      await using own = await openCommunication({ redis });
      const [clinic, userId] = [newId(), newId()];
      const body = { ...reminder(), recipients: [{ id: userId, kind: "user" }] };
      const asked = await own.send(clinic, "POST", "/messages", body);
      equal(asked.status, 202);
      await own.drain();
      const counted = await own.send(clinic, "GET", "/notifications/unread-count", undefined, {
        userId,
      });
      deepEqual([counted.status, counted.json.count], [200, 1]);
      const { json } = await own.send(clinic, "GET", "/notifications", undefined, { userId });
      equal(json.items.length, 1);
    }
  });

  it("[34] goes on by itself, and loses nothing, when every connection to Postgres ends", async () => {
    const clinic = newId();
    const addresses = Array.from({ length: 24 }, newEmail);
    const people: string[] = [];
    for (const email of addresses) people.push(await addPatient(t, clinic, { email }));
    const database = (await t.service.owner`select current_database() as name`)[0]!.name;
    const end = () =>
      t.service.administer(
        `select pg_terminate_backend(pid) from pg_stat_activity
         where datname = '${database}' and pid <> pg_backend_pid()`,
      );
    const worker = await startWorker(t.deps);
    try {
      const id = await ask(clinic, reminder(...people));
      await end();
      let waiting = people.length;
      for (let round = 0; waiting > 0 && round < 1_000; round++) {
        if (round === 2 || round === 4) await end();
        // Tries whose end could not be written down are taken up when their lease is over.
        t.advance(31);
        await new Promise((resolve) => setTimeout(resolve, 50));
        const states = await deliveriesOf(t, clinic, id).catch(() => undefined);
        waiting = states?.filter(({ state }) => state !== "accepted").length ?? waiting;
      }
    } finally {
      await worker.stop();
    }
    deepEqual(addresses.map((email) => takenBy(email).length), addresses.map(() => 1));
  });

  it("[38] leads nowhere else, whatever is added to a link, and nowhere when it has ended", async () => {
    const clinic = newId();
    const recipientId = await addPatient(t, clinic);
    const about = { organizationId: clinic, recipientId };
    const links = [
      linkTo(t.deps, { use: "preferences", ...about }),
      linkTo(t.deps, {
        use: "unsubscribe",
        ...about,
        category: "appointment",
        addressHash: "x".repeat(43),
      }),
    ];
    const more = "?u=https://evil.example/&next=//evil.example&returnTo=https://evil.example";
    const open = (link: string) => t.app.request(new URL(link).pathname + more);
    for (const link of links) {
      ok(link.startsWith(`${PUBLIC_URL}/api/communication/public/`));
      const response = await open(link);
      equal(response.status, 200);
      equal(response.headers.get("location"), null);
      ok(!(await response.text()).includes("evil.example"));
    }
    t.advance(401 * 86_400);
    for (const link of links) {
      const response = await open(link);
      equal(response.status, 410);
      const text = await response.text();
      ok(!text.includes("evil.example") && !text.includes(recipientId), text);
    }
  });

  describe("[40] when it changes who may be told", () => {
    type Told = [recipient: string, behalf: string | null, state: string];
    const toldOf = async (clinic: string, id: string): Promise<Told[]> =>
      (await deliveriesOf(t, clinic, id)).map((
        { recipientId, onBehalfOf, state }: Answer["json"],
      ) => [recipientId, onBehalfOf, state]);

    it("a child who has come of age is told, and no longer the mother", async () => {
      const [clinic, email, sms] = [newId(), newEmail(), newNumber()];
      const child = await addPatient(t, clinic, { sms });
      const mother = await addPatient(t, clinic, { email });
      const items = [{ guardianId: mother, endsAt: at(3_600) }];
      equal((await t.send(clinic, "PUT", `/recipients/${child}/guardians`, { items })).status, 204);
      const id = await ask(clinic, { ...reminder(child), notBefore: at(7_200) });
      deepEqual(await toldOf(clinic, id), [[mother, child, "queued"]]);
      t.advance(7_201);
      await t.drain();
      deepEqual(await toldOf(clinic, id), [
        [mother, child, "cancelled"],
        [child, null, "delivered"],
      ]);
      deepEqual([takenBy(email).length, takenBy(sms).length], [0, 1]);
    });

    it("another guardian is told instead of one who was revoked, and nobody twice", async () => {
      const [clinic, email, other] = [newId(), newEmail(), newEmail()];
      const child = await addPatient(t, clinic);
      const mother = await addPatient(t, clinic, { email });
      const aunt = await addPatient(t, clinic, { email: other });
      const put = (...ids: string[]) => {
        const items = ids.map((guardianId) => ({ guardianId }));
        return t.send(clinic, "PUT", `/recipients/${child}/guardians`, { items });
      };
      await put(mother);
      const id = await ask(clinic, { ...reminder(child), notBefore: at(60), mode: "each" });
      await put(aunt);
      t.advance(61);
      await t.drain();
      deepEqual([takenBy(email).length, takenBy(other).length], [0, 1]);
      deepEqual((await toldOf(clinic, id)).map(([, , state]) => state), ["cancelled", "accepted"]);
      const history = (await t.send(clinic, "GET", `/deliveries?recipientId=${mother}`)).json.items;
      equal(history[0].reason, "guardian-revoked");
    });
  });

  it("[20] lets nothing begin once a switch is set, and asks again after one that was begun", async () => {
    const [clinic, email] = [newId(), newEmail()];
    const patient = await addPatient(t, clinic, { email });
    const id = await ask(clinic, reminder(patient));
    const gate = Promise.withResolvers<void>();
    const held = Promise.withResolvers<void>();
    // Somebody is about to begin: has asked the gates and not yet written the try down.
    const beginning = transaction(t.deps.sql, { organizationId: clinic }, async (tx) => {
      await tx`select lock_sending(${clinic}, true)`;
      held.resolve();
      await gate.promise;
    });
    await held.promise;
    let isSet = false;
    const off = { scope: "channel:email", reason: "wrong letters went out" };
    const setting = t.send(clinic, "PUT", "/kill-switches", off).then(() => isSet = true);
    // It waits for whoever is beginning, and is not answered before.
    let waiting = 0;
    while (waiting === 0) {
      const rows = await t.service.owner`
        select 1 from pg_locks where locktype = 'advisory' and not granted
          and database = (select oid from pg_database where datname = current_database())`;
      waiting = rows.length;
    }
    equal(isSet, false);
    gate.resolve();
    await beginning;
    await setting;
    await t.drain();
    equal((await first(clinic, id)).reason, "kill-switch channel:email");
    equal(takenBy(email).length, 0);
  });
});
