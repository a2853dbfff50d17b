/** How sagas reach communication. */
import { z } from "@hono/zod-openapi";
import { type Api, createApi, empty } from "@praxis/shared/http";
import { defineOrder, orderOf } from "@praxis/shared/orders";
import type { Deps } from "../deps.ts";
import { Departure, Id, PrepareClinic, ResultReleased, Undo, UndoDeparture } from "./model.ts";
import * as participation from "./participation.ts";

const nowhere = z.object({});

const prepareClinic = defineOrder({
  path: "/internal/organizations/{id}/prepare",
  summary: "Prepare a new clinic",
  params: Id,
  body: PrepareClinic,
});
const clearClinic = defineOrder({
  path: "/internal/organizations/{id}/clear",
  summary: "Take the preparation of a clinic back",
  params: Id,
  body: Undo,
});
const leave = defineOrder({
  path: "/internal/members/leave",
  summary: "Settle what a member has not read who is leaving",
  params: nowhere,
  body: Departure,
});
const comeBack = defineOrder({
  path: "/internal/members/return",
  summary: "Take a departure back",
  params: nowhere,
  body: UndoDeparture,
});
const tellResult = defineOrder({
  path: "/internal/results/tell",
  summary: "Tell a patient that there is a result",
  params: nowhere,
  body: ResultReleased,
});

export function participationRoutes(deps: Deps): Api {
  const api = createApi();

  api.openapi(prepareClinic, async (c) => {
    const organizationId = c.req.valid("param").id;
    const { name } = c.req.valid("json");
    await participation.prepare(deps, orderOf(c), { organizationId, name });
    return empty();
  });

  api.openapi(clearClinic, async (c) => {
    const organizationId = c.req.valid("param").id;
    const { undoOf } = c.req.valid("json");
    await participation.clear(deps, orderOf(c), { organizationId, undoOf });
    return empty();
  });

  api.openapi(leave, async (c) => {
    await participation.leave(deps, orderOf(c), c.req.valid("json"));
    return empty();
  });

  api.openapi(comeBack, async (c) => {
    await participation.comeBack(deps, orderOf(c), c.req.valid("json"));
    return empty();
  });

  api.openapi(tellResult, async (c) => {
    await participation.tellResult(deps, orderOf(c), c.req.valid("json"));
    return empty();
  });

  return api;
}
