/** Firebase Cloud Messaging, HTTP v1: https://firebase.google.com/docs/cloud-messaging/send/v1-api */
import { importPKCS8, SignJWT } from "jose";
import { z } from "zod";
import { call, isResult, resultOfStatus, textAt } from "./http.ts";
import type { Account, Calls, Provider, Result } from "./model.ts";

const SCOPE = "https://www.googleapis.com/auth/firebase.messaging";
const GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer";
const ASSERTION_SECONDS = 600;
/** A token is replaced this long before it ends. */
const MARGIN_SECONDS = 120;

const Token = z.object({ access_token: z.string(), expires_in: z.number() });
const Failure = z.object({
  error: z.object({
    details: z.array(z.looseObject({ errorCode: z.string().optional() })).optional(),
  }),
});

const tokens = new Map<string, { token: string; endsAt: number }>();

// The address in a service account's file is not believed: it could be anybody's.
/** RFC 7523: a signed statement of who we are, for a token good for an hour. */
async function accessToken(
  { tokenUrl: url, timeoutMs, now }: Calls,
  account: Account,
): Promise<string | Result> {
  const { id, settings, secrets } = account;
  // A rotated key must not go on under the old one's token.
  const name = `${id} ${settings.clientEmail} ${secrets.privateKey?.slice(-80)}`;
  const seconds = now().getTime() / 1000;
  const known = tokens.get(name);
  if (known && known.endsAt > seconds + MARGIN_SECONDS) return known.token;
  let assertion: string;
  try {
    const key = await importPKCS8(secrets.privateKey!, "RS256");
    assertion = await new SignJWT({ scope: SCOPE })
      .setProtectedHeader({ alg: "RS256", typ: "JWT" })
      .setIssuer(settings.clientEmail!)
      .setAudience(url)
      .setIssuedAt(Math.floor(seconds))
      .setExpirationTime(Math.floor(seconds) + ASSERTION_SECONDS)
      .sign(key);
  } catch {
    return { outcome: "config", detail: "the private key is no key" };
  }
  const body = new URLSearchParams({ grant_type: GRANT, assertion });
  const answer = await call(url, { method: "POST", body }, timeoutMs);
  // Nothing has been said to anybody yet.
  if (isResult(answer)) return { outcome: "transient", detail: "no token" };
  if (answer.status === 400) return { outcome: "config", detail: "no token" };
  const token = answer.status === 200 ? Token.safeParse(JSON.parse(answer.text)) : undefined;
  if (!token?.success) return resultOfStatus(answer, now());
  const { access_token, expires_in } = token.data;
  tokens.set(name, { token: access_token, endsAt: seconds + expires_in });
  return access_token;
}

function codeOf(text: string): string | undefined {
  try {
    const { error } = Failure.parse(JSON.parse(text));
    return error.details?.find(({ errorCode }) => errorCode !== undefined)?.errorCode;
  } catch {
    return undefined;
  }
}

export const fcm: Provider = {
  channel: "push",
  // Sent again: `collapse_key` and `data.delivery_id` let the device drop the copy.
  settlement: "repeat",
  levelMax: 0,
  settings: z.strictObject({
    projectId: z.string().regex(/^[a-z][a-z0-9-]{4,29}$/),
    clientEmail: z.email().max(254),
  }),
  secrets: z.strictObject({ privateKey: z.string().min(100).max(5_000) }),
  async send(calls, account, { deliveryId, to, content }) {
    const token = await accessToken(calls, account);
    if (typeof token !== "string") return token;
    const { projectId } = account.settings;
    const url = `${calls.baseUrlOf("fcm", account.region)}/v1/projects/${projectId}/messages:send`;
    const answer = await call(url, {
      method: "POST",
      body: JSON.stringify({
        message: {
          token: to,
          notification: { title: content.subject, body: content.text },
          data: { delivery_id: deliveryId },
          android: { collapse_key: deliveryId },
          apns: { headers: { "apns-collapse-id": deliveryId } },
        },
      }),
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    }, calls.timeoutMs);
    if (isResult(answer)) return answer;
    const name = answer.status === 200 ? textAt(answer.text, "name") : undefined;
    if (name !== undefined) return { outcome: "accepted", providerMessageId: name };
    const code = codeOf(answer.text);
    if (code === "UNREGISTERED") {
      return { outcome: "permanent", detail: code, isAddressBad: true };
    }
    return resultOfStatus(answer, calls.now());
  },
};
