import { deepEqual, equal, notEqual, ok } from "node:assert/strict";
import { after, before, describe, it } from "@std/testing/bdd";
import { fixtures } from "../fixtures.ts";
import {
  file,
  get,
  openTestContent,
  type TestContent,
  testUser,
  upload,
  type User,
} from "../testing.ts";

const path = "/api/content/documents";
const TEXT = "0123456789";

describe("documents over HTTP", () => {
  let content: TestContent;
  before(async () => {
    content = await openTestContent();
  });
  after(() => content[Symbol.asyncDispose]());

  async function put(user: User, id: string, headers: Record<string, string>, text = "second") {
    const body = new FormData();
    body.append("file", new File([text], "second.txt"));
    return await content.app.request(`${path}/${id}/content`, {
      method: "PUT",
      body,
      headers: { ...content.service.headersOf(user), ...headers },
    });
  }

  const trail = async (user: User) =>
    (await content.service.owner`
      select action, subject_id, outcome, details from audit_events
      where organization_id = ${user.organizationId} order by seq`).map((row) => ({ ...row }));

  async function verified(user: User) {
    const response = await get(content, user, "/api/content/audit-events/verify");
    return await response.json();
  }

  it("POST answers what the contract says, with place and tag", async () => {
    const user = testUser();
    const patientId = crypto.randomUUID();
    const response = await upload(content, user, fixtures.hl7Oru(), {
      name: "lab.hl7",
      fields: { title: "Lipids", category: "laboratory", patientId, tags: `["fasting"]` },
    });
    equal(response.status, 201);
    const { id, createdAt, updatedAt, sha256, ...rest } = await response.json();
    equal(response.headers.get("location"), `${path}/${id}`);
    equal(response.headers.get("etag"), `"${sha256}-v1"`);
    equal(updatedAt, createdAt);
    deepEqual(rest, {
      version: 1,
      fileName: "lab.hl7",
      mediaType: "x-application/hl7-v2+er7",
      size: fixtures.hl7Oru().byteLength,
      kind: "hl7v2",
      status: "processing",
      failureReason: null,
      seenPatient: null,
      quarantined: false,
      quarantineReasons: [],
      textStatus: "none",
      cut: [],
      title: "Lipids",
      patientId,
      category: "laboratory",
      tags: ["fasting"],
      createdBy: user.userId,
    });
  });

  it("POST writes rows, event and audit together", async () => {
    const user = testUser();
    const document = await file(content, user, fixtures.textNote(), { name: "a.txt" });
    const events = await content.service.owner`
      select event, (select array_agg(subscriber order by subscriber) from outbox_deliveries d
                     where d.seq = e.seq) as subscribers
      from outbox_events e where organization_id = ${user.organizationId}`;
    equal(events.length, 1);
    equal(events[0]!.event.type, "document.created");
    equal(events[0]!.event.subject, document.id);
    deepEqual(events[0]!.subscribers, ["communication", "workflow"]);
    deepEqual(events[0]!.event.data, {
      documentId: document.id,
      version: 1,
      kind: "text",
      title: "a.txt",
      fileName: "a.txt",
      patientId: null,
      createdBy: user.userId,
    });
    deepEqual((await trail(user)).map(({ action, subjectId }) => [action, subjectId]), [
      ["document.created", document.id],
    ]);
  });

  it("POST leaves no row when its last step fails", async () => {
    const user = testUser();
    const { send } = content.deps.jobs;
    content.deps.jobs.send = () => Promise.reject(new Error("no queue"));
    try {
      const response = await upload(content, user, fixtures.textNote());
      equal(response.status, 500);
      await response.body?.cancel();
    } finally {
      content.deps.jobs.send = send;
    }
    const [row] = await content.service.owner`
      select (select count(*)::int from documents where organization_id = ${user.organizationId}) as documents,
             (select count(*)::int from outbox_events where organization_id = ${user.organizationId}) as events,
             (select count(*)::int from audit_events where organization_id = ${user.organizationId}) as audit`;
    deepEqual({ ...row }, { documents: 0, events: 0, audit: 0 });
  });

  it("POST with a key files once, however often and however parallel", async () => {
    const user = testUser();
    const headers = { "idempotency-key": "k-1" };
    const send = () => upload(content, user, fixtures.textNote(), { headers });
    const answers = await Promise.all([send(), send(), send(), send()]);
    answers.push(await send());
    deepEqual(answers.map(({ status }) => status), [201, 201, 201, 201, 201]);
    const bodies = await Promise.all(answers.map((answer) => answer.json()));
    equal(new Set(bodies.map(({ id }) => id)).size, 1);
    const [row] = await content.service.owner`
      select count(*)::int from documents where organization_id = ${user.organizationId}`;
    equal(row!.count, 1);
    const other = await upload(content, user, fixtures.textNote("something else"), { headers });
    equal(other.status, 422);
    equal((await other.json()).type, "/problems/idempotency-mismatch");
    const renamed = await upload(content, user, fixtures.textNote(), { headers, name: "b.txt" });
    equal(renamed.status, 422);
    await renamed.body?.cancel();
    const neighbour = await upload(content, testUser(), fixtures.textNote(), { headers });
    equal(neighbour.status, 201);
    await neighbour.body?.cancel();
  });

  it("GET lists newest first, page by page, filtered", async () => {
    const user = testUser();
    const patientId = crypto.randomUUID();
    const ids: string[] = [];
    for (let n = 0; n < 5; n++) {
      const fields = n % 2 === 0 ? { patientId, category: "letters" } : {};
      ids.unshift((await file(content, user, fixtures.textNote(`${n}`), { fields })).id);
    }
    await file(content, testUser(), fixtures.textNote());
    const seen: string[] = [];
    let cursor: string | null = "";
    do {
      const page: { items: { id: string }[]; nextCursor: string | null } = await (await get(
        content,
        user,
        `${path}?limit=2${cursor ? `&cursor=${cursor}` : ""}`,
      )).json();
      seen.push(...page.items.map(({ id }) => id));
      cursor = page.nextCursor;
    } while (cursor);
    deepEqual(seen, ids);
    const idsOf = async (query: string) =>
      (await (await get(content, user, `${path}?${query}`)).json()).items
        .map(({ id }: { id: string }) => id);
    // Until it is known whose they are, they stand in no chart.
    deepEqual(await idsOf(`patientId=${patientId}`), []);
    await content.ingestAll();
    deepEqual(await idsOf(`patientId=${patientId}`), [ids[0], ids[2], ids[4]]);
    deepEqual(await idsOf("category=letters&kind=text&limit=1"), [ids[0]]);
    deepEqual(await idsOf("kind=pdf"), []);
    for (const bad of ["limit=0", "limit=101", "kind=x", "patientId=1", "cursor=x", "foo=1"]) {
      const response = await get(content, user, `${path}?${bad}`);
      equal(response.status, 422, bad);
      await response.body?.cancel();
    }
  });

  describe("content", () => {
    const user = testUser();
    let id: string, etag: string, address: string;
    before(async () => {
      const response = await upload(content, user, new TextEncoder().encode(TEXT), {
        name: "Größe.txt",
      });
      etag = response.headers.get("etag")!;
      ({ id } = await response.json());
      address = `${path}/${id}/content`;
    });

    it("comes back byte by byte, with what describes it", async () => {
      const response = await get(content, user, address);
      equal(response.status, 200);
      equal(await response.text(), TEXT);
      const headers = Object.fromEntries(response.headers);
      equal(headers.etag, etag);
      equal(headers["content-length"], "10");
      equal(headers["accept-ranges"], "bytes");
      equal(headers["content-type"], "text/plain; charset=utf-8");
      equal(headers["x-content-type-options"], "nosniff");
      ok(headers["content-security-policy"]!.startsWith("sandbox"));
      equal(
        headers["content-disposition"],
        "attachment; filename=\"Gr__e.txt\"; filename*=UTF-8''Gr%C3%B6%C3%9Fe.txt",
      );
      const digest = new Uint8Array(
        await crypto.subtle.digest("SHA-256", new TextEncoder().encode(TEXT)),
      );
      equal(headers["repr-digest"], `sha-256=:${digest.toBase64()}:`);
    });

    const ranges: [range: string, status: number, text: string, place: string | null][] = [
      ["bytes=0-3", 206, "0123", "bytes 0-3/10"],
      ["bytes=8-", 206, "89", "bytes 8-9/10"],
      ["bytes=-4", 206, "6789", "bytes 6-9/10"],
      ["bytes=0-99", 206, TEXT, "bytes 0-9/10"],
      ["bytes=0-1,3-4", 200, TEXT, null],
      ["bytes=x", 200, TEXT, null],
    ];
    ranges.push([`bytes=0-1,${"3-4,".repeat(100)}6-7`, 200, TEXT, null]);
    for (const [range, status, text, place] of ranges) {
      it(`answers ${range.slice(0, 20)}`, async () => {
        const response = await get(content, user, address, { range });
        equal(response.status, status);
        equal(response.headers.get("content-range"), place);
        equal(response.headers.get("content-length"), String(text.length));
        equal(await response.text(), text);
      });
    }

    it("has no bytes beyond its end", async () => {
      const response = await get(content, user, address, { range: "bytes=10-" });
      equal(response.status, 416);
      equal(response.headers.get("content-range"), "bytes */10");
      equal((await response.json()).type, "/problems/range-not-satisfiable");
    });

    it("gives a range only of the version that If-Range names", async () => {
      const same = await get(content, user, address, { range: "bytes=0-0", "if-range": etag });
      equal(same.status, 206);
      await same.body?.cancel();
      const other = await get(content, user, address, { range: "bytes=0-0", "if-range": '"x"' });
      equal(other.status, 200);
      await other.body?.cancel();
    });

    it("is not sent again to whoever has it", async () => {
      const response = await get(content, user, address, { "if-none-match": `W/${etag}` });
      equal(response.status, 304);
      equal(response.headers.get("etag"), etag);
      equal(await response.text(), "");
    });

    it("HEAD describes it without a byte", async () => {
      const response = await content.app.request(address, {
        method: "HEAD",
        headers: { ...content.service.headersOf(user), range: "bytes=0-1" },
      });
      equal(response.status, 200);
      equal(response.headers.get("content-length"), "10");
      equal(await response.text(), "");
    });

    it("closes its file when the reader leaves half-way", async () => {
      const big = await file(content, user, new Uint8Array(1_000_000).fill(65));
      const files = () =>
        [...Deno.readDirSync("/proc/self/fd")].filter(({ name }) => {
          try {
            return Deno.readLinkSync(`/proc/self/fd/${name}`).includes(big.sha256);
          } catch {
            return false;
          }
        }).length;
      const response = await get(content, user, `${path}/${big.id}/content`);
      const reader = response.body!.getReader();
      await reader.read();
      equal(files(), 1);
      await reader.cancel();
      equal(files(), 0);
    });
  });

  it("PUT content adds a version for whoever knows the present one", async () => {
    const user = testUser();
    const created = await upload(content, user, fixtures.textNote("first"), { name: "first.txt" });
    const tag = created.headers.get("etag")!;
    const { id } = await created.json();
    const without = await put(user, id, {});
    equal(without.status, 428);
    equal((await without.json()).type, "/problems/if-match-missing");
    const stale = await put(user, id, { "if-match": '"stale"' });
    equal(stale.status, 412);
    await stale.body?.cancel();

    const answers = await Promise.all([1, 2, 3].map(() => put(user, id, { "if-match": tag })));
    deepEqual(answers.map(({ status }) => status).sort(), [200, 412, 412]);
    const added = answers.find(({ status }) => status === 200)!;
    const document = await added.json();
    equal(document.version, 2);
    equal(document.fileName, "second.txt");
    notEqual(added.headers.get("etag"), tag);

    const versions = await (await get(content, user, `${path}/${id}/versions`)).json();
    deepEqual(versions.items.map((v: { version: number }) => v.version), [2, 1]);
    const bytesOf = async (version: string) => {
      const response = await get(content, user, `${path}/${id}/versions/${version}/content`);
      return [response.status, await response.text()];
    };
    deepEqual(await bytesOf("1"), [200, "first"]);
    deepEqual(await bytesOf("2"), [200, "second"]);
    for (const none of ["3", "0", "x", "99999999999999999999"]) {
      equal((await bytesOf(none))[0], 404, none);
    }
    const events = await content.service.owner`
      select event->>'type' as type, event->'data'->>'version' as version from outbox_events
      where organization_id = ${user.organizationId} order by seq`;
    deepEqual(events.map(({ type, version }) => [type, version]), [
      ["document.created", "1"],
      ["document.version_added", "2"],
    ]);
  });

  it("PUT content refuses fields: what the document is about stays", async () => {
    const user = testUser();
    const created = await upload(content, user, fixtures.textNote());
    const tag = created.headers.get("etag")!;
    const { id } = await created.json();
    const body = new FormData();
    body.append("title", "x");
    body.append("file", new File(["x"], "x.txt"));
    const response = await content.app.request(`${path}/${id}/content`, {
      method: "PUT",
      body,
      headers: { ...content.service.headersOf(user), "if-match": tag },
    });
    equal(response.status, 422);
    await response.body?.cancel();
  });

  it("records every read before it answers, and parallel reads each once", async () => {
    const user = testUser();
    const { id } = await file(content, user, fixtures.textNote());
    await Promise.all(Array.from({ length: 40 }, async () => {
      const response = await get(content, user, `${path}/${id}/content`);
      await response.body?.cancel();
    }));
    for (const address of [`${path}/${id}`, path, `${path}/${id}/versions`]) {
      await (await get(content, user, address)).body?.cancel();
    }
    const counts: Record<string, number> = {};
    for (const { action } of await trail(user)) counts[action] = (counts[action] ?? 0) + 1;
    deepEqual(counts, {
      "document.created": 1,
      "document.content_read": 40,
      "document.read": 1,
      "document.listed": 1,
      "document.versions_listed": 1,
    });
    deepEqual(await verified(user), { ok: true, checked: 44 });
  });

  it("sends no byte when the read cannot be recorded", async () => {
    const user = testUser();
    const { id } = await file(content, user, fixtures.textNote());
    const { auditRead } = content.deps;
    content.deps.auditRead = () => Promise.reject(new Error("no trail"));
    try {
      for (const address of [`${path}/${id}/content`, `${path}/${id}`, "/api/content/search?q=a"]) {
        const response = await get(content, user, address);
        equal(response.status, 500, address);
        equal((await response.json()).type, "/problems/internal");
      }
    } finally {
      content.deps.auditRead = auditRead;
    }
  });

  it("shows whose hand changed the trail", async () => {
    const user = testUser();
    await file(content, user, fixtures.textNote());
    equal((await verified(user)).ok, true);
    const [row] = await content.service.owner`
      update audit_events set details = '{}' where organization_id = ${user.organizationId}
        and seq = 1 returning id`;
    const { ok: fits, firstBad } = await verified(user);
    deepEqual([fits, firstBad], [false, row!.id]);
  });
});
