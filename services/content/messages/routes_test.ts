import { deepEqual, equal, ok } from "node:assert/strict";
import { after, before, describe, it } from "@std/testing/bdd";
import { fixtures } from "../fixtures.ts";
import { get, openTestContent, type TestContent, testUser, type User } from "../testing.ts";

describe("messages over HTTP", () => {
  let content: TestContent;
  before(async () => {
    content = await openTestContent();
  });
  after(() => content[Symbol.asyncDispose]());

  const send = async (user: User, body: Uint8Array<ArrayBuffer> | string) =>
    await content.app.request("/api/content/hl7", {
      method: "POST",
      body,
      headers: { "content-type": "x-application/hl7-v2+er7", ...content.service.headersOf(user) },
    });

  it("are stored, answered, read and shown as rows", async () => {
    const user = testUser();
    const response = await send(user, fixtures.hl7Oru());
    equal(response.status, 200);
    equal(response.headers.get("content-type"), "x-application/hl7-v2+er7");
    ok((await response.text()).includes("\rMSA|AA|PRX0001\r"));
    await content.ingestAll();
    const path = response.headers.get("location")!;
    const document = await (await get(content, user, path)).json();
    deepEqual([document.kind, document.status, document.seenPatient.family], [
      "hl7v2",
      "ready",
      "Lindqvist",
    ]);
    const { messages } = await (await get(content, user, `${path}/hl7`)).json();
    equal(messages.length, 1);
    deepEqual(
      [messages[0].messageType, messages[0].patient.birthDate, messages[0].orders[0].placer],
      ["ORU", "1984-02-17", "ORD-1"],
    );
    const [observation] = messages[0].observations;
    deepEqual(
      [observation.label, observation.value, observation.units, observation.notes],
      ["Cholesterol", "5.4", "mmol/L", "Fasting sample& repeated"],
    );
  });

  it("sent again get the very same answer and are stored once, even at once", async () => {
    const user = testUser();
    const answers = await Promise.all(
      Array.from({ length: 5 }, async () => await (await send(user, fixtures.hl7Oru())).text()),
    );
    equal(new Set(answers).size, 1);
    equal(await (await send(user, fixtures.hl7Oru())).text(), answers[0]);
    const { items } = await (await get(content, user, "/api/content/documents")).json();
    equal(items.length, 1);
    const other = await send(user, fixtures.hl7Oru({ family: "Other" }));
    ok(await other.text() !== answers[0]);
    const stranger = await send(testUser(), fixtures.hl7Oru());
    ok(await stranger.text() !== answers[0]);
  });

  it("are answered where a name of any length breaks off inside a character", async () => {
    const user = testUser();
    const [sender, id] = [`${"s".repeat(499)}😀`, `${"c".repeat(199)}😀`];
    const message = `MSH|^~\\&|${sender}|B|C|D|||ADT^A01|${id}|P|2.5\rPID|1\r`;
    const first = await send(user, message);
    equal(first.status, 200);
    equal(await (await send(user, message)).text(), await first.text());
  });

  it("refused are answered, and not stored", async () => {
    const user = testUser();
    const bad = "MSH|^~\\&|A|B|C|D|||ADT^A01|C9|P|9.9\rPID|1\r";
    const response = await send(user, bad);
    equal(response.status, 400);
    const answer = await response.text();
    ok(answer.includes("MSA|AR|C9"), answer);
    equal(await (await send(user, bad)).text(), answer);
    equal((await (await get(content, user, "/api/content/documents")).json()).items.length, 0);
  });

  const BAD = "MSH|^~\\&|A|B|C|D|||ADT^A01|C9|P|9.9\rPID|1\r";
  const good = (id: string) =>
    `MSH|^~\\&|A|B|C|D|||ADT^A01|${id}|P|2.5\rPID|1||7^^^X||Batch${id}^Ada\r`;

  it("of a batch are answered one by one, and a bad one keeps no other out", async () => {
    const user = testUser();
    const batch = `BHS|^~\\&|A|B|C|D\r${good("G1")}${BAD}${good("G2")}BTS|3\r`;
    const response = await send(user, batch);
    equal(response.status, 200);
    const answer = await response.text();
    deepEqual(answer.match(/MSA\|[^\r]*/g)!.map((line) => line.slice(0, 9)), [
      "MSA|AA|G1",
      "MSA|AR|C9",
      "MSA|AA|G2",
    ]);
    equal(await (await send(user, batch)).text(), answer);
    await content.ingestAll();
    const path = response.headers.get("location")!;
    const { messages } = await (await get(content, user, `${path}/hl7`)).json();
    deepEqual(
      messages.map(({ controlId }: { controlId: string }) => controlId),
      ["G1", "G2"],
      "whoever sent the bad one will mend it and send it again",
    );
    const kept = await get(content, user, `${path}/content`);
    equal(await kept.text(), batch, "the file stays as it came");
  });

  const rowsOf = async (user: User, path: string) => {
    const { messages } = await (await get(content, user, `${path}/hl7`)).json();
    return messages.map(({ message, controlId }: Record<string, unknown>) => [message, controlId]);
  };
  const answersIn = (answer: string) =>
    Object.fromEntries(
      answer.split(/(?=MSH\|)/).filter((one) => one.startsWith("MSH|"))
        .map((one) => [one.match(/MSA\|..\|([^|\r]*)/)![1], one.split(/(?=BTS|FTS)/)[0]]),
    );

  it("of a batch that came before, alone or in another, keep their answers and rows", async () => {
    const user = testUser();
    const batchOf = (...messages: string[]) =>
      `FHS|^~\\&|A|B|C|D\rBHS|^~\\&|A|B|C|D\r${messages.join("")}BTS|${messages.length}\rFTS|1\r`;
    const alone = await (await send(user, good("K1"))).text();
    const first = await send(user, batchOf(good("K1"), good("K2"), BAD, good("K2")));
    const firstText = await first.text();
    equal(firstText.match(/MSA\|/g)!.length, 4, "each has an answer of its own");
    const before = answersIn(firstText);
    equal(before["K1"], alone, "sent by itself before");
    const second = await send(user, batchOf(BAD, good("K2"), good("K3")));
    const after = answersIn(await second.text());
    deepEqual([after["K2"], after["C9"]], [before["K2"], before["C9"]], "the very same answers");
    ok(after["K3"]!.includes("MSA|AA|K3"));
    const third = await send(user, batchOf(good("K3"), good("K1")));
    equal(third.status, 200);
    deepEqual(answersIn(await third.text()), { K3: after["K3"], K1: alone });
    equal(third.headers.get("location"), null, "nothing in it is new");
    const single = await send(user, good("K3"));
    deepEqual([await single.text(), single.headers.get("location")], [after["K3"], null]);
    equal(
      await (await send(user, batchOf(good("K1"), good("K2"), BAD, good("K2")))).text(),
      firstText,
    );
    await content.ingestAll();
    deepEqual(await rowsOf(user, first.headers.get("location")!), [[2, "K2"]]);
    deepEqual(await rowsOf(user, second.headers.get("location")!), [[3, "K3"]]);
    equal((await (await get(content, user, "/api/content/documents")).json()).items.length, 3);
    const repetitionsOf = async (organizationId: string) =>
      await content.service.deps.sql.begin(async (tx) => {
        await tx`select set_config('app.organization_id', ${organizationId}, true)`;
        const rows = await tx`select place from hl7_repetitions order by document_id, place`;
        return rows.map(({ place }) => place);
      });
    deepEqual(await repetitionsOf(user.organizationId), [1, 4, 2]);
    deepEqual(await repetitionsOf(testUser().organizationId), []);
  });

  it("of batches and alone, at once, are stored once", async () => {
    const user = testUser();
    const batch = `BHS|^~\\&|A|B|C|D\r${good("P1")}${good("P2")}BTS|2\r`;
    const other = `BHS|^~\\&|A|B|C|D\r${good("P2")}${good("P1")}BTS|2\r`;
    const bodies = [good("P0"), batch, good("P1"), other, batch, good("P2")];
    const answers = await Promise.all(bodies.map((body) => send(user, body)));
    const texts = await Promise.all(answers.map((answer) => answer.text()));
    equal(texts[1], texts[4]);
    const own = answersIn(texts[1]!);
    for (const [at, id] of [[2, "P1"], [5, "P2"]] as const) equal(texts[at], own[id]);
    deepEqual(answersIn(texts[3]!), own);
    await content.ingestAll();
    const [row] = await content.service.owner`
      select count(*)::int as messages, count(distinct control_id)::int as different
      from hl7_messages where organization_id = ${user.organizationId}`;
    deepEqual({ ...row }, { messages: 3, different: 3 });
  });

  it("of a batch without a good one are not stored", async () => {
    const user = testUser();
    const response = await send(user, `BHS|^~\\&|A|B|C|D\r${BAD}BTS|1\r`);
    equal(response.status, 400);
    ok((await response.text()).includes("MSA|AR|C9"));
    equal((await (await get(content, user, "/api/content/documents")).json()).items.length, 0);
  });

  it("of an endless batch, or with an endless header, are refused unread", async () => {
    const many = await send(testUser(), "MSH|^~\\&|A\r".repeat(1_001));
    equal(many.status, 413);
    equal((await many.json()).type, "/problems/batch-too-large");
    const one = "BHS|^~\\&|A|B|C|D\rMSH|^~\\&|A|B|C|D|||ADT^A01|C8|P|2.5\rPID|1\r";
    const trailed = await send(testUser(), one + "BTS\r".repeat(3_100));
    equal(trailed.status, 413);
    equal((await trailed.json()).type, "/problems/batch-too-large");
    // Once walked from each of its line ends, it would take days.
    const gaping = await send(testUser(), `${one}${"\r".repeat(8 * 1024 * 1024)}x`);
    equal(gaping.status, 200);
    ok((await gaping.text()).includes("MSA|AA|C8"));
    const wide = await send(testUser(), `MSH|^~\\&|${"A".repeat(100_000)}\rPID|1\r`);
    equal(wide.status, 400);
    equal((await wide.json()).type, "/problems/message-unreadable");
  });

  it("that come together are committed together, each with its own answer", async () => {
    const user = testUser();
    const ids = Array.from({ length: 40 }, (_, at) => `T${at}`);
    const bodies = [...ids.map(good), BAD, good("T7")];
    const answers = await Promise.all(bodies.map((body) => send(user, body)));
    const texts = await Promise.all(answers.map((answer) => answer.text()));
    deepEqual(texts.slice(0, 40).map((text) => text.match(/MSA\|AA\|(T\d+)/)?.[1]), ids);
    ok(texts[40]!.includes("MSA|AR|C9"));
    equal(texts[41], texts[7], "the same message again");
    const [row] = await content.service.owner`
      select count(distinct d.xmin::text)::int as commits, count(*)::int as documents,
             count(b.bytes)::int as bodies
      from documents d left join document_bodies b on b.document_id = d.id
      where d.organization_id = ${user.organizationId}`;
    equal(row!.documents, 40);
    equal(row!.bodies, 40, "small messages lie in rows");
    ok(row!.commits < 10, `${row!.commits} commits`);
    const verified = await get(content, user, "/api/content/audit-events/verify");
    equal((await verified.json()).ok, true);
  });

  it("keep their bytes: a small one in a row, a large one in a file", async () => {
    const user = testUser();
    for (const size of [10, 100_000]) {
      const body = good(`S${size}`) + `NTE|1||${"x".repeat(size)}\r`;
      const location = (await send(user, body)).headers.get("location")!;
      await content.ingestAll();
      const document = await (await get(content, user, location)).json();
      deepEqual([document.status, document.size], ["ready", body.length]);
      const whole = await get(content, user, `${location}/content`);
      equal(await whole.text(), body);
      const part = await get(content, user, `${location}/content`, { range: "bytes=4-8" });
      equal(part.status, 206);
      equal(await part.text(), body.slice(4, 9));
    }
  });

  it("are told to the other services once, when they have been read", async () => {
    const user = testUser();
    const told = async () => {
      const [row] = await content.service.owner`
        select count(*)::int as count from outbox_events
        where organization_id = ${user.organizationId}
          and event->>'type' = 'document.created'`;
      return row!.count;
    };
    const location = (await send(user, good("E1"))).headers.get("location")!;
    equal(await told(), 0);
    await content.ingestAll();
    equal(await told(), 1);
    const again = await content.app.request(`${location}/reprocess`, {
      method: "POST",
      headers: { "content-type": "application/json", ...content.service.headersOf(user) },
    });
    equal(again.status, 202);
    await again.body?.cancel();
    await content.ingestAll();
    equal(await told(), 1);
  });

  it("that are none are a problem", async () => {
    for (const body of ["hello", "{}", "MSH", "BHS|^~\\&\rBTS|0\r"]) {
      const response = await send(testUser(), body);
      equal(response.status, 400, body);
      equal((await response.json()).type, "/problems/message-unreadable");
    }
    const empty = await send(testUser(), "");
    equal(empty.status, 422);
    await empty.body?.cancel();
    const large = await send(testUser(), new Uint8Array(10 * 1024 * 1024 + 1));
    equal(large.status, 413);
    await large.body?.cancel();
  });

  it("that want no answer get none", async () => {
    const response = await send(
      testUser(),
      "MSH|^~\\&|A|B|C|D|||ADT^A01|C3|P|2.5|||NE|NE\rPID|1\r",
    );
    equal(response.status, 204);
    ok(response.headers.get("location"));
  });

  it("refused that want no answer do not look stored", async () => {
    const response = await send(
      testUser(),
      "MSH|^~\\&|A|B|C|D|||ADT^A01|C4|X|2.5|||NE|NE\rPID|1\r",
    );
    equal(response.status, 400);
    equal((await response.json()).type, "/problems/message-refused");
  });

  it("are taken with a NUL in their header, and say how many of a batch are missing", async () => {
    const user = testUser();
    const nul = await send(user, "MSH|^~\\&|A\0B|B|C|D|||ADT^A01|C\u00005|P|2.5\rPID|1\r");
    equal(nul.status, 200);
    await nul.body?.cancel();
    const batch = "BHS|^~\\&|A|B|C|D\rMSH|^~\\&|A|B|C|D|||ADT^A01|C6|P|2.5\rPID|1\rBTS|9\r";
    const answer = await (await send(user, batch)).text();
    ok(answer.includes("\rBTS|1|9 messages announced, 1 received\r"), answer);
  });

  it("with values that no index takes, or more rows than are kept, are read, and say so", async () => {
    const user = testUser();
    const head = (id: string) => `MSH|^~\\&|A|B|C|D|||ORU^R01|${id}|P|2.5\r`;
    const numbers = (name: string) => Array.from({ length: 60 }, (_, at) => name + at).join("~");
    // Of different characters: the database compresses others.
    const endless = Array.from({ length: 9_000 }, (_, at) => (at * at * 7919 % 36).toString(36))
      .map((char, at) => char + (at * 31 % 97)).join("");
    const rows = (count: number, value: string) =>
      "OBR|1\r" +
      Array.from({ length: count }, (_, at) => `OBX|${at}|ST|c${at}||${value} ${at}\r`).join("");
    const cases: [name: string, body: string, cut: string[], observations: number][] = [
      ["C7", `PID|1||7||Doe^Jo\r${rows(1, "v")}OBX|2|ST|${endless}||v\r`, [], 2],
      [endless.slice(0, 9_000), "PID|1||7||Doe^Jo\r", [], 0],
      ["C8", `PID|1|${numbers("a")}||${numbers("b")}|Doe^Jo\r`, ["rows"], 0],
      ["C9", `PID|1||7||${endless}^Jo\r`, ["patient"], 0],
      ["C10", `PID|1||7\r${rows(2_500, "word ".repeat(100))}`, [], 2_500],
      ["C11", `PID|1||7\r${rows(20_001, "v")}`, ["rows"], 10_000],
    ];
    for (const [id, body, cut, observations] of cases) {
      const name = id.slice(0, 20);
      const response = await send(user, head(id) + body);
      await response.body?.cancel();
      const path = response.headers.get("location")!;
      await content.ingestAll();
      const document = await (await get(content, user, path)).json();
      deepEqual([document.status, document.cut], ["ready", cut], name);
      const { messages } = await (await get(content, user, `${path}/hl7`)).json();
      equal(messages[0].observations.length, observations, name);
    }
  });

  it("are nobody else's, whatever the query says", async () => {
    const owner = testUser();
    await (await send(owner, fixtures.hl7Oru())).body?.cancel();
    await content.ingestAll();
    const counts = async (organizationId: string) =>
      await content.service.deps.sql.begin(async (tx) => {
        await tx`select set_config('app.organization_id', ${organizationId}, true)`;
        const [row] = await tx`
          select (select count(*)::int from hl7_messages) as messages,
                 (select count(*)::int from hl7_observations) as observations,
                 (select count(*)::int from hl7_acknowledgements) as answers,
                 (select count(*)::int from document_renditions) as pictures,
                 (select count(*)::int from patient_identities) as identities,
                 (select count(*)::int from search_words where term = 'lindqvist') as words,
                 (select suggest_word('lindquist')) as suggested`;
        return Object.values({ ...row });
      });
    deepEqual(await counts(owner.organizationId), [1, 1, 1, 0, 0, 1, "lindqvist"]);
    deepEqual(await counts(testUser().organizationId), [0, 0, 0, 0, 0, 0, null]);
  });
});
