/** What can be done with letters: send them, and in development keep them to be read. */
import type { EventEnvelope } from "@praxis/shared/events";
import { PLATFORM } from "@praxis/shared/audit";
import { newId } from "@praxis/shared/id";
import { type Db, read, transaction } from "@praxis/shared/postgres";
import { common } from "@praxis/shared/problem";
import type { Deps } from "../deps.ts";
import { type Mail, type MailRequested, write } from "./model.ts";
import * as store from "./store.ts";

/** Before the transaction. A server that is away is a 503: the event comes again. */
export async function send(
  { mail, log }: Pick<Deps, "mail" | "log">,
  event: EventEnvelope,
  request: MailRequested,
): Promise<void> {
  if (!mail.sender) {
    if (!mail.isKept) log.error("a letter cannot leave", new Error("SMTP_URL is not set"));
    return;
  }
  try {
    await mail.sender.send({ id: event.id, to: request.to, ...write(request) });
  } catch (error) {
    log.error("a letter did not leave", error);
    throw Object.assign(common("unavailable", { headers: { "retry-after": "5" } }), {
      cause: error,
    });
  }
}

/** Within `tx`. Only where letters are kept: in production nobody may read them here. */
export async function keep(
  { mail }: Pick<Deps, "mail">,
  tx: Db,
  event: EventEnvelope,
  request: MailRequested,
): Promise<void> {
  if (!mail.isKept || mail.comesBySmtp) return;
  const { id, organizationid: organizationId, time: at } = event;
  const written = { id, organizationId, to: request.to, at, ...write(request) };
  await store.insert(tx, { ...written, channel: "email", from: null, html: null });
}

/** What a simulated provider took in: nobody else shows it. */
export async function keepTaken(
  { sql, mail }: Pick<Deps, "sql" | "mail">,
  taken: Pick<Mail, "channel" | "from" | "to" | "subject" | "html"> & { text: string; at: string },
): Promise<void> {
  if (!mail.isKept) return;
  const { text: body, ...rest } = taken;
  const row = { ...rest, body, id: newId(), organizationId: PLATFORM };
  await transaction(sql, "system", (tx) => store.insert(tx, row));
}

/** @throws Problem `not-found` where letters are not kept. */
export async function list({ sql, mail }: Deps, to: string | undefined): Promise<Mail[]> {
  if (!mail.isKept) throw common("not-found");
  return await read(sql, "system", (tx) => store.list(tx, to));
}
