/** How appointments are reached over HTTP. */
import { z } from "@hono/zod-openapi";
import { type Api, createApi, defineRoute, readCursor, reply, toPage } from "@praxis/shared/http";
import { IdempotencyHeaders } from "@praxis/shared/idempotency";
import { callOf } from "../calls.ts";
import type { Deps } from "../deps.ts";
import { etagOf } from "../patients/model.ts";
import * as appointments from "./appointments.ts";
import {
  Appointment,
  AppointmentInput,
  AppointmentPage,
  AppointmentQuery,
  Booked,
  Cancellation,
  MoveInput,
  Series,
  SeriesInput,
} from "./model.ts";

const PATH = "/api/practice/appointments";
const SERIES = "/api/practice/appointment-series";
const tags = ["appointments"];
const json = <T extends z.ZodType>(schema: T) => ({ "application/json": { schema } });
const Id = z.object({ id: z.uuid() });
const IfMatch = z.object({ "if-match": z.string().max(200).optional() });
const Cancelled = z.object({ items: z.array(Appointment) }).openapi("CancelledAppointments");

const bookAppointment = defineRoute({
  permission: "appointments:write",
  method: "post",
  path: PATH,
  tags,
  summary: "Book an appointment; 409 when the time is taken",
  request: { headers: IdempotencyHeaders, body: { content: json(AppointmentInput) } },
  responses: { 201: { description: "Booked", content: json(Booked) } },
});

const listAppointments = defineRoute({
  permission: "appointments:read",
  method: "get",
  path: PATH,
  tags,
  summary: "List appointments in order of their beginning",
  request: { query: AppointmentQuery },
  responses: { 200: { description: "OK", content: json(AppointmentPage) } },
});

const getAppointment = defineRoute({
  permission: "appointments:read",
  method: "get",
  path: `${PATH}/{id}`,
  tags,
  summary: "Read an appointment",
  request: { params: Id },
  responses: { 200: { description: "OK", content: json(Appointment) } },
});

const moveAppointment = defineRoute({
  permission: "appointments:write",
  method: "post",
  path: `${PATH}/{id}/move`,
  tags,
  summary: "Give an appointment another time, practitioner or location",
  request: { params: Id, headers: IfMatch, body: { content: json(MoveInput) } },
  responses: { 200: { description: "Moved", content: json(Booked) } },
});

const cancelAppointment = defineRoute({
  permission: "appointments:write",
  method: "post",
  path: `${PATH}/{id}/cancel`,
  tags,
  summary: "Cancel an appointment; its time is free again",
  request: { params: Id, headers: IfMatch, body: { content: json(Cancellation) } },
  responses: { 200: { description: "Cancelled", content: json(Appointment) } },
});

const step = (name: string, summary: string) =>
  defineRoute({
    permission: "appointments:write",
    method: "post",
    path: `${PATH}/{id}/${name}`,
    tags,
    summary,
    request: { params: Id, headers: IfMatch },
    responses: { 200: { description: "Done", content: json(Appointment) } },
  });

const bodiless = [
  [step("confirm", "The patient will come"), "confirm"],
  [step("arrive", "The patient is here"), "arrive"],
  [step("fulfil", "The patient was seen"), "fulfil"],
  [step("no-show", "The patient did not come"), "miss"],
] as const;

const bookSeries = defineRoute({
  permission: "appointments:write",
  method: "post",
  path: SERIES,
  tags,
  summary: "Book a series at the same local time: all of it, or 409 and nothing",
  request: { headers: IdempotencyHeaders, body: { content: json(SeriesInput) } },
  responses: { 201: { description: "Booked", content: json(Series) } },
});

const cancelSeries = defineRoute({
  permission: "appointments:write",
  method: "post",
  path: `${SERIES}/{id}/cancel`,
  tags,
  summary: "Cancel what of a series is yet to come",
  request: { params: Id, body: { content: json(Cancellation) } },
  responses: { 200: { description: "Cancelled", content: json(Cancelled) } },
});

/** The properties that have a value. */
function given<T extends object>(object: T) {
  return Object.fromEntries(
    Object.entries(object).filter(([, value]) => value !== undefined),
  ) as { [K in keyof T]?: Exclude<T[K], undefined> };
}

export function appointmentRoutes(deps: Deps): Api {
  const api = createApi();

  api.openapi(bookAppointment, async (c) => {
    const key = c.req.valid("header")["idempotency-key"];
    const booked = await appointments.book(deps, callOf(c), c.req.valid("json"), key);
    const headers = { location: `${PATH}/${booked.id}`, etag: etagOf(booked) };
    return reply(c, 201, Booked, booked, headers);
  });

  api.openapi(listAppointments, async (c) => {
    const { limit, cursor, status, ...rest } = c.req.valid("query");
    const [startsAt, id] = readCursor(cursor, z.tuple([z.iso.datetime(), z.uuid()])) ?? [];
    const after = startsAt === undefined || id === undefined ? undefined : { startsAt, id };
    const filter = { ...given(rest), ...(status === undefined ? {} : { statuses: [status] }) };
    const rows = await appointments.list(deps, callOf(c), filter, { after, limit });
    return reply(c, 200, AppointmentPage, toPage(rows, limit, (one) => [one.startsAt, one.id]));
  });

  api.openapi(getAppointment, async (c) => {
    const appointment = await appointments.open(deps, callOf(c), c.req.valid("param").id);
    return reply(c, 200, Appointment, appointment, { etag: etagOf(appointment) });
  });

  api.openapi(moveAppointment, async (c) => {
    const moved = await appointments.move(deps, callOf(c), {
      id: c.req.valid("param").id,
      ifMatch: c.req.valid("header")["if-match"],
      input: c.req.valid("json"),
    });
    return reply(c, 200, Booked, moved, { etag: etagOf(moved) });
  });

  api.openapi(cancelAppointment, async (c) => {
    const cancelled = await appointments.take(deps, callOf(c), {
      id: c.req.valid("param").id,
      ifMatch: c.req.valid("header")["if-match"],
      step: "cancel",
      reason: c.req.valid("json").reason,
    });
    return reply(c, 200, Appointment, cancelled, { etag: etagOf(cancelled) });
  });

  for (const [route, step] of bodiless) {
    api.openapi(route, async (c) => {
      const { id } = c.req.valid("param");
      const ifMatch = c.req.valid("header")["if-match"];
      const taken = await appointments.take(deps, callOf(c), { id, ifMatch, step, reason: null });
      return reply(c, 200, Appointment, taken, { etag: etagOf(taken) });
    });
  }

  api.openapi(bookSeries, async (c) => {
    const key = c.req.valid("header")["idempotency-key"];
    const series = await appointments.bookSeries(deps, callOf(c), c.req.valid("json"), key);
    return reply(c, 201, Series, series);
  });

  api.openapi(cancelSeries, async (c) => {
    const { id } = c.req.valid("param");
    const { reason } = c.req.valid("json");
    const items = await appointments.cancelSeries(deps, callOf(c), { id, reason });
    return reply(c, 200, Cancelled, { items });
  });

  return api;
}
