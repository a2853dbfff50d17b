/** What can be done with a clinic's value sets: taken in, replaced, retired, and looked into. */
import { record } from "@praxis/shared/audit";
import type { UserActor } from "@praxis/shared/auth";
import { newId } from "@praxis/shared/id";
import { read, transaction } from "@praxis/shared/postgres";
import type { Deps } from "../deps.ts";
import { findUnsafe, hashOf } from "../language/language.ts";
import { problem } from "../problems.ts";
import { type Term, termsOf, type ValueSet, type ValueSetInput } from "./model.ts";
import * as store from "./store.ts";

const ERRORS_MAX = 20;
/** More than a note can be about. */
const FOUND_MAX = 300;

type Request = { requestId: string };

/** @throws value-set-invalid (422) naming each place */
export async function put(
  deps: Deps,
  actor: UserActor,
  { resource, requestId }: Request & { resource: ValueSetInput },
): Promise<ValueSet> {
  const unsafe = findUnsafe(resource);
  const { terms, faults } = termsOf(resource);
  const errors = unsafe ? [{ pointer: unsafe.pointer, detail: unsafe.detail }] : faults;
  if (errors.length > 0) {
    throw problem("value-set-invalid", { errors: errors.slice(0, ERRORS_MAX) });
  }
  const { organizationId, userId } = actor;
  const { url, version = null, title, name, resourceType: kind } = resource;
  const sha256 = await hashOf(terms);
  return await transaction(deps.sql, { organizationId }, async (tx) => {
    const at = deps.now();
    const one = { id: newId(), url, version, title: title ?? name ?? url, kind, sha256 };
    const kept = await store.put(tx, organizationId, { ...one, createdBy: userId, at }, terms);
    await record(tx, at, {
      actor,
      organizationId,
      action: "value_set.kept",
      subject: { type: "value_set", id: kept.id },
      requestId,
      details: { url, version, codes: kept.codes, sha256 },
    });
    return kept;
  });
}

export const list = (
  deps: Deps,
  { organizationId }: UserActor,
  { before, limit }: { before: string | undefined; limit: number },
): Promise<ValueSet[]> =>
  read(
    deps.sql,
    { organizationId },
    (tx) => store.list(tx, organizationId, { before, limit: limit + 1 }),
  );

/** Its codes are not known any more. */
export async function retire(
  deps: Deps,
  actor: UserActor,
  { id, requestId }: Request & { id: string },
): Promise<ValueSet> {
  const { organizationId } = actor;
  return await transaction(deps.sql, { organizationId }, async (tx) => {
    const at = deps.now();
    const retired = await store.retire(tx, organizationId, id, at);
    if (!retired) throw problem("value-set-not-found");
    await record(tx, at, {
      actor,
      organizationId,
      action: "value_set.retired",
      subject: { type: "value_set", id },
      requestId,
    });
    return retired;
  });
}

/** Codes of the clinic's own that these texts may be about. */
export const termsIn = (
  { sql }: Pick<Deps, "sql">,
  organizationId: string,
  texts: readonly string[],
): Promise<Term[]> =>
  read(
    sql,
    { organizationId },
    (tx) => store.listIn(tx, organizationId, texts.join("\n").toLowerCase(), FOUND_MAX),
  );

export type { Term } from "./model.ts";
