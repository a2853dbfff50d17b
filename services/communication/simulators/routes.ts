/** Switches of the simulated providers, in development and tests only. */
import { z } from "@hono/zod-openapi";
import { type Api, createApi, defineRoute, empty, reply } from "@praxis/shared/http";
import { common } from "@praxis/shared/problem";
import type { Deps } from "../deps.ts";
import { Fault, Simulated } from "./model.ts";
import { sendReply } from "./simulators.ts";

const PATH = "/api/communication/simulators";
const json = <T extends z.ZodType>(schema: T) => ({ content: { "application/json": { schema } } });
const tags = ["simulators"];

const FaultInput = z.strictObject({
  provider: Simulated,
  fault: Fault,
  times: z.int().min(1).max(1_000).optional().openapi({
    description: "Until it is taken away, unless given.",
  }),
  callbacks: z.int().min(0).max(50).optional().openapi({
    description: "How often each callback is made.",
  }),
}).openapi("SimulatorFault");
const ReplyInput = z.strictObject({ from: z.string().max(30), text: z.string().max(1_600) })
  .openapi("SimulatedReply");
const ReplyAnswer = z.object({ answer: z.string().nullable() }).openapi("SimulatedAnswer");

const setFault = defineRoute({
  permission: "providers:manage",
  method: "put",
  path: `${PATH}/faults`,
  tags,
  summary: "Let a simulated provider fail; in production there is no such thing (404)",
  request: { body: json(FaultInput) },
  responses: { 204: { description: "Set" } },
});

const writeBack = defineRoute({
  permission: "providers:manage",
  method: "post",
  path: `${PATH}/replies`,
  tags,
  summary: "Write back from a phone to the simulated Twilio; in production 404",
  request: { body: json(ReplyInput) },
  responses: { 200: { description: "What came back", ...json(ReplyAnswer) } },
});

export function simulatorRoutes(deps: Deps): Api {
  const api = createApi();
  const simulators = () => {
    if (!deps.simulators) throw common("not-found");
    return deps.simulators;
  };

  api.openapi(setFault, (c) => {
    const { provider, fault, times, callbacks } = c.req.valid("json");
    simulators().fail(provider, fault, times);
    if (callbacks !== undefined) simulators().repeatCallbacks(callbacks);
    return empty();
  });

  api.openapi(writeBack, async (c) => {
    const twilio = deps.platformAccounts.find(({ provider }) => provider === "twilio");
    if (!twilio) throw common("not-found");
    const url = `${deps.publicUrl}/hooks/twilio/${twilio.id}/inbound`;
    const authToken = twilio.secrets.authToken ?? "";
    const to = twilio.settings.from ?? "";
    const message = { url, authToken, to, ...c.req.valid("json") };
    return reply(c, 200, ReplyAnswer, { answer: await sendReply(simulators(), message) });
  });

  return api;
}
