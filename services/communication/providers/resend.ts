/** Resend, by its own package: https://resend.com/docs/api-reference/emails/send-email */
import { Resend } from "resend";
import { z } from "zod";
import { certificateFor, resultOfStatus } from "./http.ts";
import type { Provider, Result } from "./model.ts";
import { mailHeaders } from "./mail.ts";

const KEY_REUSED = "invalid_idempotent_request";
const UNDER_WAY = "concurrent_idempotent_requests";

/** The package's own client, which takes no options of `fetch`. */
function clientFor(apiKey: string, baseUrl: string): Resend {
  const client = new Resend(apiKey, { baseUrl });
  const ask = client.fetchRequest.bind(client);
  client.fetchRequest = (path, options = {}) =>
    ask(path, { ...options, ...certificateFor(baseUrl) });
  return client;
}

export const resend: Provider = {
  channel: "email",
  settlement: "repeat",
  levelMax: 2,
  settings: z.strictObject({ from: z.string().min(3).max(254) }),
  secrets: z.strictObject({
    apiKey: z.string().min(8).max(200),
    webhookSecret: z.string().startsWith("whsec_").max(200).optional(),
  }) as never,
  async send({ baseUrlOf, timeoutMs, now }, { settings, secrets, region }, outgoing) {
    const { deliveryId, to, content } = outgoing;
    const client = clientFor(secrets.apiKey!, baseUrlOf("resend", region));
    const late = Promise.withResolvers<Result>();
    const timer = setTimeout(
      () => late.resolve({ outcome: "ambiguous", detail: "no answer in time" }),
      timeoutMs,
    );
    const sent = client.emails.send({
      from: settings.from!,
      to: [to],
      subject: content.subject,
      text: content.text,
      ...(content.html === undefined ? {} : { html: content.html }),
      headers: mailHeaders(outgoing),
      tags: [{ name: "delivery_id", value: deliveryId }],
    }, { idempotencyKey: deliveryId }).then(({ data, error, headers }): Result => {
      if (data?.id) return { outcome: "accepted", providerMessageId: data.id };
      // The package says the same of a refused connection and of one that broke off.
      if (headers === null) return { outcome: "ambiguous", detail: "connection lost" };
      // An answer without Resend's own words comes from something in between.
      const status = error?.statusCode ?? 502;
      if (error?.name as string === KEY_REUSED) {
        // The key is this delivery's alone: an earlier try was taken, with words that have changed.
        return { outcome: "accepted", providerMessageId: deliveryId };
      }
      if (error?.name as string === UNDER_WAY) return { outcome: "transient", detail: UNDER_WAY };
      const result = resultOfStatus({ status, headers: new Headers(headers ?? {}) }, now());
      return result.outcome === "permanent" && status === 422
        ? { ...result, isAddressBad: /\bto\b/i.test(error?.message ?? "") }
        : result;
    }, (): Result => ({ outcome: "ambiguous", detail: "connection lost" }));
    try {
      return await Promise.race([sent, late.promise]);
    } finally {
      clearTimeout(timer);
    }
  },
};
