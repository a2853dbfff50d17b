/** Signed links to calendars, and the calendar (iCalendar, RFC 5545) behind them. */
import { Buffer } from "node:buffer";
import { createHmac, timingSafeEqual } from "node:crypto";
import { z } from "@hono/zod-openapi";
import type { Appointment } from "../appointments/model.ts";

export const Feed = z.object({
  id: z.uuid(),
  practitionerId: z.uuid(),
  createdAt: z.iso.datetime(),
  revokedAt: z.iso.datetime().nullable(),
}).openapi("CalendarFeed");
export type Feed = z.output<typeof Feed>;

/** The link is shown here only, to whoever made it. */
export const NewFeed = Feed.extend({ url: z.url() }).openapi("NewCalendarFeed");

type Named = { organizationId: string; feedId: string };

const bytesOf = (uuid: string) => Buffer.from(uuid.replaceAll("-", ""), "hex");
const uuidOf = (bytes: Buffer) =>
  bytes.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");

/** So that the same key can sign other things without one passing for the other. */
const PURPOSE = "practice.calendar-feed.v1";

const sign = (key: string, payload: string) =>
  createHmac("sha256", key).update(`${PURPOSE}\n${payload}`).digest("base64url");

/** `eu_<ids>.<signature>`: the region leads, so that a gateway elsewhere can forward it. */
export function tokenOf(key: string, region: string, { organizationId, feedId }: Named): string {
  const ids = Buffer.concat([bytesOf(organizationId), bytesOf(feedId)]).toString("base64url");
  const payload = `${region}_${ids}`;
  return `${payload}.${sign(key, payload)}`;
}

/** What a token names; undefined when it is not one of ours. */
export function readToken(key: string, token: string): Named | undefined {
  const match = token.match(/^([a-z]{2,8}_([\w-]{43}))\.([\w-]{43})$/);
  if (!match) return undefined;
  const expected = Buffer.from(sign(key, match[1]!));
  if (!timingSafeEqual(expected, Buffer.from(match[3]!))) return undefined;
  const ids = Buffer.from(match[2]!, "base64url");
  return { organizationId: uuidOf(ids.subarray(0, 16)), feedId: uuidOf(ids.subarray(16)) };
}

const stamp = (at: string) => at.replace(/\.\d+/, "").replace(/[-:]/g, "");
const LINE_BYTES_MAX = 75;

/** §3.1: at most 75 bytes a line, never inside a character. */
export function fold(line: string): string {
  const lines: string[] = [];
  let current = "";
  let size = 0;
  for (const character of line) {
    const bytes = new TextEncoder().encode(character).length;
    if (size + bytes > LINE_BYTES_MAX) {
      lines.push(current);
      current = " ";
      size = 1;
    }
    current += character;
    size += bytes;
  }
  return [...lines, current].join("\r\n");
}

/** §3.3.11. */
export const escape = (text: string) =>
  text.replace(/[\\;,]/g, "\\$&").replace(/\r\n|\r|\n/g, "\\n");

/**
 * A calendar program keeps what it fetches, on devices that nobody here controls: so an entry says
 * when and where, never who or why.
 */
export function calendarOf(
  name: string,
  appointments: (Appointment & { locationName: string | null })[],
): string {
  const lines = [
    "BEGIN:VCALENDAR",
    "VERSION:2.0",
    "PRODID:-//Praxis//Practice//EN",
    "CALSCALE:GREGORIAN",
    `X-WR-CALNAME:${escape(name)}`,
    ...appointments.flatMap((one) => [
      "BEGIN:VEVENT",
      `UID:${one.id}@praxis`,
      `DTSTAMP:${stamp(one.updatedAt)}`,
      `SEQUENCE:${one.version - 1}`,
      `DTSTART:${stamp(one.startsAt)}`,
      `DTEND:${stamp(one.endsAt)}`,
      "SUMMARY:Appointment",
      ...(one.locationName === null ? [] : [`LOCATION:${escape(one.locationName)}`]),
      `STATUS:${
        one.status === "cancelled"
          ? "CANCELLED"
          : one.status === "booked"
          ? "TENTATIVE"
          : "CONFIRMED"
      }`,
      "CLASS:PRIVATE",
      "END:VEVENT",
    ]),
    "END:VCALENDAR",
  ];
  return lines.map(fold).join("\r\n") + "\r\n";
}
