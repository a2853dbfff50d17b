/** Resend, SendGrid and Mailgun as their clients see them, by their published references. */
import { createHmac } from "node:crypto";
import { z } from "zod";
import { answer, type Simulator, type TakenMessage } from "./model.ts";

const bearerOf = (headers: Headers) => headers.get("authorization")?.match(/^Bearer (.{8,})$/)?.[1];

const one = (value: unknown): string => Array.isArray(value) ? String(value[0]) : String(value);

const ResendMail = z.looseObject({
  from: z.string(),
  to: z.union([z.string(), z.array(z.string()).min(1).max(50)]),
  subject: z.string(),
  text: z.string().optional(),
  html: z.string().optional(),
  headers: z.record(z.string(), z.string()).optional(),
});

const resendProblem = (statusCode: number, name: string, message: string) =>
  answer(statusCode, { statusCode, name, message });

/** Keeps each key's answer, as Resend does for a day. */
export function createResend(): Simulator {
  const known = new Map<string, { body: string; id: string }>();
  return (simulation, { method, path, headers, body }) => {
    const key = bearerOf(headers);
    if (!key) return resendProblem(401, "missing_api_key", "Missing API key");
    if (method !== "POST" || path !== "/emails") {
      return resendProblem(404, "not_found", "Not found");
    }
    const mail = ResendMail.safeParse(JSON.parse(body));
    if (!mail.success) return resendProblem(422, "validation_error", "Invalid fields");
    const { from, to, subject, text = "", html } = mail.data;
    if (!/^[^\s@,<>]+@[^\s@,<>]+$/.test(one(to))) {
      return resendProblem(422, "validation_error", "Invalid `to` field");
    }
    const given = headers.get("idempotency-key");
    const idempotencyKey = given && `${key} ${given}`;
    const before = idempotencyKey && known.get(idempotencyKey);
    if (before) {
      return before.body === body
        ? answer(200, { id: before.id })
        : resendProblem(409, "invalid_idempotent_request", "Key used with another payload");
    }
    const { id } = simulation.take({
      provider: "resend",
      channel: "email",
      from,
      to: one(to),
      subject,
      text,
      ...(html === undefined ? {} : { html }),
      headers: mail.data.headers ?? {},
    });
    if (idempotencyKey) known.set(idempotencyKey, { body, id });
    return answer(200, { id });
  };
}

const SendgridMail = z.looseObject({
  from: z.object({ email: z.string() }),
  subject: z.string().optional(),
  personalizations: z.array(z.looseObject({ to: z.array(z.looseObject({ email: z.string() })) }))
    .min(1),
  content: z.array(z.object({ type: z.string(), value: z.string() })).min(1),
  custom_args: z.record(z.string(), z.string()).optional(),
  headers: z.record(z.string(), z.string()).optional(),
});

export const sendgrid: Simulator = (simulation, { method, path, headers, body }) => {
  const refuse = (status: number, message: string) => answer(status, { errors: [{ message }] });
  if (!bearerOf(headers)) return refuse(401, "Permission denied");
  if (method !== "POST" || path !== "/v3/mail/send") return refuse(404, "not found");
  const mail = SendgridMail.safeParse(JSON.parse(body));
  if (!mail.success) return refuse(400, "Bad Request");
  const { from, subject = "", personalizations, content, custom_args = {} } = mail.data;
  const html = content.find(({ type }) => type === "text/html")?.value;
  const { id } = simulation.take({
    provider: "sendgrid",
    channel: "email",
    from: from.email,
    to: personalizations[0]!.to[0]!.email,
    subject,
    text: content.find(({ type }) => type === "text/plain")?.value ?? "",
    ...(html === undefined ? {} : { html }),
    headers: { ...mail.data.headers, ...custom_args },
  });
  return answer(202, undefined, { "x-message-id": id });
};

async function formOf(headers: Headers, body: string): Promise<FormData> {
  return await new Response(body, {
    headers: { "content-type": headers.get("content-type") ?? "" },
  }).formData();
}

export const mailgun: Simulator = async (
  simulation,
  { method, path, query, headers, body },
) => {
  if (!headers.get("authorization")?.startsWith("Basic ")) {
    return new Response("Forbidden", { status: 401 });
  }
  if (method === "GET" && /^\/v3\/[^/]+\/events$/.test(path)) {
    const wanted = query.get("message-id");
    const found = simulation.taken.filter((message) =>
      message.provider === "mailgun" && message.headers["Message-Id"] === wanted
    );
    return answer(200, {
      items: found.map((message) => ({
        event: "accepted",
        message: { headers: { "message-id": message.headers["Message-Id"] } },
      })),
    });
  }
  if (method !== "POST" || !/^\/v3\/[^/]+\/messages$/.test(path)) {
    return answer(404, { message: "Not found" });
  }
  const form = await formOf(headers, body);
  const field = (name: string) => {
    const value = form.get(name);
    return typeof value === "string" ? value : undefined;
  };
  const [from, to, text = "", html] = [field("from"), field("to"), field("text"), field("html")];
  if (!from || !to) return answer(400, { message: "from and to parameters are required" });
  const messageId = field("h:Message-Id")?.replace(/^<|>$/g, "") ??
    `${crypto.randomUUID()}@mailgun.test`;
  const own = [...form.keys()].filter((name) => /^[hv]:/.test(name))
    .map((name) => [name.slice(2), String(form.get(name))]);
  simulation.take({
    provider: "mailgun",
    channel: "email",
    from,
    to,
    subject: field("subject") ?? "",
    text,
    ...(html === undefined ? {} : { html }),
    headers: { ...Object.fromEntries(own), "Message-Id": messageId },
  });
  return answer(200, { id: `<${messageId}>`, message: "Queued. Thank you." });
};

/** The `signature` part of a webhook of Mailgun. */
export function mailgunSignature(signingKey: string, now: Date, token: string) {
  const timestamp = String(Math.floor(now.getTime() / 1000));
  const signature = createHmac("sha256", signingKey).update(timestamp + token).digest("hex");
  return { timestamp, token, signature };
}

export type { TakenMessage };
