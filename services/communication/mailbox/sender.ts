/** Hands letters to a mail server (SMTP, RFC 5321). */
import { createTransport } from "nodemailer";

const TIMEOUT_MS = 8_000;
const CONNECTIONS_MAX = 2;

export type OutgoingMail = { id: string; to: string; subject: string; body: string };

export type SendMail = {
  /** @throws when the server does not take it, in time or at all. */
  send(mail: OutgoingMail): Promise<void>;
  close(): void;
};

/** Headers are written by nodemailer, which encodes what is not printable ASCII. */
export function createSender({ url, from }: { url: string; from: string }): SendMail {
  const { hostname, port, username, password, protocol } = new URL(url);
  const transport = createTransport({
    host: hostname,
    port: Number(port || (protocol === "smtps:" ? 465 : 25)),
    secure: protocol === "smtps:",
    pool: true,
    maxConnections: CONNECTIONS_MAX,
    connectionTimeout: TIMEOUT_MS,
    greetingTimeout: TIMEOUT_MS,
    socketTimeout: TIMEOUT_MS,
    disableFileAccess: true,
    disableUrlAccess: true,
    ...(username === ""
      ? {}
      : { auth: { user: decodeURIComponent(username), pass: decodeURIComponent(password) } }),
  });
  return {
    async send({ id, to, subject, body }) {
      await transport.sendMail({
        from,
        // As an object: a list of addresses in the text stays one address.
        to: { name: "", address: to },
        subject,
        text: body,
        // The same letter told twice has the same id, so that readers can drop the copy.
        messageId: `<${id}@praxis>`,
      });
    },
    close: () => transport.close(),
  };
}
