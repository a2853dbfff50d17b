/** Brings patients in from another system: stage the whole file, then register it in chunks. */
import { createHash } from "node:crypto";
import { record } from "@praxis/shared/audit";
import { newId } from "@praxis/shared/id";
import { once } from "@praxis/shared/idempotency";
import type { Jobs } from "@praxis/shared/jobs";
import { type Db, read, transaction } from "@praxis/shared/postgres";
import { type Call, fingerprintOf } from "../calls.ts";
import type { Deps } from "../deps.ts";
import * as duplicates from "../duplicates/duplicates.ts";
import { compare, SCORE_MIN } from "../duplicates/model.ts";
import type { PatientInput } from "../patients/model.ts";
import * as patients from "../patients/patients.ts";
import { problem } from "../problems.ts";
import {
  CHUNK,
  type Format,
  type Import,
  importQueue,
  type ImportRow,
  type RowStatus,
  stage,
} from "./model.ts";
import * as store from "./store.ts";

const ERRORS_SHOWN_MAX = 50;

type Options = {
  format: Format;
  isDryRun: boolean;
  onDuplicate: Import["onDuplicate"];
  /** Goes on without the lines that are broken. */
  skipsBroken: boolean;
  /** With a key, a repeated request starts nothing new. */
  key: string | undefined;
};

/**
 * Checks and stages the whole file, and starts to register it.
 * @throws import-unreadable, and import-broken that names the broken lines: nothing is kept then.
 */
export async function start(
  deps: Deps,
  { actor, requestId }: Call,
  bytes: Uint8Array,
  { format, isDryRun, onDuplicate, skipsBroken, key }: Options,
): Promise<Import> {
  const { organizationId, userId } = actor;
  const at = deps.now();
  const staged = stage(format, bytes, at);
  if ("unreadable" in staged) throw problem("import-unreadable", { detail: staged.unreadable });
  const broken = staged.rows.flatMap((row) => "errors" in row ? row : []);
  if (broken.length > 0 && !isDryRun && !skipsBroken) {
    const errors = broken.flatMap(({ line, errors }) =>
      errors.map(({ pointer, detail }) => ({ pointer: `/lines/${line}${pointer}`, detail }))
    );
    throw problem("import-broken", {
      detail: `${broken.length} of ${staged.rows.length} are broken.`,
      errors: errors.slice(0, ERRORS_SHOWN_MAX),
    });
  }
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  const fingerprint = fingerprintOf({ sha256, format, isDryRun, onDuplicate, skipsBroken });
  return await transaction(deps.sql, { organizationId, userId }, async (tx) => {
    const route = "import.start";
    const { answer } = await once(tx, { actor, route, key, fingerprint }, async () => {
      const id = newId();
      await store.insert(tx, {
        id,
        organizationId,
        format,
        isDryRun,
        onDuplicate,
        sha256,
        notHeld: staged.notHeld,
        createdBy: userId,
      }, at);
      await store.insertRows(tx, { organizationId, importId: id }, staged.rows);
      await deps.jobs.send(tx, importQueue, { importId: id, organizationId }, { organizationId });
      const created = await get(tx, organizationId, id);
      await record(tx, at, {
        actor,
        organizationId,
        action: "import.started",
        subject: { type: "import", id },
        requestId,
        details: { format, isDryRun, rows: staged.rows.length, broken: broken.length, sha256 },
      });
      return created;
    });
    return answer;
  });
}

async function get(tx: Db, organizationId: string, id: string): Promise<store.StoredImport> {
  const found = await store.find(tx, organizationId, id);
  if (!found) throw problem("import-not-found");
  return found;
}

/** Registers imports as they come. */
export const work = (deps: Deps, jobs: Pick<Jobs, "work">) =>
  jobs.work(importQueue, (data) => registerChunk(deps, data).then(() => {}));

const keyOf = ({ system, value }: { system: string; value: string }) =>
  JSON.stringify([system, value]);

/**
 * Registers the next rows of an import, and asks for the rest to be done after: one transaction, so
 * whatever is interrupted, no row is registered twice or lost. False when nothing is left.
 */
