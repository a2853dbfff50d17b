/**
 * Who says that nothing more may go out is answered when that is so: tries that are being begun come
 * to their end first, and the next ones see what was said. First thing in a transaction, before any
 * row is held.
 */
import type { Db } from "@praxis/shared/postgres";
import * as store from "./store.ts";

/** Before the gates are asked; many at once. */
export const letBegin = (tx: Db, organizationId: string): Promise<void> =>
  store.lock(tx, organizationId, { isShared: true });

/** Before a switch is set or cleared, a consent is taken back, a number says STOP. */
export const holdBack = (tx: Db, organizationId: string): Promise<void> =>
  store.lock(tx, organizationId, { isShared: false });

export { findRules, release } from "./store.ts";
export { PAUSED, switchedOff } from "./model.ts";
