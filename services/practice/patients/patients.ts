/** What can be done with patients. */
import { record } from "@praxis/shared/audit";
import { publish } from "@praxis/shared/events";
import { newId } from "@praxis/shared/id";
import { once } from "@praxis/shared/idempotency";
import { type Db, read, transaction } from "@praxis/shared/postgres";
import { common } from "@praxis/shared/problem";
import { type Call, fingerprintOf } from "../calls.ts";
import type { Deps } from "../deps.ts";
import type { Duplicate } from "../duplicates/model.ts";
import * as duplicates from "../duplicates/duplicates.ts";
import { patientChanged, patientRegistered } from "../events.ts";
import { comparable, keysOf } from "../names/model.ts";
import { problem } from "../problems.ts";
import { isCurrent, isInFuture, type Patient, type PatientInput } from "./model.ts";
import * as store from "./store.ts";

/** How many fit a search at most; the pages of an answer lie within. */
const RANKED_MAX = 200;
const WORDS_MAX = 3;

export type Registered = Patient & { possibleDuplicates: Duplicate[] };

/** @throws a 422 when somebody is not born yet. */
export function refuseFuture({ birthDate, deceased }: PatientInput, now: Date): void {
  const errors = [["/birthDate", birthDate], ["/deceased/on", deceased?.on]] as const;
  const wrong = errors.filter(([, day]) => day && isInFuture(day, now))
    .map(([pointer]) => ({ pointer, detail: "This day is yet to come." }));
  if (wrong.length > 0) throw common("invalid-request", { errors: wrong });
}

const keysOfPatient = ({ name, otherNames }: PatientInput) => keysOf([name, ...otherNames]);

/** With a key, a repeated request registers nobody new. */
export async function register(
  deps: Deps,
  { actor, requestId }: Call,
  input: PatientInput,
  key: string | undefined,
): Promise<Registered> {
  const { organizationId, userId } = actor;
  const at = deps.now();
  refuseFuture(input, at);
  const fingerprint = fingerprintOf(input);
  return await uniquely(() =>
    transaction(deps.sql, { organizationId, userId }, async (tx) => {
      const route = "patient.register";
      const { answer } = await once(tx, { actor, route, key, fingerprint }, async () => {
        const id = newId();
        const load = (ids: string[]) => store.findMany(tx, organizationId, ids);
        const possibleDuplicates = await duplicates.find(tx, input, load);
        await addAll(tx, organizationId, [{ ...input, id }], { at, requestId });
        const patient = await get(tx, organizationId, id);
        await record(tx, at, {
          actor,
          organizationId,
          action: "patient.registered",
          subject: { type: "patient", id },
          requestId,
          details: {
            identifiers: input.identifiers.length,
            possibleDuplicates: possibleDuplicates.map(({ patientId }) => patientId),
          },
        });
        return { ...patient, possibleDuplicates };
      });
      return answer;
    })
  );
}

/** Rows and facts of new patients; the caller records them. */
export async function addAll(
  tx: Db,
  organizationId: string,
  patients: (PatientInput & { id: string })[],
  { at, requestId }: { at: Date; requestId?: string },
): Promise<void> {
  const rows = patients.map((one) => ({ ...one, organizationId, keys: keysOfPatient(one) }));
  await store.insert(tx, rows, at);
  for (const { id } of patients) {
    await publish(tx, patientRegistered, {
      source: "practice",
      organizationId,
      subject: id,
      at,
      ...(requestId === undefined ? {} : { requestId }),
      data: { patientId: id, version: 1 },
    });
  }
}

async function uniquely<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!store.isIdentifierTaken(error)) throw error;
    throw problem("identifier-taken", {
      detail: "Search for the identifier to see who has it.",
    });
  }
}

/** Replaces what is known of a patient, in the version that was read. */
export async function change(
  deps: Deps,
  { actor, requestId }: Call,
  { id, ifMatch, input }: { id: string; ifMatch: string | undefined; input: PatientInput },
): Promise<Patient> {
  const { organizationId, userId } = actor;
  const at = deps.now();
  return await uniquely(() =>
    transaction(deps.sql, { organizationId, userId }, async (tx) => {
      const before = await lockActive(tx, organizationId, id);
      if (ifMatch === undefined) throw problem("condition-missing");
      if (!isCurrent(before, ifMatch)) throw problem("patient-changed");
      refuseFuture(input, at);
      await store.update(tx, { ...input, id, organizationId, keys: keysOfPatient(input) }, at);
      const patient = await get(tx, organizationId, id);
      await publish(tx, patientChanged, {
        source: "practice",
        organizationId,
        subject: id,
        at,
        requestId,
        data: { patientId: id, version: patient.version, isDeceased: patient.deceased !== null },
      });
      await record(tx, at, {
        actor,
        organizationId,
        action: "patient.changed",
        subject: { type: "patient", id },
        requestId,
        details: { version: patient.version },
      });
      return patient;
    })
  );
}

/** @throws patient-not-found, for another organization's patient as well. */
export async function get(tx: Db, organizationId: string, id: string): Promise<Patient> {
  const patient = await store.find(tx, organizationId, id);
  if (!patient) throw problem("patient-not-found");
  return patient;
}

