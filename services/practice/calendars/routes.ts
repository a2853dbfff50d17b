/** How absences, holidays and free times are reached over HTTP. */
import { z } from "@hono/zod-openapi";
import { type Api, createApi, defineRoute, empty, reply } from "@praxis/shared/http";
import { IdempotencyHeaders } from "@praxis/shared/idempotency";
import { callOf } from "../calls.ts";
import type { Deps } from "../deps.ts";
import * as calendars from "./calendars.ts";
import { Absence, AbsenceInput, Holiday, HolidayInput, Slot } from "./model.ts";

const tags = ["calendars"];
const json = <T extends z.ZodType>(schema: T) => ({ "application/json": { schema } });
const Id = z.object({ id: z.uuid() });
const LIST_MAX = 500;
const everything = <T extends z.ZodType>(item: T) => z.object({ items: z.array(item) });

const Absences = everything(Absence).openapi("Absences");
const Holidays = everything(Holiday).openapi("Holidays");
const Slots = everything(Slot).openapi("Slots");

const ABSENCES = "/api/practice/practitioners/{id}/absences";

const addAbsence = defineRoute({
  permission: "appointments:write",
  method: "post",
  path: ABSENCES,
  tags,
  summary: "Say when a practitioner is away; booked appointments stay as they are",
  request: {
    params: Id,
    headers: IdempotencyHeaders,
    body: { content: json(AbsenceInput) },
  },
  responses: { 201: { description: "Added", content: json(Absence) } },
});

const listAbsences = defineRoute({
  permission: "appointments:read",
  method: "get",
  path: ABSENCES,
  tags,
  summary: "List when a practitioner is or will be away",
  request: { params: Id },
  responses: { 200: { description: "OK", content: json(Absences) } },
});

const removeAbsence = defineRoute({
  permission: "appointments:write",
  method: "delete",
  path: `${ABSENCES}/{absenceId}`,
  tags,
  summary: "Take an absence back",
  request: { params: Id.extend({ absenceId: z.uuid() }) },
  responses: { 204: { description: "Removed" } },
});

const addHoliday = defineRoute({
  permission: "appointments:write",
  method: "post",
  path: "/api/practice/holidays",
  tags,
  summary: "Close for a day, everywhere or at one location",
  request: { body: { content: json(HolidayInput) } },
  responses: { 201: { description: "Added", content: json(Holiday) } },
});

const listHolidays = defineRoute({
  permission: "appointments:read",
  method: "get",
  path: "/api/practice/holidays",
  tags,
  summary: "List the holidays to come",
  responses: { 200: { description: "OK", content: json(Holidays) } },
});

const removeHoliday = defineRoute({
  permission: "appointments:write",
  method: "delete",
  path: "/api/practice/holidays/{id}",
  tags,
  summary: "Open on a holiday after all",
  request: { params: Id },
  responses: { 204: { description: "Removed" } },
});

const listSlots = defineRoute({
  permission: "appointments:read",
  method: "get",
  path: "/api/practice/slots",
  tags,
  summary: "The free times of a practitioner",
  request: {
    query: z.strictObject({
      practitionerId: z.uuid(),
      from: z.iso.datetime({ offset: true }),
      to: z.iso.datetime({ offset: true }),
      durationMinutes: z.coerce.number().int().min(5).max(1_440).default(15),
      locationId: z.uuid().optional(),
    }),
  },
  responses: { 200: { description: "OK", content: json(Slots) } },
});

export function calendarRoutes(deps: Deps): Api {
  const api = createApi();

  api.openapi(addAbsence, async (c) => {
    const absence = await calendars.addAbsence(deps, callOf(c), {
      practitionerId: c.req.valid("param").id,
      input: c.req.valid("json"),
      key: c.req.valid("header")["idempotency-key"],
    });
    return reply(c, 201, Absence, absence);
  });

  api.openapi(listAbsences, async (c) => {
    const { id } = c.req.valid("param");
    const items = await calendars.listAbsences(deps, callOf(c), id, LIST_MAX);
    return reply(c, 200, Absences, { items });
  });

  api.openapi(removeAbsence, async (c) => {
    const { id: practitionerId, absenceId: id } = c.req.valid("param");
    await calendars.removeAbsence(deps, callOf(c), { id, practitionerId });
    return empty();
  });

  api.openapi(addHoliday, async (c) => {
    const holiday = await calendars.addHoliday(deps, callOf(c), c.req.valid("json"));
    return reply(c, 201, Holiday, holiday);
  });

  api.openapi(listHolidays, async (c) => {
    const items = await calendars.listHolidays(deps, callOf(c), LIST_MAX);
    return reply(c, 200, Holidays, { items });
  });

  api.openapi(removeHoliday, async (c) => {
    await calendars.removeHoliday(deps, callOf(c), c.req.valid("param").id);
    return empty();
  });

  api.openapi(listSlots, async (c) => {
    const { locationId, ...query } = c.req.valid("query");
    const items = await calendars.listSlots(deps, callOf(c), { ...query, locationId });
    return reply(c, 200, Slots, { items });
  });

  return api;
}
