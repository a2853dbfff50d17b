/** OVHcloud SMS: https://api.ovh.com/console/?section=%2Fsms */
import { createHash } from "node:crypto";
import { z } from "zod";
import { type Answer, call, isResult, resultOfStatus } from "./http.ts";
import type { Account, Calls, Provider, Result } from "./model.ts";

const Sent = z.object({
  ids: z.array(z.union([z.number(), z.string()])),
  validReceivers: z.array(z.string()),
  invalidReceivers: z.array(z.string()),
});
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
    sender: z.string().regex(/^[A-Za-z0-9 ]{1,11}$/),
  }),
  secrets: z.strictObject({
    applicationSecret: z.string().min(8).max(200),
    consumerKey: z.string().min(8).max(200),
  }),
  async send(calls, account, { deliveryId, to, content }) {
    const body = JSON.stringify({
      message: content.text,
      receivers: [to],
      sender: account.settings.sender,
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
    const path = `/outgoing?tag=${deliveryId}`;
    const answer = await callOvh(calls, account, { method: "GET", path });
    if (isResult(answer) || answer.status !== 200) throw new Error("ovh did not list messages");
    const [id] = Ids.parse(JSON.parse(answer.text));
    return id === undefined ? undefined : String(id);
  },
};

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
