/** Runs as the engine would have left them, at times that a test or a benchmark wants. */
import { newId } from "@praxis/shared/id";
import { type Sql, transaction } from "@praxis/shared/postgres";
import { NOON } from "../testing.ts";

export type Trace = {
  id?: string;
  begunAt: Date;
  endedAt: Date | null;
  version?: number;
  patientId?: string;
  events: { activity: string; at: Date; begunAt?: Date; data?: unknown }[];
};

/** So many minutes before the noon at which the clock of tests stands still. */
export const before = (minutes: number): Date => new Date(NOON.getTime() - minutes * 60_000);

async function definitionOf(sql: Sql, organizationId: string, key: string): Promise<string> {
  return await transaction(sql, { organizationId }, async (tx) => {
    const [known] = await tx`
      select id from definitions where organization_id = ${organizationId} and key = ${key}`;
    if (known) return known.id;
    const id = newId();
    await tx`
      insert into definitions (id, organization_id, kind, key, version, state, title, document,
                               source, sha256, created_by, created_at, approved_by, approved_at,
                               approved_sha256)
      values (${id}, ${organizationId}, 'workflow', ${key}, 1, 'active', ${key},
              ${tx.json({ document: {}, do: [] })}, '', '', ${newId()}, ${NOON}, ${newId()},
              ${NOON}, '')`;
    return id;
  });
}

/** Returns the ids of the runs, in the order of the traces. */
export async function insertTraces(
  sql: Sql,
  organizationId: string,
  key: string,
  traces: readonly Trace[],
): Promise<string[]> {
  const definitionId = await definitionOf(sql, organizationId, key);
  const runs = traces.map(({ id = newId(), version = 1, patientId, begunAt, endedAt }) => ({
    id,
    version,
    patientId: patientId ?? null,
    begunAt,
    endedAt,
  }));
  const steps = traces.flatMap(({ events }, at) => {
    const visits = new Map<string, number>();
    return events.map(({ activity, at: endedAt, begunAt, data = {} }) => {
      const visit = (visits.get(activity) ?? 0) + 1;
      visits.set(activity, visit);
      const node = `/do/0/${activity}`;
      const runId = runs[at]!.id;
      return { id: newId(), runId, node, visit, begunAt: begunAt ?? endedAt, endedAt, data };
    });
  });
  await transaction(sql, { organizationId }, async (tx) => {
    await tx`
      insert into runs (id, organization_id, definition_id, key, version, status, state, patient_id,
                        started_by_kind, started_by_id, request_id, start_key, created_at, ended_at)
      select id, ${organizationId}, ${definitionId}, ${key}, version,
             case when "endedAt" is null then 'running' else 'completed' end, '{}', "patientId",
             'service', 'fixtures', 'fixtures', id::text, "begunAt", "endedAt"
      from jsonb_to_recordset(${tx.json(runs as never)}) as given (
        id uuid, version int, "patientId" uuid, "begunAt" timestamptz, "endedAt" timestamptz)`;
    await tx`
      insert into run_steps (id, run_id, organization_id, node, visit, kind, state, output,
                             begun_at, ended_at)
      select id, "runId", ${organizationId}, node, visit, 'call', 'done', data, "begunAt", "endedAt"
      from jsonb_to_recordset(${tx.json(steps as never)}) as given (
        id uuid, "runId" uuid, node text, visit int, data jsonb, "begunAt" timestamptz,
        "endedAt" timestamptz)`;
  });
  return runs.map(({ id }) => id);
}

/** A generator of numbers from 0 to 1 that says the same for the same seed. */
export function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9) >>> 0;
    return ((state ^ (state >>> 12)) >>> 0) / 2 ** 32;
  };
}
