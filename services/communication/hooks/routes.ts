/** Where providers call: raw bytes, size and signature first, then everything else. */
import { z } from "@hono/zod-openapi";
import { signedIn } from "@praxis/shared/auth";
import {
  type Api,
  createApi,
  defineRoute,
  empty,
  Page,
  PageQuery,
  readBody,
  readCursor,
  reply,
  stream,
  toPage,
} from "@praxis/shared/http";
import { common } from "@praxis/shared/problem";
import { findKnown, isHint, type KnownAccount } from "../accounts/accounts.ts";
import type { Deps } from "../deps.ts";
import type { ProviderName } from "../providers/model.ts";
import {
  isSignedByMailgun,
  isSignedBySendgrid,
  isSignedByStandard,
  isSignedByTwilio,
} from "../providers/providers.ts";
import * as hooks from "./hooks.ts";
import {
  MailgunHook,
  readMailgun,
  readResend,
  readSendgrid,
  readTwilio,
  type Report,
} from "./model.ts";
import { twiml } from "./replies.ts";

/** Providers send batches of at most some hundred kilobytes. */
const BODY_BYTES_MAX = 1024 * 1024;
const PATH = "/hooks";

const ById = z.object({ account: z.string().max(60) });
const tags = ["webhooks of providers"];
const done = { 204: { description: "Taken, now or before" } };

const hookAt = <P extends string>(path: P, summary: string) =>
  defineRoute({
    permission: "signature",
    method: "post",
    path,
    tags,
    summary,
    request: { params: ById },
    responses: done,
  });

const resendHook = hookAt(`${PATH}/resend/{account}`, "Resend tells of its letters");
const sendgridHook = hookAt(`${PATH}/sendgrid/{account}`, "SendGrid tells of its letters");
const mailgunHook = hookAt(`${PATH}/mailgun/{account}`, "Mailgun tells of its letters");
const twilioStatus = hookAt(`${PATH}/twilio/{account}/status`, "Twilio tells of its messages");
const twilioInbound = defineRoute({
  permission: "signature",
  method: "post",
  path: `${PATH}/twilio/{account}/inbound`,
  tags,
  summary: "Somebody has written back to a number at Twilio",
  request: { params: ById },
  responses: {
    200: { description: "TwiML", content: { "text/xml": { schema: z.string() } } },
  },
});

const ByToken = ById.extend({ token: z.string().max(60) });
/** Of a status callback: the message it is about. Everything else in it is looked up. */
const Hint = z.object({ id: z.string().max(100).optional() });

const hintAt = <M extends "get" | "post">(method: M) =>
  defineRoute({
    permission: "signature",
    method,
    path: `${PATH}/ovh/{account}/{token}`,
    tags,
    summary: "OVH says that something has happened; what it was is asked of it",
    request: { params: ByToken, query: Hint },
    responses: done,
  });
const ovhCalled = hintAt("get");
const ovhPosted = hintAt("post");

const Reply = z.object({
  id: z.uuid(),
  kind: z.string(),
  text: z.string(),
  deliveryId: z.uuid().nullable(),
  receivedAt: z.iso.datetime(),
}).openapi("Reply");
const ReplyPage = Page(Reply).openapi("ReplyPage");

const listReplies = defineRoute({
  permission: "messages:read",
  method: "get",
  path: "/api/communication/replies",
  tags: ["deliveries"],
  summary: "What people wrote back, newest first (audited)",
  request: { query: PageQuery },
  responses: { 200: { description: "OK", content: { "application/json": { schema: ReplyPage } } } },
});

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** A stranger learns nothing: not which account there is, nor why they were refused. */
const refused = () => common("not-signed-in", { detail: "The signature is not valid." });

/** Mailgun signs within its body. */
const hasSignature = (provider: ProviderName, headers: Headers): boolean => {
  const has = (...names: string[]) =>
    names.every((name) => /^[\x21-\x7e ]{1,2000}$/.test(headers.get(name) ?? ""));
  switch (provider) {
    case "resend":
      return has("svix-id", "svix-timestamp", "svix-signature") ||
        has("webhook-id", "webhook-timestamp", "webhook-signature");
    case "sendgrid":
      return has(
        "x-twilio-email-event-webhook-signature",
        "x-twilio-email-event-webhook-timestamp",
      );
    case "twilio":
      return has("x-twilio-signature");
    default:
      return true;
  }
};

type Received = { account: KnownAccount; body: Uint8Array; headers: Headers };

