/** A user's own notifications, through HTTP. */
import { deepEqual, equal, ok } from "node:assert/strict";
import { newId } from "@praxis/shared/id";
import { after, before, describe, it } from "@std/testing/bdd";
import { createApp } from "../app.ts";
import { documentCreated, NOON, openCommunication, type TestCommunication } from "../testing.ts";
import type { Notification } from "./model.ts";

const PATH = "/api/communication/notifications";

type Page = { items: Notification[]; nextCursor: string | null };

describe("notifications", () => {
  let t: TestCommunication;
  before(async () => {
    t = await openCommunication();
  });
  after(() => t[Symbol.asyncDispose]());

  async function tellOf(organizationId: string, ...titles: string[]): Promise<void> {
    for (const title of titles) {
      equal((await t.tell(documentCreated({ organizationId, title }))).status, 204);
    }
  }

  const pageOf = async (response: Response) => {
    equal(response.status, 200);
    return await response.json() as Page;
  };
  const countOf = async (response: Response) => {
    equal(response.status, 200);
    return (await response.json() as { count: number }).count;
  };

  it("come newest first, a page at a time, and each once", async () => {
    const ada = newId();
    const clinic = t.addOrganization(ada);
    await tellOf(clinic, "one", "two", "three");
    const call = t.as(ada, clinic);
    const titles: string[] = [];
    let cursor = "";
    for (const more of [true, false]) {
      const page = await pageOf(await call("GET", `${PATH}?limit=2${cursor}`));
      titles.push(...page.items.map(({ title }) => title));
      equal(page.nextCursor !== null, more);
      cursor = `&cursor=${page.nextCursor}`;
    }
    deepEqual(titles, ["New document: three", "New document: two", "New document: one"]);
  });

  it("are marked as read once, whoever asks again", async () => {
    const ada = newId();
    const clinic = t.addOrganization(ada);
    await tellOf(clinic, "one", "two");
    const call = t.as(ada, clinic);
    const [two, one] = (await pageOf(await call("GET", PATH))).items;
    equal(two!.readAt, null);

    const first = await call("POST", `${PATH}/${one!.id}/read`);
    equal(first.status, 200);
    const expected = { ...one!, readAt: NOON.toISOString() };
    deepEqual(await first.json(), expected);
    deepEqual(await (await call("POST", `${PATH}/${one!.id}/read`)).json(), expected);

    const unread = await pageOf(await call("GET", `${PATH}?unread=true`));
    deepEqual(unread.items.map(({ id }) => id), [two!.id]);
    equal((await pageOf(await call("GET", `${PATH}?unread=false`))).items.length, 2);

    const rows = await t.service.owner`
      select actor_id from audit_events
      where organization_id = ${clinic} and action = 'notification.read'`;
    deepEqual(rows.map(({ actorId }) => actorId), [ada]);
  });

  it("of one user are the same 404 to a colleague as none at all", async () => {
    const [ada, ben] = [newId(), newId()];
    const clinic = t.addOrganization(ada, ben);
    await tellOf(clinic, "one");
    const [adas] = (await pageOf(await t.as(ada, clinic)("GET", PATH))).items;
    const theirs = await t.as(ben, clinic)("POST", `${PATH}/${adas!.id}/read`);
    const missing = await t.as(ben, clinic)("POST", `${PATH}/${newId()}/read`);
    equal(theirs.status, 404);
    const [{ instance: _1, ...a }, { instance: _2, ...b }] = [
      await theirs.json(),
      await missing.json(),
    ];
    deepEqual(a, b);
    equal((await pageOf(await t.as(ada, clinic)("GET", `${PATH}?unread=true`))).items.length, 1);
  });

  it("are counted while unread, and the count follows every change at once", async () => {
    const [ada, ben] = [newId(), newId()];
    const clinic = t.addOrganization(ada, ben);
    const asAda = t.as(ada, clinic);
    const asBen = t.as(ben, clinic);
    const count = async (call: typeof asAda) => countOf(await call("GET", `${PATH}/unread-count`));
    equal(await count(asAda), 0);
    await tellOf(clinic, "one", "two", "three");
    equal(await count(asAda), 3);
    equal(await count(asAda), 3);
    const [newest] = (await pageOf(await asAda("GET", PATH))).items;
    await asAda("POST", `${PATH}/${newest!.id}/read`);
    equal(await count(asAda), 2);
    equal(await count(asBen), 3);
    equal(await countOf(await asAda("POST", `${PATH}/read-all`)), 2);
    equal(await countOf(await asAda("POST", `${PATH}/read-all`)), 0);
    equal(await count(asAda), 0);
    equal(await count(asBen), 3);
  });

  it("are counted from Redis while nothing has changed", async () => {
    const ada = newId();
    const clinic = t.addOrganization(ada);
    await tellOf(clinic, "one");
    const call = t.as(ada, clinic);
    equal(await countOf(await call("GET", `${PATH}/unread-count`)), 1);
    // Behind the service's back, so that only a cached count can still be 1.
    await t.service.owner`delete from notifications where user_id = ${ada}`;
    equal(await countOf(await call("GET", `${PATH}/unread-count`)), 1);
    await call("POST", `${PATH}/read-all`);
    equal(await countOf(await call("GET", `${PATH}/unread-count`)), 1, "nothing changed");
    await tellOf(clinic, "two");
    equal(await countOf(await call("GET", `${PATH}/unread-count`)), 1);
    equal((await pageOf(await call("GET", PATH))).items[0]!.title, "New document: two");
  });

  it("do not need Redis", async () => {
    const ada = newId();
    const clinic = t.addOrganization(ada);
    const failures: string[] = [];
    const down = () => Promise.reject(new Error("Redis is down"));
    const redis = { mget: down, set: down } as unknown as typeof t.deps.redis;
    const log = { info: () => {}, error: (event: string) => void failures.push(event) };
    const app = createApp({ ...t.deps, redis, log }, { identify: t.service.identify });
    await tellOf(clinic, "one");
    const headers = t.service.headersOf({ userId: ada, organizationId: clinic });
    const countNow = async () => countOf(await app.request(`${PATH}/unread-count`, { headers }));
    equal(await countNow(), 1);
    ok(failures.length > 0, "the log must say so");
    const all = await app.request(`${PATH}/read-all`, { method: "POST", headers });
    equal(await countOf(all), 1);
    equal(await countNow(), 0);
  });

  it("of an organization stay in it, even for the same user", async () => {
    const ada = newId();
    const [clinic, other] = [t.addOrganization(ada), t.addOrganization(ada)];
    await tellOf(clinic, "one");
    equal((await pageOf(await t.as(ada, other)("GET", PATH))).items.length, 0);
    equal(await countOf(await t.as(ada, other)("GET", `${PATH}/unread-count`)), 0);
    equal(await countOf(await t.as(ada, other)("POST", `${PATH}/read-all`)), 0);
    equal((await pageOf(await t.as(ada, clinic)("GET", `${PATH}?unread=true`))).items.length, 1);
  });
});
