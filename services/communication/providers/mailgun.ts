/** Mailgun v3: https://documentation.mailgun.com/docs/mailgun/api-reference */
import { z } from "zod";
import { basic, call, isResult, resultOfStatus, textAt } from "./http.ts";
import { mailHeaders, messageIdOf } from "./mail.ts";
import type { Provider } from "./model.ts";

const Events = z.object({
  items: z.array(z.object({
    message: z.object({ headers: z.object({ "message-id": z.string() }) }),
  })),
});

export const mailgun: Provider = {
  channel: "email",
  // Its events are kept, and found by the Message-ID that we give.
  settlement: "look-up",
  levelMax: 2,
  settings: z.strictObject({
    from: z.string().min(3).max(254),
    domain: z.string().regex(/^[a-z0-9][a-z0-9.-]{1,250}$/i),
  }),
  secrets: z.strictObject({
    apiKey: z.string().min(8).max(200),
    signingKey: z.string().min(8).max(200).optional(),
  }) as never,
  async send({ baseUrlOf, timeoutMs, now }, { settings, secrets, region }, outgoing) {
    const { deliveryId, to, content } = outgoing;
    const form = new FormData();
    form.set("from", settings.from!);
    form.set("to", to);
    form.set("subject", content.subject);
    form.set("text", content.text);
    if (content.html !== undefined) form.set("html", content.html);
    form.set("v:delivery_id", deliveryId);
    form.set("h:Message-Id", `<${messageIdOf(deliveryId)}>`);
    for (const [name, value] of Object.entries(mailHeaders(outgoing))) {
      form.set(`h:${name}`, value);
    }
    const answer = await call(`${baseUrlOf("mailgun", region)}/v3/${settings.domain}/messages`, {
      method: "POST",
      body: form,
      headers: { authorization: basic("api", secrets.apiKey!) },
    }, timeoutMs);
    if (isResult(answer)) return answer;
    const id = answer.status === 200 ? textAt(answer.text, "id") : undefined;
    return id === undefined
      ? resultOfStatus(answer, now())
      : { outcome: "accepted", providerMessageId: id.replace(/^<|>$/g, "") };
  },
  async lookUp({ baseUrlOf, timeoutMs }, { settings, secrets, region }, { deliveryId }) {
    const query = new URLSearchParams({
      event: "accepted",
      "message-id": messageIdOf(deliveryId),
      limit: "1",
    });
    const answer = await call(
      `${baseUrlOf("mailgun", region)}/v3/${settings.domain}/events?${query}`,
      { headers: { authorization: basic("api", secrets.apiKey!) } },
      timeoutMs,
    );
    if (isResult(answer) || answer.status !== 200) throw new Error("mailgun did not list events");
    return Events.parse(JSON.parse(answer.text)).items[0]?.message.headers["message-id"];
  },
};
