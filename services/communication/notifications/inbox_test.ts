/** Messages in the inbox: seen, read, put away, answered, counted. */
import { deepEqual, equal } from "node:assert/strict";
import { newId } from "@praxis/shared/id";
import { after, before, describe, it } from "@std/testing/bdd";
import { openCommunication, reminder, type TestCommunication } from "../testing.ts";

describe("the inbox", () => {
  let t: TestCommunication;
  before(async () => {
    t = await openCommunication();
  });
  after(() => t[Symbol.asyncDispose]());

  it("shows a message once, and remembers what its reader did with it", async () => {
    const [clinic, userId] = [newId(), newId()];
    const call = async (method: string, path: string, body?: unknown) =>
      await t.send(clinic, method, `/notifications${path}`, body, { userId });
    for (let n = 0; n < 2; n++) {
      const body = { ...reminder(), recipients: [{ id: userId, kind: "user" }] };
      equal((await t.send(clinic, "POST", "/messages", body)).status, 202);
    }
    await t.drain();
    const counts = async () => (await call("GET", "/counts")).json;
    deepEqual(await counts(), { unseen: 2, unread: 2, categories: { appointment: 2 } });
    const [newest, oldest] = (await call("GET", "")).json.items;
    equal(newest.kind, "message");
    equal(newest.body, "Harbour Clinic: your appointment is on Tuesday at 14:00.");

    // Only what was on the screen has been seen.
    equal((await call("POST", "/seen", { upTo: oldest.id })).json.count, 1);
    equal((await counts()).unseen, 1);
    await call("POST", `/${newest.id}/read`);
    equal((await counts()).unread, 1);
    equal((await call("POST", `/${newest.id}/unread`)).json.readAt, null);
    equal((await counts()).unread, 2);

    equal((await call("POST", `/${newest.id}/actions`, { key: "dance" })).status, 409);
    const answered = await call("POST", `/${newest.id}/actions`, { key: "confirm" });
    equal(answered.json.actionTaken, "confirm");
    const again = await call("POST", `/${newest.id}/actions`, { key: "reschedule" });
    equal(again.json.actionTaken, "confirm", "the first answer holds");

    await call("POST", `/${oldest.id}/archive`);
    const listed = async (query = "") =>
      (await call("GET", query)).json.items.map(({ id }: { id: string }) => id);
    deepEqual(await listed(), [newest.id]);
    deepEqual(await listed("?archived=true"), [oldest.id]);
    deepEqual(await counts(), { unseen: 0, unread: 0, categories: {} });
    await call("POST", `/${oldest.id}/unarchive`);
    equal((await counts()).unread, 1);
    const stranger = await t.send(clinic, "POST", `/notifications/${oldest.id}/archive`);
    equal(stranger.status, 404);
  });

  it("puts off until later, and puts away what was on the screen and nothing newer", async () => {
    const [clinic, userId] = [newId(), newId()];
    const call = async (method: string, path: string, body?: unknown) =>
      await t.send(clinic, method, `/notifications${path}`, body, { userId });
    const tell = async () => {
      const body = { ...reminder(), recipients: [{ id: userId, kind: "user" }] };
      equal((await t.send(clinic, "POST", "/messages", body)).status, 202);
      await t.drain();
    };
    const listed = async (query = "") =>
      (await call("GET", query)).json.items.map(({ id }: { id: string }) => id);
    const unread = async () => (await call("GET", "/unread-count")).json.count;
    await tell();
    await tell();
    const [newest, oldest] = await listed();
    const at = (seconds: number) => new Date(t.deps.now().getTime() + seconds * 1000).toISOString();
    for (const until of [at(0), at(-1), at(400 * 86_400)]) {
      equal((await call("POST", `/${newest}/snooze`, { until })).status, 422);
    }
    equal((await call("POST", `/${newest}/snooze`, { until: "tomorrow" })).status, 422);
    const snoozed = await call("POST", `/${newest}/snooze`, { until: at(3_600) });
    equal(snoozed.json.snoozedUntil, at(3_600));
    deepEqual([await listed(), await listed("?snoozed=true")], [[oldest], [newest]]);
    equal(await unread(), 1);
    deepEqual((await call("GET", "/counts")).json.unread, 1);
    equal((await t.send(clinic, "DELETE", `/notifications/${newest}/snooze`)).status, 404);
    await tell();
    const [latest] = await listed();
    // What is put off was not on the screen, and is not put away with the rest.
    equal((await call("POST", "/archive-all", { upTo: oldest })).json.count, 1);
    deepEqual(await listed(), [latest]);
    t.advance(3_601);
    deepEqual(await listed(), [latest, newest]);
    const again = await call("POST", `/${latest}/snooze`, { until: at(60) });
    equal(again.status, 200);
    equal((await call("DELETE", `/${latest}/snooze`)).json.snoozedUntil, null);
    equal((await call("POST", "/archive-all", { upTo: latest })).json.count, 2);
    deepEqual(await listed(), []);
    equal((await call("POST", "/archive-all", { upTo: "everything" })).status, 422);
  });
});
