/** Writing a fact down in the transaction of the change that it tells of. */
import type { z } from "zod";
import { newId } from "../id/id.ts";
import type { Db } from "../postgres/connect.ts";
import type { EventDefinition, EventEnvelope } from "./event.ts";
import * as store from "./store.ts";

type Fact<T> = {
  source: string;
  organizationId: string;
  /** The id of what the fact is about. */
  subject: string;
  at: Date;
  requestId?: string;
  data: T;
};

/** Told to the definition's subscribers, at least once, if and only if `tx` commits. */
export async function publish<T extends z.ZodType>(
  tx: Db,
  definition: EventDefinition<T>,
  { source, organizationId, subject, at, requestId, data }: Fact<z.input<T>>,
): Promise<void> {
  const event: EventEnvelope = {
    specversion: "1.0",
    id: newId(),
    source: `/${source}`,
    type: definition.type,
    subject,
    time: at.toISOString(),
    datacontenttype: "application/json",
    dataversion: definition.version,
    organizationid: organizationId,
    ...(requestId === undefined ? {} : { requestid: requestId }),
    data: definition.data.parse(data),
  };
  await store.insert(tx, event, definition.subscribers);
}
