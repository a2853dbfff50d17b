/** Tells the other services of documents that have been looked into. */
import { publish } from "@praxis/shared/events";
import type { Db } from "@praxis/shared/postgres";
import { factOf } from "../documents/model.ts";
import { documentCreated, documentVersionAdded } from "../events.ts";
import * as store from "./store.ts";

/**
 * Tells of those of these documents, and of their present versions, that nobody has been told of:
 * without a patient where they lie in quarantine, so that nothing is opened in a wrong chart. In the
 * transaction of their check, and after it.
 */
export async function tell(
  tx: Db,
  organizationId: string,
  documentIds: readonly string[],
  at: Date,
): Promise<void> {
  const untold = await store.markTold(tx, organizationId, documentIds);
  await Promise.all(untold.flatMap(({ requestId, isNew, isChanged, ...document }) => {
    const fact = {
      ...factOf(document, organizationId, at),
      ...(requestId === null ? {} : { requestId }),
    };
    return [
      ...(isNew ? [publish(tx, documentCreated, fact)] : []),
      ...(isChanged ? [publish(tx, documentVersionAdded, fact)] : []),
    ];
  }));
}
