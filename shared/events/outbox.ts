/** Writing a fact down in the transaction of the change that it tells of. */
import type { z } from "zod";
import { newId } from "../id/id.ts";
import type { Db } from "../postgres/connect.ts";
import type { EventDefinition, EventEnvelope } from "./event.ts";
import * as store from "./store.ts";
import { currentTraceparent, traceIdOf, traceparentOf } from "../telemetry/trace.ts";

/** Receivers take bodies of up to 1 MiB; a fact is names and ids, not content. */
const EVENT_BYTES_MAX = 256 * 1024;

/** The fact hangs from the present span, when that belongs to the same request. */
function traceparentFor(requestId: string, id: string): string {
  const present = currentTraceparent();
  return present?.split("-")[1] === traceIdOf(requestId) ? present : traceparentOf(requestId, id);
}

type Fact<T> = {
  source: string;
  organizationId: string;
  /** The id of what the fact is about. */
  subject: string;
  at: Date;
  requestId?: string;
  data: T;
};

/**
 * Told to the definition's subscribers, at least once, if and only if `tx` commits. Whoever else
 * publishes about the same subject waits until `tx` has ended: so the order of facts is the order
 * of commits. Publish last, and about several subjects in the order of their ids.
 * @throws when the data do not have their shape, or are too many.
 */
export async function publish<T extends z.ZodType>(
  tx: Db,
  definition: EventDefinition<T>,
  { source, organizationId, subject, at, requestId, data }: Fact<z.input<T>>,
): Promise<void> {
  const id = newId();
  const event: EventEnvelope = {
    specversion: "1.0",
    id,
    source: `/${source}`,
    type: definition.type,
    subject,
    time: at.toISOString(),
    datacontenttype: "application/json",
    dataversion: definition.version,
    organizationid: organizationId,
    ...(requestId === undefined
      ? {}
      : { requestid: requestId, traceparent: traceparentFor(requestId, id) }),
    data: definition.data.parse(data),
  };
  if (JSON.stringify(event).length > EVENT_BYTES_MAX) {
    throw new RangeError(`an event of type ${definition.type} is too large to be told`);
  }
  await store.insert(tx, event, definition.subscribers);
}
