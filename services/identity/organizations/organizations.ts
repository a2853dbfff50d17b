/** What can be done with organizations. */
import type { Db } from "@praxis/shared/postgres";
import { problem } from "../problems.ts";
import type { Organization } from "./model.ts";
import * as store from "./store.ts";

/** Within `tx`. @throws Problem `organization-exists` */
export async function add(tx: Db, organization: Organization, at: Date): Promise<void> {
  if (!await store.insert(tx, organization, at)) throw problem("organization-exists");
}
