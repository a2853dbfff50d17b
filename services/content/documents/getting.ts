/** One document, or the problem that there is none; and who asks for it. */
import type { UserActor } from "@praxis/shared/auth";
import type { Db } from "@praxis/shared/postgres";
import { problem } from "../problems.ts";
import type { Document } from "./model.ts";
import * as store from "./store.ts";

/** The request that someone makes: for the trail. */
export type Call = { actor: UserActor; requestId: string };

/** @throws document-not-found, for another organization's document as well. */
export async function get(db: Db, key: store.Key): Promise<Document> {
  const document = await store.find(db, key);
  if (!document) throw problem("document-not-found");
  return document;
}
