/** Twilio's Programmable Messaging: https://www.twilio.com/docs/messaging/api/message-resource */
import { z } from "zod";
import { basic, call, isResult, resultOfStatus, textAt } from "./http.ts";
import type { Account, Calls, Provider } from "./model.ts";

/** https://www.twilio.com/docs/api/errors: the number said STOP. */
const OPTED_OUT = "21610";
/** Not a number, not reachable, a landline. */
const BAD_NUMBERS: ReadonlySet<string> = new Set(["21211", "21214", "21217", "21612", "21614"]);

const Listed = z.object({
  messages: z.array(z.object({
    sid: z.string(),
    to: z.string(),
    body: z.string(),
    date_created: z.string(),
  })),
});

const messagesUrl = ({ baseUrlOf }: Calls, { settings, region }: Account) =>
  `${baseUrlOf("twilio", region)}/2010-04-01/Accounts/${settings.accountSid}/Messages.json`;

const authorizationOf = ({ settings, secrets }: Account) =>
  basic(settings.accountSid!, secrets.authToken!);

export const twilio: Provider = {
  channel: "sms",
  // POST is not idempotent; callbacks and the list of messages tell what became of it.
  settlement: "look-up",
  levelMax: 2,
  settings: z.strictObject({
    accountSid: z.string().regex(/^AC[0-9a-f]{32}$/i),
    from: z.string().regex(/^(\+[1-9]\d{6,14}|MG[0-9a-f]{32}|[A-Za-z0-9 ]{1,11})$/i),
  }),
  secrets: z.strictObject({ authToken: z.string().min(8).max(200) }),
  async send(calls, account, { to, content, callbackUrl }) {
    const { from } = account.settings;
    const body = new URLSearchParams({
      To: to,
      Body: content.text,
      StatusCallback: callbackUrl,
      ...(from!.startsWith("MG") ? { MessagingServiceSid: from! } : { From: from! }),
    });
    const answer = await call(messagesUrl(calls, account), {
      method: "POST",
      body,
      headers: { authorization: authorizationOf(account) },
    }, calls.timeoutMs);
    if (isResult(answer)) return answer;
    const sid = answer.status === 201 ? textAt(answer.text, "sid") : undefined;
    if (sid !== undefined) return { outcome: "accepted", providerMessageId: sid };
    const code = textAt(answer.text, "code");
    if (code === OPTED_OUT) return { outcome: "permanent", detail: code, isOptedOut: true };
    if (code !== undefined && BAD_NUMBERS.has(code)) {
      return { outcome: "permanent", detail: code, isAddressBad: true };
    }
    return resultOfStatus(answer, calls.now());
  },
  async lookUp(calls, account, { to, content }, since, isKnown) {
    const query = new URLSearchParams({
      To: to,
      "DateSent>": since.toISOString().slice(0, 10),
      PageSize: "50",
    });
    const answer = await call(`${messagesUrl(calls, account)}?${query}`, {
      headers: { authorization: authorizationOf(account) },
    }, calls.timeoutMs);
    if (isResult(answer) || answer.status !== 200) throw new Error("twilio did not list messages");
    const { messages } = Listed.parse(JSON.parse(answer.text));
    // Twilio's clock and ours differ a little, and it tells whole seconds.
    const from = since.getTime() - 5_000;
    for (const { sid, body, date_created } of messages) {
      const isOurs = body === content.text && Date.parse(date_created) >= from;
      if (isOurs && !await isKnown(sid)) return sid;
    }
    return undefined;
  },
};
