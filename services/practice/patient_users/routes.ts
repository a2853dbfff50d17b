/** How a patient's own is reached over HTTP, and how staff links a user to a patient. */
import { z } from "@hono/zod-openapi";
import {
  type Api,
  createApi,
  defineRoute,
  empty,
  PageQuery,
  readCursor,
  reply,
  toPage,
} from "@praxis/shared/http";
import { callOf } from "../calls.ts";
import type { Deps } from "../deps.ts";
import { LinkInput, OwnAppointmentPage, OwnPatient, PatientUser } from "./model.ts";
import * as patientUsers from "./patient_users.ts";

const tags = ["patient-users"];
const json = <T extends z.ZodType>(schema: T) => ({ "application/json": { schema } });
const USERS = "/api/practice/patients/{id}/users";

const linkUser = defineRoute({
  permission: "patients:write",
  method: "post",
  path: USERS,
  tags,
  summary: "Say which user this patient is: that user then sees their own",
  request: { params: z.object({ id: z.uuid() }), body: { content: json(LinkInput) } },
  responses: { 201: { description: "Linked", content: json(PatientUser) } },
});

const unlinkUser = defineRoute({
  permission: "patients:write",
  method: "delete",
  path: `${USERS}/{userId}`,
  tags,
  summary: "Take that back",
  request: { params: z.object({ id: z.uuid(), userId: z.uuid() }) },
  responses: { 204: { description: "Unlinked" } },
});

const getOwn = defineRoute({
  permission: "signed-in",
  method: "get",
  path: "/api/practice/me/patient",
  tags,
  summary: "Who you are as a patient",
  responses: { 200: { description: "OK", content: json(OwnPatient) } },
});

const listOwn = defineRoute({
  permission: "signed-in",
  method: "get",
  path: "/api/practice/me/appointments",
  tags,
  summary: "Your own appointments",
  request: { query: PageQuery },
  responses: { 200: { description: "OK", content: json(OwnAppointmentPage) } },
});

export function patientUserRoutes(deps: Deps): Api {
  const api = createApi();

  api.openapi(linkUser, async (c) => {
    const { id: patientId } = c.req.valid("param");
    const { userId } = c.req.valid("json");
    const linked = await patientUsers.link(deps, callOf(c), { patientId, userId });
    return reply(c, 201, PatientUser, linked);
  });

  api.openapi(unlinkUser, async (c) => {
    const { id: patientId, userId } = c.req.valid("param");
    await patientUsers.unlink(deps, callOf(c), { patientId, userId });
    return empty();
  });

  api.openapi(getOwn, async (c) => {
    return reply(c, 200, OwnPatient, await patientUsers.openOwn(deps, callOf(c)));
  });

  api.openapi(listOwn, async (c) => {
    const { limit, cursor } = c.req.valid("query");
    const [startsAt, id] = readCursor(cursor, z.tuple([z.iso.datetime(), z.uuid()])) ?? [];
    const after = startsAt === undefined || id === undefined ? undefined : { startsAt, id };
    const rows = await patientUsers.listOwn(deps, callOf(c), { after, limit });
    return reply(c, 200, OwnAppointmentPage, toPage(rows, limit, (one) => [one.startsAt, one.id]));
  });

  return api;
}
