/** How sagas reach workflow itself, beside the moving of tasks. */
import { type Api, createApi, empty } from "@praxis/shared/http";
import { defineOrder, orderOf } from "@praxis/shared/orders";
import type { Deps } from "../deps.ts";
import { Id, Nothing, Undo } from "./model.ts";
import * as participation from "./participation.ts";

const prepareClinic = defineOrder({
  path: "/internal/organizations/{id}/prepare",
  summary: "Open the first tasks of a new clinic",
  params: Id,
  body: Nothing,
});
const clearClinic = defineOrder({
  path: "/internal/organizations/{id}/clear",
  summary: "Take the first tasks of a clinic back",
  params: Id,
  body: Undo,
});

export function participationRoutes(deps: Deps): Api {
  const api = createApi();

  api.openapi(prepareClinic, async (c) => {
    await participation.prepare(deps, orderOf(c), c.req.valid("param").id);
    return empty();
  });

  api.openapi(clearClinic, async (c) => {
    const organizationId = c.req.valid("param").id;
    const { undoOf } = c.req.valid("json");
    await participation.clear(deps, orderOf(c), { organizationId, undoOf });
    return empty();
  });

  return api;
}
