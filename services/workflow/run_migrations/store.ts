/** Where migrations of runs are kept: how far each is, and which runs it left behind. */
import type { Db } from "@praxis/shared/postgres";
import type { Leftover, Migration } from "./model.ts";

type Row = Omit<Migration, "createdAt" | "endedAt"> & { createdAt: Date; endedAt: Date | null };

const columns = (db: Db) =>
  db`id, key, from_version as "from", to_version as "to", map, status, total, moved, left_behind,
     created_by, created_at, ended_at`;
const toMigration = ({ createdAt, endedAt, ...row }: Row): Migration => ({
  ...row,
  createdAt: createdAt.toISOString(),
  endedAt: endedAt?.toISOString() ?? null,
});

/** Only these can become something else; what is being undone ends as it began. */
const underWay = (db: Db) => db`status in ('running', 'suspended', 'failed')`;

/** Ids of runs under way of a definition, in their order. */
export async function listUnderWay(
  db: Db,
  organizationId: string,
  { definitionId, after, limit }: { definitionId: string; after: string | null; limit: number },
): Promise<string[]> {
  const rows = await db<{ id: string }[]>`
    select id from runs
    where organization_id = ${organizationId} and definition_id = ${definitionId}
      and ${underWay(db)} ${after === null ? db`` : db`and id > ${after}`}
    order by id limit ${limit}`;
  return rows.map(({ id }) => id);
}

export type NewMigration = {
  id: string;
  key: string;
  from: { id: string; version: number };
  to: { id: string; version: number };
  map: Record<string, string>;
  createdBy: string;
  requestId: string;
  at: Date;
};

/** Undefined while runs of the same version are being moved. */
export async function insert(
  db: Db,
  organizationId: string,
  one: NewMigration,
): Promise<Migration | undefined> {
  const [row] = await db<Row[]>`
    insert into run_migrations (id, organization_id, key, from_version, to_version,
                                from_definition_id, to_definition_id, map, total, created_by,
                                request_id, created_at)
    select ${one.id}, ${organizationId}, ${one.key}, ${one.from.version}, ${one.to.version},
           ${one.from.id}, ${one.to.id}, ${db.json(one.map)}, count(*)::int, ${one.createdBy},
           ${one.requestId}, ${one.at}
    from runs
    where organization_id = ${organizationId} and definition_id = ${one.from.id} and ${underWay(db)}
    on conflict (organization_id, from_definition_id) where status = 'running' do nothing
    returning ${columns(db)}`;
  return row && toMigration(row);
}

export async function find(
  db: Db,
  organizationId: string,
  id: string,
): Promise<Migration | undefined> {
  const [row] = await db<Row[]>`
    select ${columns(db)} from run_migrations
    where organization_id = ${organizationId} and id = ${id}`;
  return row && toMigration(row);
}

/** Newest first; `before` is the last id of the page before. */
export async function list(
  db: Db,
  organizationId: string,
  { before, limit }: { before: string | undefined; limit: number },
): Promise<Migration[]> {
  const rows = await db<Row[]>`
    select ${columns(db)} from run_migrations
    where organization_id = ${organizationId}
      ${before === undefined ? db`` : db`and id < ${before}`}
    order by id desc limit ${limit}`;
  return rows.map(toMigration);
}

/** In the order of the runs; `after` is the last run of the page before. */
export async function listLeftovers(
  db: Db,
  organizationId: string,
  migrationId: string,
  { after, limit }: { after: string | undefined; limit: number },
): Promise<Leftover[]> {
  const rows = await db<(Omit<Leftover, "at"> & { at: Date })[]>`
    select run_id, reason, nodes, at from run_migration_leftovers
    where organization_id = ${organizationId} and migration_id = ${migrationId}
      ${after === undefined ? db`` : db`and run_id > ${after}`}
    order by run_id limit ${limit}`;
  return rows.map((row) => ({ ...row, at: row.at.toISOString() }));
}

/** In the hands of one worker. */
export type Held = {
  id: string;
  organizationId: string;
  fence: string;
  from: number;
  to: number;
  fromDefinitionId: string;
  toDefinitionId: string;
  map: Record<string, string>;
  afterRunId: string | null;
  createdBy: string;
  requestId: string;
};

/** The oldest that nobody works on. Leases are the database's time. */
export async function claim(db: Db, leaseSeconds: number): Promise<Held | undefined> {
  const [row] = await db<Held[]>`
    update run_migrations m
    set leased_until = now() + make_interval(secs => ${leaseSeconds}), fence = fence + 1
    where id = (
      select id from run_migrations
      where status = 'running' and (leased_until is null or leased_until < now())
      order by created_at limit 1 for update skip locked)
    returning id, organization_id, fence, from_version as "from", to_version as "to",
              from_definition_id, to_definition_id, map, after_run_id, created_by, request_id`;
  return row;
}

/**
 * Writes that a run was looked at, in the transaction in which it was. False when somebody else has
 * the migration by now, or it was cancelled: then nothing of that transaction may stay.
 */
export async function advance(
  db: Db,
  { id, organizationId, fence }: Held,
  { runId, what, leaseSeconds }: {
    runId: string;
    what: "moved" | "left" | "gone";
    leaseSeconds: number;
  },
): Promise<boolean> {
  const { count } = await db`
    update run_migrations
    set after_run_id = ${runId}, leased_until = now() + make_interval(secs => ${leaseSeconds}),
        moved = moved + ${what === "moved" ? 1 : 0},
        left_behind = left_behind + ${what === "left" ? 1 : 0}
    where id = ${id} and organization_id = ${organizationId} and fence = ${fence}
      and status = 'running'`;
  return count === 1;
}

export async function insertLeftover(
  db: Db,
  { id, organizationId }: Held,
  { runId, reason, nodes, at }: Omit<Leftover, "at"> & { at: Date },
): Promise<void> {
  await db`
    insert into run_migration_leftovers (migration_id, run_id, organization_id, reason, nodes, at)
    values (${id}, ${runId}, ${organizationId}, ${reason}, ${nodes}::text[], ${at})`;
}

/** The counts as they are in the end; undefined when it had ended, or somebody else has it. */
export async function end(
  db: Db,
  organizationId: string,
  id: string,
  { status, fence, at }: { status: "completed" | "cancelled"; fence?: string; at: Date },
): Promise<Migration | undefined> {
  const [row] = await db<Row[]>`
    update run_migrations set status = ${status}, ended_at = ${at}
    where organization_id = ${organizationId} and id = ${id} and status = 'running'
      ${fence === undefined ? db`` : db`and fence = ${fence}`}
    returning ${columns(db)}`;
  return row && toMigration(row);
}
