/** What sagas and runs ask of practice: which users a patient is, and appointments. */
import { z } from "@hono/zod-openapi";
import { callingService } from "@praxis/shared/auth";
import { type Api, createApi, defineRoute, empty, reply } from "@praxis/shared/http";
import { IdempotencyHeaders } from "@praxis/shared/idempotency";
import { defineOrder, orderOf } from "@praxis/shared/orders";
import { read } from "@praxis/shared/postgres";
import { common } from "@praxis/shared/problem";
import type { Deps } from "../deps.ts";
import { Patient } from "../patients/model.ts";
import * as patients from "../patients/patients.ts";
import { problem } from "../problems.ts";
import { BookOrder, Ordered, UndoBooking } from "./model.ts";
import * as participation from "./participation.ts";
import * as store from "./store.ts";

const Users = z.object({ userIds: z.array(z.uuid()) }).openapi("PatientUsers");

const listUsers = defineRoute({
  permission: "service",
  method: "get",
  path: "/internal/patients/{id}/users",
  tags: ["internal"],
  summary: "List the users who are this patient; 404 when there is none",
  request: {
    params: z.object({ id: z.uuid() }),
    query: z.strictObject({ organizationId: z.uuid() }),
  },
  responses: { 200: { description: "OK", content: { "application/json": { schema: Users } } } },
});

/** What identifies a patient: workflow takes it out of everything that leaves for a model. */
const getIdentity = defineRoute({
  permission: "service",
  method: "get",
  path: "/internal/patients/{id}/identity",
  tags: ["internal"],
  summary: "Read what identifies a patient",
  request: {
    params: z.object({ id: z.uuid() }),
    query: z.strictObject({ organizationId: z.uuid() }),
  },
  responses: { 200: { description: "OK", content: { "application/json": { schema: Patient } } } },
});

/** Answered with the appointment's id: what comes after it in a run needs it. */
const orderAppointment = defineRoute({
  permission: "service",
  method: "post",
  path: "/internal/appointments",
  tags: ["internal"],
  summary: "Book an appointment",
  request: {
    headers: IdempotencyHeaders.required(),
    body: { content: { "application/json": { schema: BookOrder } } },
  },
  responses: {
    200: { description: "Booked", content: { "application/json": { schema: Ordered } } },
  },
});
const undoAppointment = defineOrder({
  path: "/internal/appointments/undo",
  summary: "Call off what was booked under a key",
  params: z.object({}),
  body: UndoBooking,
});

export function participationRoutes(deps: Deps): Api {
  const api = createApi();
  api.openapi(listUsers, async (c) => {
    const { organizationId } = c.req.valid("query");
    const patientId = c.req.valid("param").id;
    const userIds = await read(
      deps.sql,
      { organizationId },
      (tx) => store.listUsers(tx, { organizationId, patientId }),
    );
    if (userIds.length === 0) throw problem("patient-without-user");
    return reply(c, 200, Users, { userIds });
  });
  api.openapi(getIdentity, async (c) => {
    const { organizationId } = c.req.valid("query");
    const { id } = c.req.valid("param");
    const actor = callingService(c);
    // It alone speaks with models of others.
    if (actor.service !== "workflow") throw common("not-permitted");
    const patient = await read(
      deps.sql,
      { organizationId },
      (tx) => patients.get(tx, organizationId, id),
    );
    await deps.auditRead({
      actor,
      organizationId,
      action: "patient.read",
      subject: { type: "patient", id },
      requestId: c.get("requestId"),
    });
    return reply(c, 200, Patient, patient);
  });
  api.openapi(orderAppointment, async (c) => {
    const booked = await participation.book(deps, orderOf(c), c.req.valid("json"));
    return reply(c, 200, Ordered, booked);
  });
  api.openapi(undoAppointment, async (c) => {
    await participation.unbook(deps, orderOf(c), c.req.valid("json"));
    return empty();
  });
  return api;
}
