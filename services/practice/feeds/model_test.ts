/** Tokens that only we can make, and calendars that every program can read. */
import { deepEqual, equal, ok } from "node:assert/strict";
import { newId } from "@praxis/shared/id";
import { describe, it } from "@std/testing/bdd";
import { calendarOf, escape, fold, readToken, tokenOf } from "./model.ts";

describe("tokens", () => {
  const named = { organizationId: newId(), feedId: newId() };
  const token = tokenOf("key", "eu", named);

  it("begin with the region and name what they are for", () => {
    ok(token.startsWith("eu_"));
    deepEqual(readToken("key", token), named);
  });

  it("are worth nothing when anything about them is changed", () => {
    const other = tokenOf("key", "eu", { ...named, feedId: newId() });
    const [payload] = token.split(".");
    const [, signature] = other.split(".");
    for (
      const bad of [
        token.replace("eu_", "us_"),
        `${payload}.${signature}`,
        token.slice(0, -1),
        token + "A",
        payload!,
        "",
        ".",
        "x".repeat(200),
      ]
    ) {
      equal(readToken("key", bad), undefined, bad);
    }
    equal(readToken("another key", token), undefined);
  });
});

describe("calendarOf", () => {
  it("says when and where, never who or why", () => {
    const appointment = {
      id: "a",
      version: 2,
      patientId: "the patient",
      practitionerId: "p",
      locationId: "l",
      seriesId: null,
      startsAt: "2026-03-29T01:30:00.000Z",
      endsAt: "2026-03-29T02:00:00.000Z",
      status: "booked" as const,
      reason: "the reason",
      cancellationReason: null,
      createdAt: "2026-01-05T12:00:00.000Z",
      updatedAt: "2026-01-05T12:00:00.000Z",
      locationName: "Quay 1; left",
    };
    equal(
      calendarOf("Pavel, Novak", [appointment]),
      [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Praxis//Practice//EN",
        "CALSCALE:GREGORIAN",
        "X-WR-CALNAME:Pavel\\, Novak",
        "BEGIN:VEVENT",
        "UID:a@praxis",
        "DTSTAMP:20260105T120000Z",
        "SEQUENCE:1",
        "DTSTART:20260329T013000Z",
        "DTEND:20260329T020000Z",
        "SUMMARY:Appointment",
        "LOCATION:Quay 1\\; left",
        "STATUS:TENTATIVE",
        "CLASS:PRIVATE",
        "END:VEVENT",
        "END:VCALENDAR",
        "",
      ].join("\r\n"),
    );
  });

  it("folds lines of more than 75 bytes, never inside a character", () => {
    const folded = fold(`X:${"م".repeat(100)}`);
    for (const line of folded.split("\r\n")) ok(new TextEncoder().encode(line).length <= 75);
    equal(folded.replaceAll("\r\n ", ""), `X:${"م".repeat(100)}`);
    equal(escape("a\r\nb\nc\\"), "a\\nb\\nc\\\\");
  });
});
