/** What can be done with organizations. */
import type { Db } from "@praxis/shared/postgres";
import type { Organization } from "./model.ts";
import * as store from "./store.ts";

/** Within `tx`. */
export async function add(tx: Db, organization: Organization, at: Date): Promise<void> {
  if (!await store.insert(tx, organization, at)) throw new Error("the clinic's id is taken");
}
