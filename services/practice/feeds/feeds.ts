/** What can be done with links to calendars: make one, revoke it, fetch what is behind it. */
import { record } from "@praxis/shared/audit";
import { newId } from "@praxis/shared/id";
import { once } from "@praxis/shared/idempotency";
import { type Db, read, transaction } from "@praxis/shared/postgres";
import * as appointments from "../appointments/appointments.ts";
import { type Call, fingerprintOf } from "../calls.ts";
import type { Deps } from "../deps.ts";
import * as locations from "../locations/locations.ts";
import * as practitioners from "../practitioners/practitioners.ts";
import { problem } from "../problems.ts";
import { calendarOf, type Feed, readToken, tokenOf } from "./model.ts";
import * as store from "./store.ts";

const DAY_MS = 24 * 60 * 60 * 1000;
/** What a calendar shows: the last month and the next half year. */
const BACK_DAYS = 31;
const AHEAD_DAYS = 183;
const ENTRIES_MAX = 5_000;

export async function make(
  deps: Deps,
  { actor, requestId }: Call,
  { practitionerId, key }: { practitionerId: string; key: string | undefined },
): Promise<Feed & { url: string }> {
  const { organizationId, userId } = actor;
  const at = deps.now();
  const fingerprint = fingerprintOf({ practitionerId });
  const feed = await transaction(deps.sql, { organizationId, userId }, async (tx) => {
    const route = "calendar_feed.make";
    return (await once(tx, { actor, route, key, fingerprint }, () => add(tx))).answer;
  });
  const token = tokenOf(deps.linkKey, deps.region, { organizationId, feedId: feed.id });
  return { ...feed, url: `${deps.publicUrl}/api/practice/public/calendars/${token}` };

  async function add(tx: Db): Promise<Feed> {
    await practitioners.get(tx, organizationId, practitionerId);
    const id = newId();
    const createdBy = userId;
    const feed = await store.insert(tx, { id, organizationId, practitionerId, createdBy }, at);
    await record(tx, at, {
      actor,
      organizationId,
      action: "calendar_feed.made",
      subject: { type: "calendar_feed", id },
      requestId,
      details: { practitionerId },
    });
    return feed;
  }
}

export async function revoke(deps: Deps, { actor, requestId }: Call, id: string): Promise<void> {
  const { organizationId, userId } = actor;
  const at = deps.now();
  await transaction(deps.sql, { organizationId, userId }, async (tx) => {
    if (!await store.revoke(tx, organizationId, id, at)) throw problem("feed-not-found");
    await record(tx, at, {
      actor,
      organizationId,
      action: "calendar_feed.revoked",
      subject: { type: "calendar_feed", id },
      requestId,
    });
  });
}

/** @throws feed-not-found unless we signed the token, feed-revoked when it holds no longer. */
export async function fetchCalendar(
  deps: Deps,
  token: string,
  requestId: string,
): Promise<string> {
  const named = readToken(deps.linkKey, token);
  if (!named) throw problem("feed-not-found");
  const { organizationId, feedId } = named;
  const now = deps.now().getTime();
  const { calendar, count } = await read(deps.sql, { organizationId }, async (tx) => {
    const feed = await store.find(tx, organizationId, feedId);
    if (!feed) throw problem("feed-not-found");
    if (feed.revokedAt !== null) throw problem("feed-revoked");
    const { practitionerId } = feed;
    const { name } = await practitioners.get(tx, organizationId, practitionerId);
    const found = await appointments.listWithin(tx, organizationId, {
      practitionerId,
      from: new Date(now - BACK_DAYS * DAY_MS).toISOString(),
      to: new Date(now + AHEAD_DAYS * DAY_MS).toISOString(),
    }, { after: undefined, limit: ENTRIES_MAX });
    const names = new Map<string, string>();
    for (const { locationId } of found) {
      if (locationId !== null && !names.has(locationId)) {
        names.set(locationId, (await locations.get(tx, organizationId, locationId)).name);
      }
    }
    const entries = found.map((one) => ({
      ...one,
      locationName: one.locationId === null ? null : names.get(one.locationId) ?? null,
    }));
    const title = [...name.given, name.family].filter((part) => part !== null).join(" ");
    return { calendar: calendarOf(title, entries), count: found.length };
  });
  await deps.auditRead({
    actor: { kind: "anonymous" },
    organizationId,
    action: "calendar_feed.read",
    subject: { type: "calendar_feed", id: feedId },
    requestId,
    details: { count },
  });
  return calendar;
}
