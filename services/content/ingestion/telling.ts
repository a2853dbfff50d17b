/** Tells the other services of documents that have been looked into. */
import { publish } from "@praxis/shared/events";
import { type Db, read, transaction } from "@praxis/shared/postgres";
import type { Deps } from "../deps.ts";
import { factOf } from "../documents/model.ts";
import { documentCreated, documentVersionAdded } from "../events.ts";
import * as patients from "../patients/patients.ts";
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

/** So many are told of in one round. */
const TELL_MAX = 100;

/**
 * Tells of new versions that nobody will read and tell of any more: an instance of a release before
 * has read them, which told of a version when it came.
 */
export async function tellUntold(deps: Pick<Deps, "sql" | "now" | "log">): Promise<void> {
  const untold = await read(deps.sql, "system", (tx) => store.listUntold(tx, TELL_MAX));
  const byOrganization = Map.groupBy(untold, ({ organizationId }) => organizationId);
  for (const [organizationId, documents] of byOrganization) {
    const ids = documents.map(({ documentId }) => documentId);
    try {
      await transaction(deps.sql, { organizationId }, async (tx) => {
        // First: another instance may be about to tell of the same.
        await patients.lockOf(tx, organizationId, ids);
        await tell(tx, organizationId, ids, deps.now());
      });
    } catch (error) {
      deps.log.error("tell untold", error);
    }
  }
}
