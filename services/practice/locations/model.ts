/** What a location is: a site, or a room that holds one appointment at a time. */
import { z } from "@hono/zod-openapi";
import { Page } from "@praxis/shared/http";
import { Address, text } from "../patients/model.ts";

function isTimeZone(name: string): boolean {
  if (!/^[A-Za-z]+(\/[A-Za-z0-9_+-]+)*$/.test(name)) return false;
  try {
    Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(name);
    return true;
  } catch {
    return false;
  }
}

/** A name of the IANA time zone database. */
export const TimeZone = z.string().max(60).refine(isTimeZone, "This time zone does not exist.")
  .openapi({ example: "Europe/Paris" });

export const LocationInput = z.strictObject({
  name: text(200),
  timeZone: TimeZone,
  isRoom: z.boolean().default(false),
  address: Address.nullable().default(null),
  isActive: z.boolean().default(true),
}).openapi("LocationInput");
export type LocationInput = z.output<typeof LocationInput>;

export const Location = LocationInput.extend({
  id: z.uuid(),
  version: z.number().int(),
}).openapi("Location");
export type Location = z.output<typeof Location>;

export const LocationPage = Page(Location).openapi("LocationPage");
