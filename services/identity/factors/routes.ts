/** How a user reaches their own second factors. */
import { z } from "@hono/zod-openapi";
import { signedIn } from "@praxis/shared/auth";
import { createApi, defineRoute, empty, reply } from "@praxis/shared/http";
import type { Deps } from "../deps.ts";
import { shortUserAgent } from "../sessions/model.ts";
import * as factors from "./factors.ts";
import {
  AddPasskey,
  ConfirmTotp,
  Enrolled,
  FactorList,
  PasskeyOptions,
  RecoveryCodes,
  StartTotp,
  TotpSecret,
} from "./model.ts";

const PATH = "/api/identity/users/me/factors";
const NO_STORE = { "cache-control": "no-store" };
const base = { permission: "signed-in" as const, tags: ["factors"] };
const json = <T extends z.ZodType>(schema: T) => ({ "application/json": { schema } });

const listFactors = defineRoute({
  ...base,
  method: "get",
  path: PATH,
  summary: "List your second factors, never their secrets",
  responses: { 200: { description: "OK", content: json(FactorList) } },
});

const startTotp = defineRoute({
  ...base,
  method: "post",
  path: `${PATH}/totp`,
  summary: "Get a secret for an authenticator app; needs a step-up, also for the first factor",
  request: { body: { required: true, content: json(StartTotp) } },
  responses: { 201: { description: "Shown once", content: json(TotpSecret) } },
});

const confirmTotp = defineRoute({
  ...base,
  method: "post",
  path: `${PATH}/totp/confirm`,
  summary: "Show the first code; from then on it is asked for",
  request: { body: { required: true, content: json(ConfirmTotp) } },
  responses: { 200: { description: "Enrolled", content: json(Enrolled) } },
});

const startPasskey = defineRoute({
  ...base,
  method: "post",
  path: `${PATH}/passkeys/options`,
  summary: "Get what a browser needs to make a passkey; needs a step-up",
  responses: { 200: { description: "OK", content: json(PasskeyOptions) } },
});

const addPasskey = defineRoute({
  ...base,
  method: "post",
  path: `${PATH}/passkeys`,
  summary: "Add the passkey that the browser made",
  request: { body: { required: true, content: json(AddPasskey) } },
  responses: { 201: { description: "Enrolled", content: json(Enrolled) } },
});

const removeFactor = defineRoute({
  ...base,
  method: "delete",
  path: `${PATH}/{id}`,
  summary: "Remove one of your second factors; needs a step-up",
  request: { params: z.object({ id: z.uuid() }) },
  responses: { 204: { description: "Removed" } },
});

const renewRecoveryCodes = defineRoute({
  ...base,
  method: "post",
  path: "/api/identity/users/me/recovery-codes",
  summary: "Get ten new recovery codes; needs a step-up",
  responses: { 200: { description: "Shown once", content: json(RecoveryCodes) } },
});

export function factorRoutes(deps: Deps) {
  const api = createApi();

  api.openapi(listFactors, async (c) => {
    return reply(c, 200, FactorList, await factors.list(deps, signedIn(c)));
  });

  api.openapi(startTotp, async (c) => {
    const secret = await factors.startTotp(deps, signedIn(c), c.req.valid("json"));
    return reply(c, 201, TotpSecret, secret, NO_STORE);
  });

  api.openapi(confirmTotp, async (c) => {
    const input = { ...c.req.valid("json"), requestId: c.get("requestId") };
    return reply(c, 200, Enrolled, await factors.confirmTotp(deps, signedIn(c), input), NO_STORE);
  });

  api.openapi(startPasskey, async (c) => {
    const userAgent = shortUserAgent(c.req.header("user-agent"));
    const started = await factors.startPasskey(deps, signedIn(c), { userAgent });
    return reply(c, 200, PasskeyOptions, started, NO_STORE);
  });

  api.openapi(addPasskey, async (c) => {
    const userAgent = shortUserAgent(c.req.header("user-agent"));
    const input = { ...c.req.valid("json"), userAgent, requestId: c.get("requestId") };
    return reply(c, 201, Enrolled, await factors.addPasskey(deps, signedIn(c), input), NO_STORE);
  });

  api.openapi(removeFactor, async (c) => {
    const input = { id: c.req.valid("param").id, requestId: c.get("requestId") };
    await factors.remove(deps, signedIn(c), input);
    return empty(204);
  });

  api.openapi(renewRecoveryCodes, async (c) => {
    const requestId = c.get("requestId");
    const recoveryCodes = await factors.renewRecoveryCodes(deps, signedIn(c), { requestId });
    return reply(c, 200, RecoveryCodes, { recoveryCodes }, NO_STORE);
  });

  return api;
}
