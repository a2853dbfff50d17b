/** What can be done with calendars. */
import { record } from "@praxis/shared/audit";
import type { UserActor } from "@praxis/shared/auth";
import { read, type Sql, transaction } from "@praxis/shared/postgres";
import type { Deps } from "../deps.ts";
import { type Calendar, weekdaysEightToSix } from "./model.ts";
import * as store from "./store.ts";

/** The clinic's own, or weekdays from eight to six where it has said nothing. */
export async function find(sql: Sql, organizationId: string, name: string): Promise<Calendar> {
  const found = await read(sql, { organizationId }, (tx) => store.find(tx, organizationId, name));
  if (!found) return weekdaysEightToSix;
  const { timeZone, hours, holidays } = found;
  return { timeZone, hours, holidays };
}

export async function put(
  deps: Deps,
  actor: UserActor,
  { name, calendar, requestId }: { name: string; calendar: Calendar; requestId: string },
): Promise<void> {
  const { organizationId } = actor;
  await transaction(deps.sql, { organizationId }, async (tx) => {
    await store.put(tx, organizationId, name, calendar);
    await record(tx, deps.now(), {
      actor,
      organizationId,
      action: "calendar.changed",
      subject: { type: "calendar", id: name },
      requestId,
    });
  });
}
