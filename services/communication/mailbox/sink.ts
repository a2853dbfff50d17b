/**
 * A mail server that keeps everything and delivers nothing, for development and tests.
 * `deno run --allow-net=127.0.0.1:2525 services/communication/mailbox/sink.ts 2525` runs it alone.
 */
import { text } from "node:stream/consumers";
import { simpleParser } from "mailparser";
import { SMTPServer } from "smtp-server";

export type SunkMail = {
  from: string;
  to: string[];
  subject: string;
  text: string;
  html: string | null;
  /** As it came, headers and all. */
  raw: string;
};

export type Sink = { port: number; mails: SunkMail[]; close(): Promise<void> };

const BYTES_MAX = 10 * 1024 * 1024;
const KEPT_MAX = 1_000;

/** `port` 0 takes a free one. */
export async function startSink(
  { port, hostname = "127.0.0.1", onMail = () => {} }: {
    port: number;
    hostname?: string;
    onMail?: (mail: SunkMail) => void;
  },
): Promise<Sink> {
  const mails: SunkMail[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ["STARTTLS"],
    size: BYTES_MAX,
    logger: false,
    onData(stream, session, done) {
      text(stream).then(async (raw) => {
        const mail = await simpleParser(raw);
        const { mailFrom, rcptTo } = session.envelope;
        const sunk: SunkMail = {
          from: mailFrom ? mailFrom.address : "",
          to: rcptTo.map(({ address }) => address),
          subject: mail.subject ?? "",
          text: mail.text ?? "",
          html: mail.html || null,
          raw,
        };
        mails.push(sunk);
        onMail(sunk);
        if (mails.length > KEPT_MAX) mails.shift();
        done();
      }, done);
    },
  });
  await new Promise<void>((resolve, reject) => {
    server.on("error", reject);
    server.listen(port, hostname, resolve);
  });
  const address = server.server.address();
  return {
    port: typeof address === "object" && address ? address.port : port,
    mails,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

if (import.meta.main) await startSink({ port: Number(Deno.args[0] ?? 2525) });
