/** Facts that may start or wake runs: kept when they arrive, and for a while after. */
import type { EventEnvelope } from "@praxis/shared/events";
import type { Db } from "@praxis/shared/postgres";
import type { Json } from "../language/language.ts";
import * as store from "./store.ts";

export { matches, toHeard } from "./matching.ts";
export { claim, finish, insert, type KeptEvent, listListening, listSince } from "./store.ts";

/** Keeps a fact of another service, in the transaction that takes it in. */
export async function keep(tx: Db, event: EventEnvelope): Promise<void> {
  await store.insert(tx, {
    organizationId: event.organizationid,
    source: event.source,
    id: event.id,
    type: event.type,
    subject: event.subject,
    data: (event.data ?? null) as Json,
    time: new Date(event.time),
    requestId: event.requestid ?? null,
    depth: 0,
  });
}
