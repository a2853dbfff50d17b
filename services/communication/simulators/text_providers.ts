/** Twilio and OVH as their clients see them, by their published references. */
import { createHash, createHmac } from "node:crypto";
import { z } from "zod";
import { answer, type Simulation, type Simulator } from "./model.ts";

const MESSAGES = /^\/2010-04-01\/Accounts\/(AC[0-9a-f]{32})\/Messages\.json$/i;

/** Numbers that Twilio's own test credentials know, and one that has said STOP. */
const INVALID = "+15005550001";
const OPTED_OUT = "+15005550004";

const problem = (status: number, code: number, message: string) =>
  answer(status, {
    code,
    message,
    status,
    more_info: `https://www.twilio.com/docs/errors/${code}`,
  });

/** Written apart from the adapter's: two readings of the same page. */
export function twilioSignature(
  token: string,
  url: string,
  fields: Record<string, string>,
): string {
  const text = Object.keys(fields).sort().reduce((all, name) => all + name + fields[name], url);
  return createHmac("sha1", token).update(text, "utf8").digest("base64");
}

export const twilio: Simulator = (simulation, { method, path, query, headers, body }) => {
  const [, accountSid] = path.match(MESSAGES) ?? [];
  const credentials = headers.get("authorization")?.match(/^Basic (.+)$/)?.[1];
  if (!accountSid) return problem(404, 20404, "The requested resource was not found");
  const [user, token] = credentials ? atob(credentials).split(":") : [];
  if (!token || user !== accountSid) return problem(401, 20003, "Authenticate");
  if (method === "GET") {
    const found = simulation.taken.filter((message) =>
      message.provider === "twilio" && (!query.get("To") || message.to === query.get("To"))
    );
    return answer(200, {
      messages: found.map(({ id, to, from, text, at }) => ({
        sid: id,
        to,
        from,
        body: text,
        date_created: new Date(at).toUTCString().replace("GMT", "+0000"),
        status: "sent",
      })),
    });
  }
  const form = new URLSearchParams(body);
  const [to, text] = [form.get("To") ?? "", form.get("Body") ?? ""];
  const from = form.get("From") ?? form.get("MessagingServiceSid");
  if (!/^\+[1-9]\d{6,14}$/.test(to) || to === INVALID) {
    return problem(400, 21211, "Invalid 'To' Phone Number");
  }
  if (!from) return problem(400, 21603, "A 'From' phone number is required");
  if (to === OPTED_OUT) return problem(400, 21610, "Attempt to send to unsubscribed recipient");
  const id = "SM" + crypto.randomUUID().replaceAll("-", "");
  simulation.take({
    id,
    provider: "twilio",
    channel: "sms",
    from,
    to,
    subject: "",
    text,
    headers: {},
  });
  const callback = form.get("StatusCallback");
  if (callback) {
    for (const status of ["sent", "delivered"]) {
      const fields = {
        MessageSid: id,
        MessageStatus: status,
        AccountSid: accountSid,
        To: to,
        From: from,
      };
      simulation.callBack(callback, {
        body: new URLSearchParams(fields).toString(),
        headers: {
          "content-type": "application/x-www-form-urlencoded",
          "x-twilio-signature": twilioSignature(token, callback, fields),
        },
      });
    }
  }
  return answer(201, { sid: id, status: "queued", to, from, body: text, account_sid: accountSid });
};

const Job = z.looseObject({
  message: z.string(),
  receivers: z.array(z.string()).min(1),
  sender: z.string().optional(),
  tag: z.string().optional(),
});

function incoming(
  { inbound }: Pick<Simulation, "inbound">,
  { method, id, sender }: { method: string; id: string | undefined; sender: string | null },
): Response {
  const senderOf = ({ from }: typeof inbound[number]) => from.replace(/^\+/, "00");
  if (id === undefined) {
    const found = inbound.filter((one) => sender === null || senderOf(one) === sender);
    return answer(200, found.map((one) => one.id));
  }
  const at = inbound.findIndex((one) => one.id === Number(id));
  if (at < 0) return answer(404, { message: "The requested object does not exist" });
  const one = inbound[at]!;
  if (method === "DELETE") {
    inbound.splice(at, 1);
    return answer(200, null);
  }
  const { text: message, at: creationDatetime } = one;
  const head = { id: one.id, sender: senderOf(one), creationDatetime };
  return answer(200, { ...head, message, credits: 0, tag: "" });
}

export const ovh: Simulator = (simulation, { method, path, query, headers, body }) => {
  const seconds = Math.floor(simulation.now().getTime() / 1000);
  if (path === "/1.0/auth/time") return answer(200, seconds);
  const application = headers.get("x-ovh-application") ?? "";
  const timestamp = headers.get("x-ovh-timestamp") ?? "";
  const signature = headers.get("x-ovh-signature") ?? "";
  const url = headers.get("x-simulated-url") ?? "";
  const secret = simulation.secretOf("ovh", application);
  const signed = [secret, headers.get("x-ovh-consumer"), method, url, body, timestamp].join("+");
  const expected = `$1$${createHash("sha1").update(signed).digest("hex")}`;
  const isForged = secret === undefined
    ? !/^\$1\$[0-9a-f]{40}$/.test(signature)
    : signature !== expected;
  if (isForged || Math.abs(Number(timestamp) - seconds) > 30) {
    return answer(403, { class: "Client::Forbidden", message: "Invalid signature" });
  }
  const [, , rest] = path.match(/^\/1\.0\/sms\/([^/]+)(\/.+)$/) ?? [];
  if (method === "GET" && rest === "/outgoing") {
    const tag = query.get("tag");
    return answer(
      200,
      simulation.taken.filter((message) =>
        message.provider === "ovh" && (tag === null || message.headers.tag === tag)
      ).map(({ id }) => Number(id)),
    );
  }
  const [, kind, id] = rest?.match(/^\/(incoming|outgoing)(?:\/(\d+))?$/) ?? [];
  if (kind === "incoming") return incoming(simulation, { method, id, sender: query.get("sender") });
  if (kind === "outgoing" && method === "GET" && id !== undefined) {
    const sent = simulation.taken.find((one) => one.provider === "ovh" && one.id === id);
    if (!sent) return answer(404, { message: "The requested object does not exist" });
    const { to, at } = sent;
    const receiver = to.replace(/^\+/, "00");
    return answer(200, { id: Number(id), receiver, sentAt: at, deliveredAt: at, ptt: 1 });
  }
  if (method !== "POST" || rest !== "/jobs") return answer(404, { message: "Not found" });
  const job = Job.safeParse(JSON.parse(body));
  if (!job.success) return answer(400, { message: "Missing parameter(s)" });
  const { message, receivers, sender = "short code", tag = "" } = job.data;
  const isValid = (number: string) => /^(\+|00)[1-9]\d{6,14}$/.test(number) && number !== INVALID;
  const ids = receivers.filter(isValid).map((to) => {
    const id = String(simulation.taken.length + 1_000_000);
    simulation.take({
      id,
      provider: "ovh",
      channel: "sms",
      from: sender,
      to,
      subject: "",
      text: message,
      headers: { tag },
    });
    return Number(id);
  });
  return answer(200, {
    ids,
    creditsLeft: 1_000,
    totalCreditsRemoved: ids.length,
    validReceivers: receivers.filter(isValid),
    invalidReceivers: receivers.filter((number) => !isValid(number)),
  });
};
