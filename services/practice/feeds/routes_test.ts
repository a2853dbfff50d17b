/** Links to calendars through HTTP. */
import { equal, ok } from "node:assert/strict";
import { after, before, describe, it } from "@std/testing/bdd";
import { APPOINTMENTS, openClinic, openPractice, type TestPractice } from "../testing.ts";

describe("calendar feeds", () => {
  let t: TestPractice;
  before(async () => {
    t = await openPractice();
  });
  after(() => t[Symbol.asyncDispose]());

  it("show a calendar to whoever has the link, until it is revoked", async () => {
    const { call, practitioner, patient, booking, organizationId } = await openClinic(t);
    await t.post(call, APPOINTMENTS, {
      ...booking("2026-01-06T08:00:00Z", "2026-01-06T08:30:00Z"),
      reason: "Cough",
    });
    const path = `/api/practice/practitioners/${practitioner.id}/feeds`;
    const feed = await t.post(call, path, undefined);
    const { pathname } = new URL(feed.url);
    ok(pathname.startsWith("/api/practice/public/calendars/eu_"));
    const response = await t.app.request(pathname);
    equal(response.status, 200);
    equal(response.headers.get("content-type"), "text/calendar; charset=utf-8");
    const calendar = await response.text();
    ok(calendar.includes("DTSTART:20260106T080000Z"));
    for (const secret of ["Cough", "Kuhlman", patient.id]) equal(calendar.includes(secret), false);
    const [row] = await t.service.owner`
      select actor_kind, details from audit_events
      where organization_id = ${organizationId} and action = 'calendar_feed.read'`;
    equal(row!.actorKind, "anonymous");
    equal(row!.details.count, 1);
    equal((await call("DELETE", `/api/practice/calendar-feeds/${feed.id}`)).status, 204);
    equal((await t.app.request(pathname)).status, 410);
    equal((await t.app.request(pathname.slice(0, -1) + "~")).status, 404);
    equal((await t.app.request("/api/practice/public/calendars/x")).status, 404);
  });
});