/** Locked until the transaction ends. @throws patient-merged for one that lives on in another. */
export async function lockActive(tx: Db, organizationId: string, id: string): Promise<Patient> {
  const patient = await store.lock(tx, organizationId, id);
  if (!patient) throw problem("patient-not-found");
  if (patient.status === "merged") {
    throw problem("patient-merged", { detail: `Use ${patient.mergedInto} instead.` });
  }
  return patient;
}

/** Reads a patient, with a trace. */
export async function open(deps: Deps, { actor, requestId }: Call, id: string): Promise<Patient> {
  const { organizationId } = actor;
  const patient = await read(deps.sql, { organizationId }, (tx) => get(tx, organizationId, id));
  await deps.auditRead({
    actor,
    organizationId,
    action: "patient.read",
    subject: { type: "patient", id },
    requestId,
    details: { isConfidential: patient.isConfidential },
  });
  return patient;
}

export type Search = {
  q: string | undefined;
  identifier: string | undefined;
  birthDate: string | undefined;
  /** In their order; nothing else counts beside them. */
  ids?: string[] | undefined;
};
/** Where a page begins: after this rank and id. */
export type After = { rank: number; id: string };
export type Found = Patient & { rank: number };

/** Best first, or newest first when nothing is asked for; one more than `limit` if there is more. */
export async function search(
  deps: Deps,
  { actor, requestId }: Call,
  asked: Search,
  { after, limit }: { after: After | undefined; limit: number },
): Promise<Found[]> {
  const { organizationId } = actor;
  const found = await read(
    deps.sql,
    { organizationId },
    (tx) => match(tx, organizationId, asked, { after, limit: limit + 1 }),
  );
  await deps.auditRead({
    actor,
    organizationId,
    action: "patient.searched",
    subject: { type: "patient" },
    requestId,
    details: {
      by: Object.entries(asked).filter(([, value]) => value !== undefined).map(([name]) => name),
      count: Math.min(found.length, limit),
      ...(asked.ids === undefined ? {} : { patientIds: found.map(({ id }) => id) }),
    },
  });
  return found;
}

async function match(
  tx: Db,
  organizationId: string,
  { q, identifier, birthDate, ids }: Search,
  { after, limit }: { after: After | undefined; limit: number },
): Promise<Found[]> {
  const isAfter = ({ rank, id }: After) =>
    !after || rank < after.rank || (rank === after.rank && id > after.id);
  if (ids !== undefined) {
    const known = await store.findMany(tx, organizationId, ids);
    return known.map((patient) => ({ ...patient, rank: 0 })).filter(isAfter).slice(0, limit);
  }
  if (identifier !== undefined) {
    const parts = splitIdentifier(identifier);
    const known = await store.findByIdentifier(tx, organizationId, parts, RANKED_MAX);
    const name = q === undefined ? [] : comparable(q).split(" ");
    return known.filter((patient) =>
      (birthDate === undefined || patient.birthDate?.startsWith(birthDate)) &&
      name.every((word) => keysOfPatient(patient).some(({ key }) => key.includes(` ${word}`)))
    ).map((patient) => ({ ...patient, rank: 100 })).filter(isAfter).slice(0, limit);
  }
  if (q === undefined && birthDate === undefined) {
    const newest = await store.list(tx, organizationId, after?.id, limit);
    return newest.map((patient) => ({ ...patient, rank: 0 }));
  }
  const name = q === undefined ? null : comparable(q);
  if (name === "") return [];
  const hits = await store.search(tx, {
    q: name,
    words: name === null ? [] : name.split(" ").slice(0, WORDS_MAX),
    birthDate: birthDate ?? null,
  }, RANKED_MAX);
  const page = hits.filter(({ patientId, rank }) => isAfter({ rank, id: patientId }))
    .slice(0, limit);
  const ranks = new Map(page.map(({ patientId, rank }) => [patientId, rank]));
  const patients = await store.findMany(tx, organizationId, [...ranks.keys()]);
  return patients.map((patient) => ({ ...patient, rank: ranks.get(patient.id)! }));
}

/** FHIR's token: a value, or a system and a value. */
function splitIdentifier(identifier: string): { system: string | undefined; value: string } {
  const at = identifier.indexOf("|");
  if (at < 0) return { system: undefined, value: identifier };
  return { system: identifier.slice(0, at) || undefined, value: identifier.slice(at + 1) };
}

/** Who might be the same as somebody who is not registered yet. */
export async function findDuplicates(
  deps: Deps,
  { actor, requestId }: Call,
  input: PatientInput,
): Promise<Duplicate[]> {
  const { organizationId } = actor;
  const found = await read(
    deps.sql,
    { organizationId },
    (tx) => duplicates.find(tx, input, (ids) => store.findMany(tx, organizationId, ids)),
  );
  await deps.auditRead({
    actor,
    organizationId,
    action: "patient.compared",
    subject: { type: "patient" },
    requestId,
    details: { possibleDuplicates: found.map(({ patientId }) => patientId) },
  });
  return found;
}

/** Those of `ids` that are the organization's, for a feature that records the read itself. */
export const getMany = store.findMany;
