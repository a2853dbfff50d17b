/** How accounts, routes and kill switches are reached. */
import { z } from "@hono/zod-openapi";
import { signedIn } from "@praxis/shared/auth";
import { type Api, createApi, defineRoute, empty, reply } from "@praxis/shared/http";
import { read } from "@praxis/shared/postgres";
import type { Deps } from "../deps.ts";
import * as accounts from "./accounts.ts";
import {
  AccountView,
  KillSwitch,
  NewAccount,
  NewKillSwitch,
  NewRoute,
  NewSecrets,
  Route,
  SwitchScope,
} from "./model.ts";

const ACCOUNTS = "/api/communication/provider-accounts";
const ROUTES = "/api/communication/provider-routes";
const SWITCHES = "/api/communication/kill-switches";

const Id = z.object({ id: z.uuid() });
const Scope = z.strictObject({ scope: SwitchScope });
const AccountList = z.object({ items: z.array(AccountView) }).openapi("ProviderAccountList");
const RouteList = z.object({ items: z.array(Route) }).openapi("ProviderRouteList");
const SwitchList = z.object({ items: z.array(KillSwitch) }).openapi("KillSwitchList");

const json = <T extends z.ZodType>(schema: T) => ({ content: { "application/json": { schema } } });
const done = { 204: { description: "Done" } };
const tags = ["providers"];

const listAccounts = defineRoute({
  permission: "providers:read",
  method: "get",
  path: ACCOUNTS,
  tags,
  summary: "List accounts at providers and how they are doing",
  responses: { 200: { description: "OK", ...json(AccountList) } },
});

const createAccount = defineRoute({
  permission: "providers:manage",
  method: "post",
  path: ACCOUNTS,
  tags,
  summary: "Add an account at a provider",
  request: { body: json(NewAccount) },
  responses: { 201: { description: "Added", ...json(AccountView) } },
});

const rotateSecrets = defineRoute({
  permission: "providers:manage",
  method: "post",
  path: `${ACCOUNTS}/{id}/rotate`,
  tags,
  summary: "Replace an account's secrets",
  request: { params: Id, body: json(NewSecrets) },
  responses: done,
});

const enableAccount = defineRoute({
  permission: "providers:manage",
  method: "post",
  path: `${ACCOUNTS}/{id}/enable`,
  tags,
  summary: "Use an account again",
  request: { params: Id },
  responses: done,
});

const disableAccount = defineRoute({
  permission: "providers:manage",
  method: "post",
  path: `${ACCOUNTS}/{id}/disable`,
  tags,
  summary: "Do not use an account any more",
  request: { params: Id },
  responses: done,
});

const listRoutes = defineRoute({
  permission: "providers:read",
  method: "get",
  path: ROUTES,
  tags,
  summary: "List in which order accounts are tried",
  responses: { 200: { description: "OK", ...json(RouteList) } },
});

const putRoute = defineRoute({
  permission: "providers:manage",
  method: "put",
  path: ROUTES,
  tags,
  summary: "Set the order of a channel, of one of its categories, or of a country",
  request: { body: json(NewRoute) },
  responses: { 200: { description: "Set", ...json(Route) } },
});

const removeRoute = defineRoute({
  permission: "providers:manage",
  method: "delete",
  path: `${ROUTES}/{id}`,
  tags,
  summary: "Remove a route",
  request: { params: Id },
  responses: done,
});

const listSwitches = defineRoute({
  permission: "providers:read",
  method: "get",
  path: SWITCHES,
  tags,
  summary: "List what is switched off",
  responses: { 200: { description: "OK", ...json(SwitchList) } },
});

const setSwitch = defineRoute({
  permission: "providers:manage",
  method: "put",
  path: SWITCHES,
  tags,
  summary: "Stop everything, a channel, a provider or a category at once",
  request: { body: json(NewKillSwitch) },
  responses: done,
});

const clearSwitch = defineRoute({
  permission: "providers:manage",
  method: "delete",
  path: SWITCHES,
  tags,
  summary: "Let it go on; what was held back and has not expired is sent",
  request: { query: Scope },
  responses: done,
});

export function accountRoutes(deps: Deps): Api {
  const api = createApi();

  api.openapi(listAccounts, async (c) => {
    const items = await accounts.list(deps, signedIn(c).organizationId);
    return reply(c, 200, AccountList, { items });
  });

  api.openapi(createAccount, async (c) => {
    const request = { requestId: c.get("requestId") };
    const account = await accounts.create(deps, signedIn(c), c.req.valid("json"), request);
    return reply(c, 201, AccountView, account, { location: `${ACCOUNTS}/${account.id}` });
  });

  api.openapi(rotateSecrets, async (c) => {
    const input = { id: c.req.valid("param").id, secrets: c.req.valid("json").secrets };
    await accounts.rotate(deps, signedIn(c), input, { requestId: c.get("requestId") });
    return empty();
  });

  api.openapi(enableAccount, async (c) => {
    const input = { id: c.req.valid("param").id, isEnabled: true };
    await accounts.setEnabled(deps, signedIn(c), input, { requestId: c.get("requestId") });
    return empty();
  });

  api.openapi(disableAccount, async (c) => {
    const input = { id: c.req.valid("param").id, isEnabled: false };
    await accounts.setEnabled(deps, signedIn(c), input, { requestId: c.get("requestId") });
    return empty();
  });

  api.openapi(listRoutes, async (c) => {
    const { organizationId } = signedIn(c);
    const items = await read(
      deps.sql,
      { organizationId },
      (tx) => accounts.listRoutes(tx, organizationId),
    );
    return reply(c, 200, RouteList, { items });
  });

  api.openapi(putRoute, async (c) => {
    const request = { requestId: c.get("requestId") };
    const route = await accounts.putRoute(deps, signedIn(c), c.req.valid("json"), request);
    return reply(c, 200, Route, route);
  });

  api.openapi(removeRoute, async (c) => {
    const { id } = c.req.valid("param");
    await accounts.removeRoute(deps, signedIn(c), id, { requestId: c.get("requestId") });
    return empty();
  });

  api.openapi(listSwitches, async (c) => {
    const { organizationId } = signedIn(c);
    const items = await read(
      deps.sql,
      { organizationId },
      (tx) => accounts.listSwitches(tx, organizationId),
    );
    return reply(c, 200, SwitchList, { items });
  });

  api.openapi(setSwitch, async (c) => {
    const input = c.req.valid("json");
    await accounts.setSwitch(deps, signedIn(c), input, { requestId: c.get("requestId") });
    return empty();
  });

  api.openapi(clearSwitch, async (c) => {
    const input = { ...c.req.valid("query"), reason: undefined };
    await accounts.setSwitch(deps, signedIn(c), input, { requestId: c.get("requestId") });
    return empty();
  });

  return api;
}
