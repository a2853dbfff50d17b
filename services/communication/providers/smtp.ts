/** A mail server, by SMTP (RFC 5321). */
import { createTransport } from "nodemailer";
import { z } from "zod";
import { mailHeaders, messageIdOf } from "./mail.ts";
import type { Calls, Provider, Result } from "./model.ts";

const CONNECTIONS_MAX = 4;

type SmtpError = Error & { code?: string; responseCode?: number; command?: string };

/** What the server said, or did not say, when it was asked to take a letter. */
export function resultOfSmtp(error: SmtpError): Result {
  const { responseCode, code, command } = error;
  if (code === "EAUTH" || responseCode === 535) return { outcome: "config", detail: "EAUTH" };
  if (responseCode !== undefined && responseCode >= 500) {
    const isAddressBad = command === "RCPT TO" && [550, 551, 553].includes(responseCode);
    return { outcome: "permanent", detail: `SMTP ${responseCode}`, isAddressBad };
  }
  if (responseCode !== undefined) return { outcome: "transient", detail: `SMTP ${responseCode}` };
  // Before DATA nothing can have been taken.
  const isEarly = ["CONN", "EHLO", "HELO", "STARTTLS", "MAIL FROM", "RCPT TO"].includes(
    command ?? "",
  ) || ["EDNS", "ECONNECTION", "ESOCKET"].includes(code ?? "") && command === undefined;
  return isEarly
    ? { outcome: "transient", detail: "could not connect" }
    : { outcome: "ambiguous", detail: "connection lost" };
}

type Transport = ReturnType<typeof createTransport>;
const transports = new Map<string, Transport>();

function transportOf(url: string, timeoutMs: number): Transport {
  const known = transports.get(url);
  if (known) return known;
  const { hostname, port, username, password, protocol } = new URL(url);
  const transport = createTransport({
    host: hostname,
    port: Number(port || (protocol === "smtps:" ? 465 : 25)),
    secure: protocol === "smtps:",
    pool: true,
    maxConnections: CONNECTIONS_MAX,
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
    disableFileAccess: true,
    disableUrlAccess: true,
    ...(username === ""
      ? {}
      : { auth: { user: decodeURIComponent(username), pass: decodeURIComponent(password) } }),
  });
  transports.set(url, transport);
  return transport;
}

/** Ends the connections that are kept open between letters. */
export function closeTransports(): void {
  for (const transport of transports.values()) transport.close();
  transports.clear();
}

/** The account's credentials belong into the address only while it is used. */
function addressOf(
  { baseUrlOf }: Calls,
  settings: Record<string, string>,
  secrets: Record<string, string>,
  region: string,
): string {
  const url = new URL(settings.url ?? baseUrlOf("smtp", region));
  if (settings.user !== undefined) url.username = encodeURIComponent(settings.user);
  if (secrets.password !== undefined) url.password = encodeURIComponent(secrets.password);
  return url.href;
}

export const smtp: Provider = {
  channel: "email",
  settlement: "wait",
  levelMax: 2,
  settings: z.strictObject({
    from: z.string().min(3).max(254),
    url: z.url({ protocol: /^smtps$/ }).max(300),
    user: z.string().max(254).optional(),
  }) as never,
  secrets: z.strictObject({ password: z.string().max(200).optional() }) as never,
  async send(calls, { settings, secrets, region }, outgoing) {
    const { deliveryId, to, content } = outgoing;
    const transport = transportOf(addressOf(calls, settings, secrets, region), calls.timeoutMs);
    try {
      await transport.sendMail({
        from: settings.from,
        // As an object: a list of addresses in the text stays one address.
        to: { name: "", address: to },
        subject: content.subject,
        text: content.text,
        ...(content.html === undefined ? {} : { html: content.html }),
        messageId: `<${messageIdOf(deliveryId)}>`,
        headers: mailHeaders(outgoing),
      });
      return { outcome: "accepted", providerMessageId: messageIdOf(deliveryId) };
    } catch (error) {
      return resultOfSmtp(error as SmtpError);
    }
  },
};
