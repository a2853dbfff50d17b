/** SendGrid v3: https://www.twilio.com/docs/sendgrid/api-reference/mail-send */
import { z } from "zod";
import { call, isResult, resultOfStatus } from "./http.ts";
import { mailHeaders } from "./mail.ts";
import type { Provider } from "./model.ts";

export const sendgrid: Provider = {
  channel: "email",
  // There is no key against doubles; `custom_args` come back in its events.
  settlement: "wait",
  // Its maker does not list it as fit for patient data.
  levelMax: 0,
  settings: z.strictObject({ from: z.email().max(254) }),
  secrets: z.strictObject({
    apiKey: z.string().min(8).max(200),
    webhookPublicKey: z.base64().max(400).optional(),
  }) as never,
  async send({ baseUrlOf, timeoutMs, now }, { settings, secrets, region }, outgoing) {
    const { deliveryId, to, content } = outgoing;
    const headers = mailHeaders(outgoing);
    const body = JSON.stringify({
      from: { email: settings.from },
      subject: content.subject,
      personalizations: [{ to: [{ email: to }] }],
      content: [
        { type: "text/plain", value: content.text },
        ...(content.html === undefined ? [] : [{ type: "text/html", value: content.html }]),
      ],
      custom_args: { delivery_id: deliveryId },
      ...(Object.keys(headers).length === 0 ? {} : { headers }),
    });
    const answer = await call(`${baseUrlOf("sendgrid", region)}/v3/mail/send`, {
      method: "POST",
      body,
      headers: {
        authorization: `Bearer ${secrets.apiKey}`,
        "content-type": "application/json",
      },
    }, timeoutMs);
    if (isResult(answer)) return answer;
    const id = answer.headers.get("x-message-id");
    return answer.status === 202 && id
      ? { outcome: "accepted", providerMessageId: id }
      : resultOfStatus(answer, now());
  },
};
