/** What sagas ask of practice: which users a patient is. */
import { z } from "@hono/zod-openapi";
import { type Api, createApi, defineRoute, reply } from "@praxis/shared/http";
import { read } from "@praxis/shared/postgres";
import type { Deps } from "../deps.ts";
import { problem } from "../problems.ts";
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
  return api;
}
