/** OVHcloud SMS: https://api.ovh.com/console/?section=%2Fsms */
import { createHash } from "node:crypto";
import { z } from "zod";
import { type Answer, call, isResult, resultOfStatus } from "./http.ts";
import type { Account, Calls, Inbound, Provider, Result } from "./model.ts";

const Sent = z.object({
  ids: z.array(z.union([z.number(), z.string()])),
  validReceivers: z.array(z.string()),
  invalidReceivers: z.array(z.string()),
});
const Incoming = z.looseObject({ sender: z.string().max(40), message: z.string().max(5_000) });
const Outgone = z.looseObject({
  receiver: z.string().max(40),
  sentAt: z.string().nullish(),
  deliveredAt: z.string().nullish(),
});
/** At once; the rest when these have been taken in. */
const INBOUND_MAX = 100;

/** OVH writes 0033… where everybody else writes +33… */
const internationalOf = (number: string) => number.replace(/^00/, "+");

const Ids = z.array(z.union([z.number(), z.string()]));

/** Minutes after which a text that could not be handed over is dropped. */
const VALIDITY_MINUTES = 1_440;

/** `$1$` and the SHA-1 of both secrets, the call and the time, as OVH's first API guide says. */
export function signOvh(
  { applicationSecret, consumerKey, method, url, body, timestamp }: {
    applicationSecret: string;
    consumerKey: string;
    method: string;
    url: string;
    body: string;
    timestamp: number;
  },
): string {
  const text = [applicationSecret, consumerKey, method, url, body, timestamp].join("+");
  return "$1$" + createHash("sha1").update(text).digest("hex");
}

async function callOvh(
  { baseUrlOf, timeoutMs }: Calls,
  { settings, secrets, region }: Account,
  { method, path, body = "" }: { method: string; path: string; body?: string },
): Promise<Answer | Extract<Result, { outcome: "transient" | "ambiguous" }>> {
  const base = `${baseUrlOf("ovh", region)}/1.0`;
  const url = `${base}/sms/${settings.serviceName}${path}`;
  // Signatures hold for OVH's clock, not ours.
  const clock = await call(`${base}/auth/time`, {}, timeoutMs);
  if (isResult(clock)) return { outcome: "transient", detail: clock.detail };
  if (clock.status !== 200) return { outcome: "transient", detail: "no time" };
  const timestamp = Number(clock.text);
  const { applicationSecret, consumerKey } = secrets as Record<string, string>;
  return await call(url, {
    method,
    ...(body === "" ? {} : { body }),
    headers: {
      "content-type": "application/json",
      "x-ovh-application": settings.applicationKey!,
      "x-ovh-consumer": consumerKey!,
      "x-ovh-timestamp": String(timestamp),
      "x-ovh-signature": signOvh({
        applicationSecret: applicationSecret!,
        consumerKey: consumerKey!,
        method,
        url,
        body,
        timestamp,
      }),
    },
  }, timeoutMs);
}

export const ovh: Provider = {
  channel: "sms",
  // `tag` is a field of the job and a filter of what went out.
  settlement: "look-up",
  levelMax: 2,
  settings: z.strictObject({
    applicationKey: z.string().min(4).max(100),
    serviceName: z.string().regex(/^sms-[a-z0-9-]{3,40}$/),
    sender: z.string().regex(/^[A-Za-z0-9 ]{1,11}$/).optional().meta({
      description: "Without one a short number is the sender, to which people can write back.",
    }),
  }) as never,
  secrets: z.strictObject({
    applicationSecret: z.string().min(8).max(200),
    consumerKey: z.string().min(8).max(200),
  }),
  async send(calls, account, { deliveryId, to, content }) {
    const body = JSON.stringify({
      message: content.text,
      receivers: [to],
      // Only a short number can be written back to.
      ...(account.settings.sender === undefined
        ? { senderForResponse: true }
        : { sender: account.settings.sender }),
      // Says that this is no advertising.
      noStopClause: true,
      tag: deliveryId,
      validityPeriod: VALIDITY_MINUTES,
    });
    const answer = await callOvh(calls, account, { method: "POST", path: "/jobs", body });
    if (isResult(answer)) return answer;
    if (answer.status !== 200) return resultOfStatus(answer, calls.now());
    const sent = Sent.safeParse(jsonOf(answer.text));
    if (!sent.success) return { outcome: "ambiguous", detail: "an answer without a result" };
    if (sent.data.invalidReceivers.length > 0 || sent.data.validReceivers.length === 0) {
      return { outcome: "permanent", detail: "invalid receiver", isAddressBad: true };
    }
    const id = sent.data.ids[0];
    return id === undefined
      ? { outcome: "ambiguous", detail: "an answer without an id" }
      : { outcome: "accepted", providerMessageId: String(id) };
  },
  async lookUp(calls, account, { deliveryId }) {
    const [id] = await ask(calls, account, { path: `/outgoing?tag=${deliveryId}`, shape: Ids });
    return id === undefined ? undefined : String(id);
  },
  async listInbound(calls, account) {
    const ids = await ask(calls, account, { path: "/incoming", shape: Ids });
    const oldest = ids.map(Number).sort((a, b) => a - b).slice(0, INBOUND_MAX);
    const inbound: Inbound[] = [];
    for (const id of oldest) {
      const { sender, message } = await ask(calls, account, {
        path: `/incoming/${id}`,
        shape: Incoming,
      });
      inbound.push({ messageId: String(id), from: internationalOf(sender), text: message });
    }
    return inbound;
  },
  async forgetInbound(calls, account, messageId) {
    const path = `/incoming/${encodeURIComponent(messageId)}`;
    const answer = await callOvh(calls, account, { method: "DELETE", path });
    if (isResult(answer) || answer.status >= 300) throw new Error("ovh did not forget a message");
  },
  async findStanding(calls, account, providerMessageId) {
    const path = `/outgoing/${encodeURIComponent(providerMessageId)}`;
    const { receiver, sentAt, deliveredAt } = await ask(calls, account, { path, shape: Outgone });
    const at = deliveredAt ?? sentAt;
    if (!at) return undefined;
    const date = new Date(at);
    return {
      type: deliveredAt ? "delivered" : "sent",
      to: internationalOf(receiver),
      at: Number.isNaN(date.getTime()) ? undefined : date,
    };
  },
};

/** @throws when OVH does not answer with what was asked for. */
async function ask<T>(
  calls: Calls,
  account: Account,
  { path, shape }: { path: string; shape: z.ZodType<T> },
): Promise<T> {
  const answer = await callOvh(calls, account, { method: "GET", path });
  if (isResult(answer) || answer.status !== 200) throw new Error("ovh did not answer");
  return shape.parse(JSON.parse(answer.text));
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
