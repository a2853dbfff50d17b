/** What was released to a patient ends when the user is that patient no more. */
import { deepEqual, equal } from "node:assert/strict";
import { newId } from "@praxis/shared/id";
import { asService } from "@praxis/shared/testing";
import { after, before, describe, it } from "@std/testing/bdd";
import { fixtures } from "../fixtures.ts";
import { file, get, openTestContent, type TestContent, testUser, type User } from "../testing.ts";

/** Before anything here was released, and after all of it. */
const [LONG_AGO, LATER] = ["2020-01-01T00:00:00Z", "2100-01-01T00:00:00Z"];

describe("users who are unlinked from a patient", () => {
  let content: TestContent;
  before(async () => {
    content = await openTestContent();
  });
  after(() => content[Symbol.asyncDispose]());

  async function post(path: string, body: unknown, headers: Record<string, string>) {
    const response = await content.app.request(path, {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body: JSON.stringify(body),
    });
    await response.body?.cancel();
    return response.status;
  }
  const order = (path: string, body: unknown, key = newId()) =>
    post(`/internal/documents/${path}`, body, {
      ...asService("workflow"),
      "idempotency-key": key,
    });
  type Unlinked = { patientId: string; id?: string; time?: string; source?: string };
  const tell = (
    { organizationId, userId }: User,
    { patientId, id = newId(), time = LONG_AGO, source = "practice" }: Unlinked,
  ) =>
    post("/internal/events", {
      specversion: "1.0",
      id,
      source: `/${source}`,
      type: "patient.unlinked",
      subject: patientId,
      time,
      datacontenttype: "application/json",
      dataversion: 1,
      organizationid: organizationId,
      requestid: "request-of-the-unlinking",
      data: { patientId, userId },
    }, asService(source));

  /** A document of `patientId`, released to `users`. */
  async function released(physician: User, patientId: string, ...users: User[]) {
    const { organizationId, userId: releasedBy } = physician;
    const { id } = await file(content, physician, fixtures.textNote(), { fields: { patientId } });
    await content.ingestAll();
    const body = {
      organizationId,
      patientId,
      userIds: users.map(({ userId }) => userId),
      releasedBy,
    };
    const key = newId();
    equal(await order(`${id}/release`, body, key), 204);
    return { id, body, key };
  }
  const read = async (user: User, id: string) => {
    const response = await get(content, user, `/api/content/me/documents/${id}/content`);
    await response.body?.cancel();
    return response.status;
  };
  function people() {
    const physician = testUser();
    const { organizationId } = physician;
    const member = () => testUser({ organizationId, permissions: [] });
    return { physician, organizationId, user: member(), other: member(), patientId: newId() };
  }

  it("read nothing more of that patient, and what others may read stays theirs", async () => {
    const { physician, organizationId, user, other, patientId } = people();
    const { id } = await released(physician, patientId, user, other);
    const unread = await released(physician, patientId, user);
    const ofAnother = await released(physician, newId(), user);
    const shared = await file(content, physician, fixtures.textNote(), { fields: { patientId } });
    const shares = `/api/content/documents/${shared.id}/shares`;
    const headers = content.service.headersOf(physician);
    equal(await post(shares, { userId: user.userId }, headers), 201);
    equal(await read(user, id), 200);

    equal(await tell(user, { patientId, source: "workflow" }), 403);
    equal(await read(user, id), 200);
    const told = { patientId, id: newId() };
    for (let n = 0; n < 2; n++) equal(await tell(user, told), 204);
    deepEqual([await read(user, id), await read(user, unread.id)], [404, 404]);
    equal(await read(other, id), 200);
    equal(await read(user, shared.id), 200, "it was shared with them, not with the patient");
    equal(await read(user, ofAnother.id), 200, "released to them since, as somebody else");
    const audit = await content.service.owner`
      select subject_id, actor_id, request_id from audit_events
      where organization_id = ${organizationId} and action = 'document.share_revoked'
      order by seq`;
    deepEqual(
      audit.map((row) => ({ ...row })),
      [id, unread.id].map((subjectId) => ({
        subjectId,
        actorId: "practice",
        requestId: "request-of-the-unlinking",
      })),
    );
  });

  it("read nothing of it either where a merge is yet to be heard of", async () => {
    const { physician, user, patientId } = people();
    const { id } = await released(physician, patientId, user);
    equal(await tell(user, { patientId: newId(), time: LATER }), 204);
    equal(await read(user, id), 404);
  });

  it("can be given it again, and get nothing back by a release that is withdrawn", async () => {
    const { physician, organizationId, user, patientId } = people();
    const { id, body } = await released(physician, patientId, user);
    await content.service.owner`
      insert into document_versions
      select (jsonb_populate_record(v, '{"version":2}')).* from document_versions v
      where document_id = ${id}`;
    await content.service.owner`update documents set version = 2 where id = ${id}`;
    const key = newId();
    equal(await order(`${id}/release`, body, key), 204);
    equal(await tell(user, { patientId }), 204);
    equal(await order(`${id}/withdraw`, { organizationId, undoOf: key }), 204);
    equal(await read(user, id), 404);
    equal(await order(`${id}/release`, body), 204);
    equal(await read(user, id), 200);
  });
});