export async function registerChunk(
  deps: Deps,
  { importId, organizationId }: { importId: string; organizationId: string },
): Promise<boolean> {
  const at = deps.now();
  return await transaction(deps.sql, { organizationId }, async (tx) => {
    const one = await store.lock(tx, organizationId, importId);
    if (!one || one.status === "done") return false;
    const rows = await store.listStaged(tx, { organizationId, importId }, CHUNK);
    const { outcomes, added } = await decide(tx, one, rows);
    await patients.addAll(tx, organizationId, added, { at });
    await store.settle(tx, { organizationId, importId }, outcomes);
    const isLast = rows.length < CHUNK;
    if (isLast) await store.finish(tx, organizationId, importId, at);
    else await deps.jobs.send(tx, importQueue, { importId, organizationId }, { organizationId });
    await record(tx, at, {
      actor: { kind: "service", service: "practice" },
      organizationId,
      action: isLast ? "import.finished" : "import.continued",
      subject: { type: "import", id: importId },
      details: {
        startedBy: one.createdBy,
        rows: rows.length,
        patients: added.map(({ id }) => id),
      },
    });
    return !isLast;
  });
}

type NewPatient = PatientInput & { id: string };

/** What becomes of each row: known, a duplicate that is left out, or somebody new. */
async function decide(
  tx: Db,
  { organizationId, isDryRun, onDuplicate }: Omit<store.StoredImport, "counts">,
  rows: { line: number; patient: PatientInput }[],
): Promise<{ outcomes: store.Outcome[]; added: NewPatient[] }> {
  const identifiers = rows.flatMap(({ patient }) => patient.identifiers);
  const known = await store.findKnown(tx, organizationId, identifiers);
  const outcomes: store.Outcome[] = [];
  const added: NewPatient[] = [];
  for (const { line, patient } of rows) {
    const before = patient.identifiers.flatMap((one) => known.get(keyOf(one)) ?? [])[0];
    if (before !== undefined) {
      outcomes.push({ line, status: "known", patientId: before, duplicates: null });
      continue;
    }
    const registered = await duplicates.find(
      tx,
      patient,
      (ids) => patients.getMany(tx, organizationId, ids),
    );
    // Those of this chunk are not in the tables yet.
    const alike = added.filter(({ birthDate, name }) =>
      birthDate === patient.birthDate || name.family === patient.name.family
    ).map((other) => ({ patientId: other.id, ...compare(patient, other) }))
      .filter(({ score }) => score >= SCORE_MIN);
    const all = [...registered, ...alike];
    const found = all.length === 0 ? null : all;
    if (found && onDuplicate === "skip") {
      outcomes.push({ line, status: "duplicate", patientId: null, duplicates: found });
      continue;
    }
    const id = newId();
    added.push({ ...patient, id });
    const patientId = isDryRun ? null : id;
    outcomes.push({ line, status: "registered", patientId, duplicates: found });
  }
  return { outcomes, added: isDryRun ? [] : added };
}

/** Takes up an import whose job was given up. */
export async function resume(deps: Deps, { actor, requestId }: Call, id: string): Promise<Import> {
  const { organizationId, userId } = actor;
  return await transaction(deps.sql, { organizationId, userId }, async (tx) => {
    const found = await get(tx, organizationId, id);
    if (found.status === "done") return found;
    await deps.jobs.send(tx, importQueue, { importId: id, organizationId }, { organizationId });
    await record(tx, deps.now(), {
      actor,
      organizationId,
      action: "import.resumed",
      subject: { type: "import", id },
      requestId,
    });
    return found;
  });
}

export const open = (deps: Deps, { actor: { organizationId } }: Call, id: string) =>
  read(deps.sql, { organizationId }, (tx) => get(tx, organizationId, id));

/** Newest first; one more than `limit` when there are more. */
export const list = (
  deps: Deps,
  { actor: { organizationId } }: Call,
  { before, limit }: { before: string | undefined; limit: number },
): Promise<Import[]> =>
  read(
    deps.sql,
    { organizationId },
    (tx) => store.list(tx, organizationId, before, limit + 1),
  );

type RowPage = {
  id: string;
  status: RowStatus | undefined;
  isDuplicate: boolean;
  after: number;
  limit: number;
};

export async function listRows(
  deps: Deps,
  { actor, requestId }: Call,
  { id, status, isDuplicate, after, limit }: RowPage,
): Promise<ImportRow[]> {
  const { organizationId } = actor;
  const rows = await read(deps.sql, { organizationId }, async (tx) => {
    await get(tx, organizationId, id);
    const page = { after, limit: limit + 1 };
    const filter = { status, isDuplicate };
    return await store.listRows(tx, { organizationId, importId: id }, filter, page);
  });
  await deps.auditRead({
    actor,
    organizationId,
    action: "import.read",
    subject: { type: "import", id },
    requestId,
    details: { count: Math.min(rows.length, limit) },
  });
  return rows;
}