export function hookRoutes(deps: Deps): Api {
  const api = createApi();

  /** What cannot be genuine costs neither a body nor a look-up. */
  async function receive(request: Request, id: string, provider: ProviderName): Promise<Received> {
    if (!UUID.test(id) || !hasSignature(provider, request.headers)) throw refused();
    const body = await readBody(request, BODY_BYTES_MAX);
    const account = await findKnown(deps, id);
    if (account?.provider !== provider) throw refused();
    return { account, body, headers: request.headers };
  }

  /** Only after the signature: what its owner has signed and nobody can read is a 400. */
  function readAs(read: () => Report[]): Report[] {
    try {
      return read();
    } catch {
      throw common("malformed");
    }
  }

  const parse = (body: Uint8Array): unknown =>
    JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body));

  api.openapi(resendHook, async (c) => {
    const { account, body, headers } = await receive(
      c.req.raw,
      c.req.valid("param").account,
      "resend",
    );
    const secret = account.secrets.webhookSecret;
    const now = deps.now();
    if (!secret || !isSignedByStandard({ secret, headers, body, now })) throw refused();
    const eventId = headers.get("svix-id") ?? headers.get("webhook-id") ?? "";
    await hooks.takeReports(deps, account, readAs(() => readResend(parse(body), eventId, now)));
    return empty();
  });

  api.openapi(sendgridHook, async (c) => {
    const { account, body, headers } = await receive(
      c.req.raw,
      c.req.valid("param").account,
      "sendgrid",
    );
    const publicKey = account.secrets.webhookPublicKey;
    const now = deps.now();
    if (!publicKey || !isSignedBySendgrid({ publicKey, headers, body, now })) throw refused();
    await hooks.takeReports(deps, account, readAs(() => readSendgrid(parse(body), now)));
    return empty();
  });

  api.openapi(mailgunHook, async (c) => {
    const { account, body } = await receive(c.req.raw, c.req.valid("param").account, "mailgun");
    const signingKey = account.secrets.signingKey;
    const now = deps.now();
    let hook: z.output<typeof MailgunHook>;
    try {
      hook = MailgunHook.parse(parse(body));
    } catch {
      throw refused();
    }
    const { signature } = hook;
    if (!signingKey || !isSignedByMailgun({ signingKey, signature, now })) throw refused();
    const reports = readAs(() => readMailgun(hook, now));
    await hooks.takeOnce(deps, account, signature.token, reports);
    return empty();
  });

  async function receiveTwilio(request: Request, id: string) {
    const { account, body, headers } = await receive(request, id, "twilio");
    const form = new URLSearchParams(new TextDecoder().decode(body));
    const { pathname, search } = new URL(request.url);
    // Twilio signs the address that it was given, whatever stands between it and us.
    const url = `${deps.publicUrl}${pathname}${search}`;
    const authToken = account.secrets.authToken!;
    const signature = headers.get("x-twilio-signature");
    if (!isSignedByTwilio({ authToken, url, form, signature })) throw refused();
    return { account, form };
  }

  api.openapi(twilioStatus, async (c) => {
    const { account, form } = await receiveTwilio(c.req.raw, c.req.valid("param").account);
    const reports = readTwilio(form, c.req.query("delivery"), deps.now());
    await hooks.takeReports(deps, account, reports);
    return empty();
  });

  api.openapi(twilioInbound, async (c) => {
    const { account, form } = await receiveTwilio(c.req.raw, c.req.valid("param").account);
    const [messageId, from] = [form.get("MessageSid"), form.get("From")];
    if (!messageId || !from) throw common("malformed");
    const inbound = { messageId, from, text: form.get("Body") ?? "" };
    const answer = await hooks.takeInbound(deps, account, inbound);
    return stream(twiml(answer), 200, { "content-type": "text/xml; charset=utf-8" });
  });

  const takeHint = async (id: string, token: string, messageId: string | undefined) => {
    const isOurs = UUID.test(id) && isHint(deps, id, token);
    const account = isOurs ? await findKnown(deps, id) : undefined;
    if (account?.provider !== "ovh") throw refused();
    const isId = messageId !== undefined && /^\d{1,20}$/.test(messageId);
    await hooks.takeHint(deps, account, isId ? messageId : undefined);
    return empty();
  };

  api.openapi(ovhCalled, async (c) => {
    const { account, token } = c.req.valid("param");
    return await takeHint(account, token, c.req.valid("query").id);
  });

  api.openapi(ovhPosted, async (c) => {
    const { account, token } = c.req.valid("param");
    return await takeHint(account, token, c.req.valid("query").id);
  });

  api.openapi(listReplies, async (c) => {
    const actor = signedIn(c);
    const { organizationId } = actor;
    const { limit, cursor } = c.req.valid("query");
    const [before] = readCursor(cursor, z.tuple([z.uuid()])) ?? [];
    const rows = await hooks.listReplies(deps, organizationId, { before, limit: limit + 1 });
    await deps.auditRead({
      actor,
      organizationId,
      action: "replies.read",
      subject: { type: "reply" },
      requestId: c.get("requestId"),
    });
    return reply(c, 200, ReplyPage, toPage(rows, limit, ({ id }) => [id]));
  });

  return api;
}
