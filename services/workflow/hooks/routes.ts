/** How hooks, and the clients that may call them, are reached over HTTP. */
import { z } from "@hono/zod-openapi";
import { signedIn } from "@praxis/shared/auth";
import {
  type Api,
  createApi,
  defineRoute,
  Page,
  PageQuery,
  readCursor,
  reply,
  toPage,
} from "@praxis/shared/http";
import type { Deps } from "../deps.ts";
import { problem } from "../problems.ts";
import * as clients from "./clients.ts";
import * as hooks from "./hooks.ts";
import { AnyHookRequest, Client, ClientInput, HookResponse, Services } from "./model.ts";
import { hookOf, services } from "./services.ts";
import { authenticate } from "./tokens.ts";

const PATH = "/cds-services";
const CLIENTS = "/api/workflow/cds-clients";
const ClientPage = Page(Client).openapi("CdsClientPage");
const Heard = z.object({}).openapi("CdsFeedbackHeard");
const params = z.object({ id: z.string().max(100).openapi({ example: "patient-view" }) });
const json = <T extends z.ZodType>(schema: T, description = "OK") => ({
  description,
  content: { "application/json": { schema } },
});
const body = <T extends z.ZodType>(schema: T) => ({ content: { "application/json": { schema } } });

const discover = defineRoute({
  permission: "public",
  method: "get",
  path: PATH,
  tags: ["hooks"],
  summary: "List the services of CDS Hooks 2.0, one per hook",
  request: {},
  responses: { 200: json(Services) },
});
const callService = defineRoute({
  permission: "signature",
  method: "post",
  path: `${PATH}/{id}`,
  tags: ["hooks"],
  summary: "Ask the clinic's rules at a moment of care, by a token that the client has signed",
  request: { params, body: body(AnyHookRequest) },
  responses: { 200: json(HookResponse) },
});
const giveFeedback = defineRoute({
  permission: "signature",
  method: "post",
  path: `${PATH}/{id}/feedback`,
  tags: ["hooks"],
  summary: "Tell what became of cards",
  request: { params, body: body(AnyHookRequest) },
  responses: { 200: json(Heard) },
});
const listClients = defineRoute({
  permission: "rules:approve",
  method: "get",
  path: CLIENTS,
  tags: ["hooks"],
  summary: "List the programs that may call hooks",
  request: { query: PageQuery },
  responses: { 200: json(ClientPage) },
});
const registerClient = defineRoute({
  permission: "rules:approve",
  method: "post",
  path: CLIENTS,
  tags: ["hooks"],
  summary: "Let a program call hooks that signs with these keys",
  request: { body: body(ClientInput) },
  responses: { 201: json(Client, "Registered") },
});
const revokeClient = defineRoute({
  permission: "rules:approve",
  method: "post",
  path: `${CLIENTS}/{id}/revoke`,
  tags: ["hooks"],
  summary: "Let a program call no more",
  request: { params: z.object({ id: z.uuid() }) },
  responses: { 200: json(Client) },
});

export function hookRoutes(deps: Deps): Api {
  const api = createApi();

  /** Nobody learns what there is before they have said who they are. */
  async function recognize(headers: Headers, id: string, suffix = "") {
    const url = `${deps.publicUrl.replace(/\/$/, "")}${PATH}/${id}`;
    const client = await authenticate(deps, headers, suffix === "" ? [url] : [url, url + suffix]);
    const hook = hookOf(id);
    if (!hook) throw problem("cds-service-not-found");
    return { client, hook };
  }

  api.openapi(discover, (c) => reply(c, 200, Services, { services: [...services] }));

  api.openapi(callService, async (c) => {
    const known = await recognize(c.req.raw.headers, c.req.valid("param").id);
    const asked = { ...known, body: c.req.valid("json"), requestId: c.get("requestId") };
    const answered = await hooks.answer(deps, asked);
    const undecided = answered.extension?.["app.praxis.undecided"].length ?? 0;
    const warning = `199 praxis "${undecided} rules could not be told"`;
    return reply(c, 200, HookResponse, answered, undecided > 0 ? { warning } : {});
  });

  api.openapi(giveFeedback, async (c) => {
    const known = await recognize(c.req.raw.headers, c.req.valid("param").id, "/feedback");
    await hooks.hear(deps, { ...known, body: c.req.valid("json"), requestId: c.get("requestId") });
    return reply(c, 200, Heard, {});
  });

  api.openapi(listClients, async (c) => {
    const { limit, cursor } = c.req.valid("query");
    const [before] = readCursor(cursor, z.tuple([z.uuid()])) ?? [];
    const rows = await clients.list(deps, signedIn(c), { before, limit });
    return reply(c, 200, ClientPage, toPage(rows, limit, ({ id }) => [id]));
  });
  api.openapi(registerClient, async (c) => {
    const given = { client: c.req.valid("json"), requestId: c.get("requestId") };
    const client = await clients.register(deps, signedIn(c), given);
    return reply(c, 201, Client, client, { location: `${CLIENTS}/${client.id}` });
  });
  api.openapi(revokeClient, async (c) => {
    const { id } = c.req.valid("param");
    const revoked = await clients.revoke(deps, signedIn(c), { id, requestId: c.get("requestId") });
    return reply(c, 200, Client, revoked);
  });

  return api;
}
