/** How the stance is reached over HTTP. */
import { signedIn } from "@praxis/shared/auth";
import { type Api, createApi, defineRoute, reply } from "@praxis/shared/http";
import type { Deps } from "../deps.ts";
import { CountryInput, Stance, Switch, SwitchInput } from "./model.ts";
import * as stance from "./stance.ts";

const PATH = "/api/workflow/stance";

const getStance = defineRoute({
  permission: "organizations:read",
  method: "get",
  path: PATH,
  tags: ["stance"],
  summary: "List what scores, rules, viewers and assistants are meant for, and which are on here",
  request: {},
  responses: {
    200: { description: "OK", content: { "application/json": { schema: Stance } } },
  },
});
const putSwitch = defineRoute({
  permission: "policies:manage",
  method: "put",
  path: `${PATH}/switches`,
  tags: ["stance"],
  summary: "Switch a score, a rule, a viewer or an assistant on or off, everywhere or in a country",
  request: { body: { content: { "application/json": { schema: SwitchInput } } } },
  responses: {
    200: { description: "Switched", content: { "application/json": { schema: Switch } } },
  },
});
const putCountry = defineRoute({
  permission: "policies:manage",
  method: "put",
  path: `${PATH}/country`,
  tags: ["stance"],
  summary: "Say in which country the clinic works",
  request: { body: { content: { "application/json": { schema: CountryInput } } } },
  responses: {
    200: { description: "Kept", content: { "application/json": { schema: CountryInput } } },
  },
});

export function stanceRoutes(deps: Deps): Api {
  const api = createApi();
  api.openapi(getStance, async (c) => {
    return reply(c, 200, Stance, await stance.describe(deps, signedIn(c)));
  });
  api.openapi(putSwitch, async (c) => {
    const given = { ...c.req.valid("json"), requestId: c.get("requestId") };
    return reply(c, 200, Switch, await stance.putSwitch(deps, signedIn(c), given));
  });
  api.openapi(putCountry, async (c) => {
    const { country } = c.req.valid("json");
    await stance.putCountry(deps, signedIn(c), { country, requestId: c.get("requestId") });
    return reply(c, 200, CountryInput, { country });
  });
  return api;
}
