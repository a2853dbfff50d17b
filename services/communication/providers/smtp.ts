/** A mail server, by SMTP (RFC 5321). */
import { createTransport } from "nodemailer";
import { z } from "zod";
import { isPlainlyInside, placeOf } from "@praxis/shared/outward";
import { mailHeaders, messageIdOf } from "./mail.ts";
import type { Account, Calls, Provider, Result } from "./model.ts";

const CONNECTIONS_MAX = 4;

type SmtpError = Error & { code?: string; responseCode?: number; command?: string };

/** What the server said, or did not say, when it was asked to take a letter. */
export function resultOfSmtp(error: SmtpError): Result {
  const { responseCode, code, command } = error;
  if (code === "EAUTH" || responseCode === 535) return { outcome: "config", detail: "EAUTH" };
  // Nothing but a greeting was said: what was demanded is not to be had.
  if (code === "ETLS") return { outcome: "config", detail: "no TLS" };
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
/** More are in use only where many organizations have servers of their own: the oldest goes. */
const TRANSPORTS_MAX = 200;

type Server = {
  host: string;
  port: number;
  /** TLS from the first byte; otherwise STARTTLS, demanded where `mustEncrypt`. */
  isSecure: boolean;
  mustEncrypt: boolean;
  /** The name that the certificate must bear, where `host` is an address. */
  servername?: string;
  user: string;
  password: string;
};

function transportOf(server: Server, { timeoutMs, tlsCa }: Calls): Transport {
  const key = JSON.stringify(server);
  const known = transports.get(key);
  if (known) return known;
  const { host, port, isSecure, mustEncrypt, servername, user, password } = server;
  const transport = createTransport({
    host,
    port,
    secure: isSecure,
    requireTLS: mustEncrypt,
    tls: {
      ...(servername === undefined ? {} : { servername }),
      ...(tlsCa === undefined ? {} : { ca: tlsCa }),
    },
    pool: true,
    maxConnections: CONNECTIONS_MAX,
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
    disableFileAccess: true,
    disableUrlAccess: true,
    ...(user === "" ? {} : { auth: { user, pass: password } }),
  });
  const [oldest] = transports.keys();
  if (transports.size >= TRANSPORTS_MAX && oldest !== undefined) {
    transports.get(oldest)!.close();
    transports.delete(oldest);
  }
  transports.set(key, transport);
  return transport;
}

/** Ends the connections that are kept open between letters. */
export function closeTransports(): void {
  for (const transport of transports.values()) transport.close();
  transports.clear();
}

const portOf = ({ protocol, port }: URL, plain: number) =>
  Number(port || (protocol === "smtps:" ? 465 : plain));

/** Who runs the platform may use any server, also one inside; without TLS, too, as a sink has none. */
function platformServer(address: string): Server {
  const url = new URL(address);
  return {
    host: url.hostname,
    port: portOf(url, 25),
    isSecure: url.protocol === "smtps:",
    mustEncrypt: false,
    user: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
  };
}

/** An organization's own: never inside, never in the clear, at the address that was looked at. */
async function ownServer(
  { resolve = placeOf }: Calls,
  { settings, secrets }: Pick<Account, "settings" | "secrets">,
): Promise<Server | Extract<Result, { outcome: "config" | "transient" }>> {
  const url = new URL(settings.url!);
  const place = await resolve(url.hostname);
  if ("refused" in place) {
    return place.refused === "inside"
      ? { outcome: "config", detail: "not a public address" }
      : { outcome: "transient", detail: "no such host" };
  }
  return {
    host: place.address,
    port: portOf(url, 587),
    isSecure: url.protocol === "smtps:",
    mustEncrypt: url.protocol === "smtp:",
    servername: url.hostname,
    user: settings.user ?? "",
    password: secrets.password ?? "",
  };
}

/** Where mail servers take letters of their own users; 25 is for servers among each other. */
const PORTS = new Set([465, 587, 2525]);

const OwnUrl = z.url({ protocol: /^smtps?$/ }).max(300).refine((text) => {
  const url = new URL(text);
  return PORTS.has(portOf(url, 587));
}, "The port is none of 465, 587 and 2525.").refine((text) => {
  const { username, password } = new URL(text);
  return username === "" && password === "";
}, "The password belongs into the secrets, the name into `user`.").refine(
  (text) => !isPlainlyInside(new URL(text).hostname),
  "A public name is needed.",
);

export const smtp: Provider = {
  channel: "email",
  settlement: "wait",
  levelMax: 2,
  settings: z.strictObject({
    from: z.string().min(3).max(254),
    url: OwnUrl.meta({ description: "`smtps://…`, or `smtp://…` with STARTTLS." }),
    user: z.string().max(254).optional(),
  }) as never,
  secrets: z.strictObject({ password: z.string().max(200).optional() }) as never,
  async send(calls, account, outgoing) {
    const { settings, region } = account;
    const { deliveryId, to, content } = outgoing;
    const server = settings.url === undefined
      ? platformServer(calls.baseUrlOf("smtp", region))
      : await ownServer(calls, account);
    if ("outcome" in server) return server;
    try {
      await transportOf(server, calls).sendMail({
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
