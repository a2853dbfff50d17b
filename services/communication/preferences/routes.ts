/** How preferences and consents are reached, by staff, by oneself, and by a signed link. */
import { z } from "@hono/zod-openapi";
import { signedIn } from "@praxis/shared/auth";
import {
  type Api,
  createApi,
  defineRoute,
  Page,
  PageQuery,
  readBody,
  readCursor,
  reply,
  stream,
  toPage,
} from "@praxis/shared/http";
import { read } from "@praxis/shared/postgres";
import { common } from "@praxis/shared/problem";
import type { Deps } from "../deps.ts";
import { Channel } from "../providers/model.ts";
import { Category, Cell, CentreLink, Choice, Consent, Matrix, NewConsent } from "./model.ts";
import { askPage, centrePage, donePage, PAGE_HEADERS } from "./pages.ts";
import * as recipients from "../recipients/recipients.ts";
import * as preferences from "./preferences.ts";

const OWN = "/api/communication/preferences";
const RECIPIENT = "/api/communication/recipients/{id}";
const PUBLIC = "/api/communication/public";

const Id = z.object({ id: z.uuid() });
const Token = z.object({ token: z.string().max(1_000) });
const ConsentPage = Page(Consent).openapi("ConsentPage");
const Form = z.object({
  category: Category,
  channel: Channel,
  isAllowed: z.enum(["true", "false"]),
});
const json = <T extends z.ZodType>(schema: T) => ({ content: { "application/json": { schema } } });
const html = { content: { "text/html": { schema: z.string() } } };
const matrixAnswer = { 200: { description: "OK", ...json(Matrix) } };
const cellAnswer = { 200: { description: "Chosen", ...json(Cell) } };
const tags = ["preferences"];
type Whose = { organizationId: string; recipientId: string };
const FORM_BYTES_MAX = 10_000;

const ownMatrix = defineRoute({
  permission: "signed-in",
  method: "get",
  path: OWN,
  tags,
  summary: "What you are told on which channel, and why",
  responses: matrixAnswer,
});

const ownChoice = defineRoute({
  permission: "signed-in",
  method: "put",
  path: OWN,
  tags,
  summary: "Choose for yourself",
  request: { body: json(Choice) },
  responses: cellAnswer,
});

const matrixOf = defineRoute({
  permission: "preferences:read",
  method: "get",
  path: `${RECIPIENT}/preferences`,
  tags,
  summary: "What somebody is told on which channel, and why (audited)",
  request: { params: Id },
  responses: matrixAnswer,
});

const choiceOf = defineRoute({
  permission: "preferences:write",
  method: "put",
  path: `${RECIPIENT}/preferences`,
  tags,
  summary: "Write down somebody's choice",
  request: { params: Id, body: json(Choice) },
  responses: cellAnswer,
});

const giveLink = defineRoute({
  permission: "preferences:write",
  method: "post",
  path: `${RECIPIENT}/preference-link`,
  tags,
  summary:
    "A link to the preference centre for this recipient alone; whoever holds it may change it",
  request: { params: Id },
  responses: { 201: { description: "Given", ...json(CentreLink) } },
});

const listConsents = defineRoute({
  permission: "consents:read",
  method: "get",
  path: `${RECIPIENT}/consents`,
  tags,
  summary: "Everything that was ever agreed to or taken back, newest first (audited)",
  request: { params: Id, query: PageQuery },
  responses: { 200: { description: "OK", ...json(ConsentPage) } },
});

const addConsent = defineRoute({
  permission: "consents:write",
  method: "post",
  path: `${RECIPIENT}/consents`,
  tags,
  summary: "Write down a consent, or that it was taken back; nothing is ever removed",
  request: { params: Id, body: json(NewConsent) },
  responses: { 201: { description: "Written down", ...json(Consent) } },
});

const askUnsubscribe = defineRoute({
  permission: "link",
  method: "get",
  path: `${PUBLIC}/unsubscribe/{token}`,
  tags,
  summary: "Ask whether to stop; a GET changes nothing",
  request: { params: Token },
  responses: { 200: { description: "A page", ...html } },
});

const unsubscribe = defineRoute({
  permission: "link",
  method: "post",
  path: `${PUBLIC}/unsubscribe/{token}`,
  tags,
  summary: "Stop these e-mails with one click (RFC 8058)",
  request: { params: Token },
  responses: { 200: { description: "A page", ...html } },
});

const showCentre = defineRoute({
  permission: "link",
  method: "get",
  path: `${PUBLIC}/preferences/{token}`,
  tags,
  summary: "The preference centre, without signing in",
  request: { params: Token },
  responses: { 200: { description: "A page", ...html } },
});

const useCentre = defineRoute({
  permission: "link",
  method: "post",
  path: `${PUBLIC}/preferences/{token}`,
  tags,
  summary: "Change one cell in the preference centre",
  request: { params: Token },
  responses: { 200: { description: "A page", ...html } },
});

