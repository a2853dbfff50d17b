/** How sagas reach identity. */
import { z } from "@hono/zod-openapi";
import { createApi, empty } from "@praxis/shared/http";
import { defineOrder, orderOf } from "@praxis/shared/orders";
import type { Deps } from "../deps.ts";
import { FoundClinic, Nothing, OneClinic, OneMember, OpenClinic, Undo } from "./model.ts";
import * as participation from "./participation.ts";

const CLINICS = "/internal/organizations";

const foundClinic = defineOrder({
  path: CLINICS,
  summary: "Found a clinic that nobody belongs to yet",
  params: z.object({}),
  body: FoundClinic,
});
const openClinic = defineOrder({
  path: `${CLINICS}/{id}/open`,
  summary: "Give a clinic its owner",
  params: OneClinic,
  body: OpenClinic,
});
const closeClinic = defineOrder({
  path: `${CLINICS}/{id}/close`,
  summary: "Take the founding of a clinic back",
  params: OneClinic,
  body: Undo,
});
const suspendMember = defineOrder({
  path: `${CLINICS}/{id}/members/{userId}/suspend`,
  summary: "End a membership, so that it can be restored",
  params: OneMember,
  body: Nothing,
});
const restoreMember = defineOrder({
  path: `${CLINICS}/{id}/members/{userId}/restore`,
  summary: "Take the end of a membership back",
  params: OneMember,
  body: Undo,
});
const revokeSessions = defineOrder({
  path: `${CLINICS}/{id}/members/{userId}/sessions/revoke`,
  summary: "Sign a user out of a clinic on every device",
  params: OneMember,
  body: Nothing,
});

export function participationRoutes(deps: Deps) {
  const api = createApi();

  api.openapi(foundClinic, async (c) => {
    await participation.found(deps, orderOf(c), c.req.valid("json"));
    return empty();
  });

  api.openapi(openClinic, async (c) => {
    const organizationId = c.req.valid("param").id;
    await participation.open(deps, orderOf(c), { organizationId, ...c.req.valid("json") });
    return empty();
  });

  api.openapi(closeClinic, async (c) => {
    const organizationId = c.req.valid("param").id;
    await participation.close(deps, orderOf(c), { organizationId, ...c.req.valid("json") });
    return empty();
  });

  api.openapi(suspendMember, async (c) => {
    const { id: organizationId, userId } = c.req.valid("param");
    await participation.suspend(deps, orderOf(c), { organizationId, userId });
    return empty();
  });

  api.openapi(restoreMember, async (c) => {
    const { id: organizationId, userId } = c.req.valid("param");
    const { undoOf } = c.req.valid("json");
    await participation.restore(deps, orderOf(c), { organizationId, userId, undoOf });
    return empty();
  });

  api.openapi(revokeSessions, async (c) => {
    const { id: organizationId, userId } = c.req.valid("param");
    await participation.revokeSessions(deps, orderOf(c), { organizationId, userId });
    return empty();
  });

  return api;
}