export function preferenceRoutes(deps: Deps): Api {
  const api = createApi();

  api.openapi(ownMatrix, async (c) => {
    const { organizationId, userId: recipientId } = signedIn(c);
    const items = await preferences.matrix(deps, { organizationId, recipientId });
    return reply(c, 200, Matrix, { items });
  });

  api.openapi(ownChoice, async (c) => {
    const actor = signedIn(c);
    const whose = { organizationId: actor.organizationId, recipientId: actor.userId };
    const choice = { ...c.req.valid("json"), source: "own" };
    const said = { actor, requestId: c.get("requestId") };
    return reply(c, 200, Cell, await preferences.choose(deps, whose, choice, said));
  });

  const auditOf = async (
    actor: ReturnType<typeof signedIn>,
    action: string,
    id: string,
    requestId: string,
  ) => {
    const { organizationId } = actor;
    const subject = { type: "recipient", id };
    await deps.auditRead({ actor, organizationId, action, subject, requestId });
  };

  const mustKnow = ({ organizationId, recipientId }: Whose) =>
    read(
      deps.sql,
      { organizationId },
      (tx) => recipients.mustKnow(tx, organizationId, recipientId),
    );

  api.openapi(matrixOf, async (c) => {
    const actor = signedIn(c);
    const { id } = c.req.valid("param");
    const whose = { organizationId: actor.organizationId, recipientId: id };
    await mustKnow(whose);
    const items = await preferences.matrix(deps, whose);
    await auditOf(actor, "preferences.read", id, c.get("requestId"));
    return reply(c, 200, Matrix, { items });
  });

  api.openapi(choiceOf, async (c) => {
    const actor = signedIn(c);
    const { id: recipientId } = c.req.valid("param");
    const choice = { ...c.req.valid("json"), source: "staff" };
    const whose = { organizationId: actor.organizationId, recipientId };
    await mustKnow(whose);
    const said = { actor, requestId: c.get("requestId") };
    return reply(c, 200, Cell, await preferences.choose(deps, whose, choice, said));
  });

  api.openapi(giveLink, async (c) => {
    const request = { requestId: c.get("requestId") };
    const { id } = c.req.valid("param");
    const link = await preferences.giveLink(deps, signedIn(c), id, request);
    return reply(c, 201, CentreLink, link, { "cache-control": "no-store" });
  });

  api.openapi(listConsents, async (c) => {
    const actor = signedIn(c);
    const { id } = c.req.valid("param");
    const { limit, cursor } = c.req.valid("query");
    const [before] = readCursor(cursor, z.tuple([z.uuid()])) ?? [];
    const whose = { organizationId: actor.organizationId, recipientId: id };
    await mustKnow(whose);
    const rows = await preferences.listConsents(deps, whose, { before, limit: limit + 1 });
    await auditOf(actor, "consents.read", id, c.get("requestId"));
    return reply(c, 200, ConsentPage, toPage(rows, limit, (row) => [row.id]));
  });

  api.openapi(addConsent, async (c) => {
    const actor = signedIn(c);
    const whose = {
      organizationId: actor.organizationId,
      recipientId: c.req.valid("param").id,
    };
    await mustKnow(whose);
    const said = { actor, requestId: c.get("requestId") };
    const consent = await preferences.addConsent(deps, whose, c.req.valid("json"), said);
    return reply(c, 201, Consent, consent);
  });

  api.openapi(askUnsubscribe, (c) => {
    const { category } = preferences.readLink(deps, "unsubscribe", c.req.valid("param").token);
    return stream(askPage(category ?? ""), 200, PAGE_HEADERS);
  });

  api.openapi(unsubscribe, async (c) => {
    const link = preferences.readLink(deps, "unsubscribe", c.req.valid("param").token);
    // Whatever the body says: the POST is the wish.
    await readBody(c.req.raw, FORM_BYTES_MAX);
    await preferences.unsubscribe(deps, link, { requestId: c.get("requestId") });
    return stream(donePage(), 200, PAGE_HEADERS);
  });

  api.openapi(showCentre, async (c) => {
    const link = preferences.readLink(deps, "preferences", c.req.valid("param").token);
    return stream(centrePage(await preferences.matrix(deps, link)), 200, PAGE_HEADERS);
  });

  api.openapi(useCentre, async (c) => {
    const link = preferences.readLink(deps, "preferences", c.req.valid("param").token);
    const text = new TextDecoder().decode(await readBody(c.req.raw, FORM_BYTES_MAX));
    const form = Form.safeParse(Object.fromEntries(new URLSearchParams(text)));
    if (!form.success) throw common("invalid-request");
    const { isAllowed, ...at } = form.data;
    const choice = { ...at, isAllowed: isAllowed === "true", source: "preference centre" };
    const actor = { kind: "anonymous" } as const;
    await preferences.choose(deps, link, choice, { actor, requestId: c.get("requestId") });
    return stream(centrePage(await preferences.matrix(deps, link)), 200, PAGE_HEADERS);
  });

  return api;
}
