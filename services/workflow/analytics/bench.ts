/** A log of any length over many organizations, and its map: what `bench process_map` measures. */
import { newId } from "@praxis/shared/id";
import { read } from "@praxis/shared/postgres";
import { openTestService } from "@praxis/shared/testing";
import * as store from "./store.ts";

const KEY = "follow-up";
const EVENTS_PER_CASE = 10;

/** Fills the tables of runs as the engine leaves them; every organization has as many events. */
export async function openProcessMapBench(
  { events, organizations }: { events: number; organizations: number },
) {
  const folder = new URL("../migrations/", import.meta.url);
  const service = await openTestService({ service: "workflow", folder });
  const { owner, deps } = service;
  const ids = Array.from({ length: organizations }, () => newId());
  const cases = Math.round(events / organizations / EVENTS_PER_CASE);
  await owner.unsafe("set statement_timeout = 0");
  // Nobody watches these runs, and nobody has to be asked about each of their steps.
  const watchers = [["runs", "watch_new_runs"], ["run_steps", "watch_new_steps"]] as const;
  for (const [table, name] of watchers) {
    await owner.unsafe(`alter table ${table} disable trigger ${name}`);
  }
  for (const organizationId of ids) {
    const definitionId = newId();
    await owner`
      insert into definitions (id, organization_id, kind, key, version, state, title, document,
                               source, sha256, created_by, created_at, approved_by, approved_at,
                               approved_sha256)
      values (${definitionId}, ${organizationId}, 'workflow', ${KEY}, 1, 'active', ${KEY}, '{}', '',
              '', ${newId()}, now(), ${newId()}, now(), '')`;
    await owner`
      insert into runs (id, organization_id, definition_id, key, version, status, state,
                        started_by_kind, started_by_id, request_id, start_key, created_at, ended_at)
      select gen_random_uuid(), ${organizationId}, ${definitionId}, ${KEY}, 1, 'completed', '{}',
             'service', 'bench', 'bench', n::text, now() - make_interval(mins => n::int),
             now() - make_interval(mins => n::int) + interval '2 days'
      from generate_series(1, ${cases}::int) n`;
    // Mostly in one order, with detours: about sixty edges, as clinics have them.
    await owner`
      insert into run_steps (id, run_id, organization_id, node, visit, kind, state, output,
                             begun_at, ended_at)
      select gen_random_uuid(), r.id, r.organization_id,
             '/do/0/task' || case when random() < 0.85 then n else 1 + floor(random() * 10) end,
             n, 'call', 'done', '{"outcome": "completed"}',
             r.created_at + make_interval(hours => n) - interval '20 minutes',
             r.created_at + make_interval(hours => n) + make_interval(secs => random() * 3000)
      from runs r cross join generate_series(1, ${EVENTS_PER_CASE}::int) n
      where r.organization_id = ${organizationId}`;
  }
  for (const [table, name] of watchers) {
    await owner.unsafe(`alter table ${table} enable trigger ${name}`);
  }
  await owner.unsafe("vacuum analyze run_steps");
  await owner.unsafe("vacuum analyze runs");

  async function timed(scope: "system" | { organizationId: string }): Promise<number> {
    const organizationId = scope === "system" ? undefined : scope.organizationId;
    const begun = performance.now();
    const map = await read(deps.sql, scope, async (tx) => {
      // The whole table is nobody's question: it may take longer than a request.
      await tx.unsafe("set local statement_timeout = 0");
      return await store.processMap(tx, store.logOfRuns({ organizationId, key: KEY }));
    });
    const took = performance.now() - begun;
    const share = scope === "system" ? organizations : 1;
    if (map.events !== cases * EVENTS_PER_CASE * share) {
      throw new Error(`the map has ${map.events} events`);
    }
    return took;
  }
  let next = 0;
  return {
    events: cases * EVENTS_PER_CASE * organizations,
    /** Milliseconds for the map of one organization, each time another one's. */
    one: () => timed({ organizationId: ids[next++ % ids.length]! }),
    /** Milliseconds for the map of the whole table. */
    whole: () => timed("system"),
    close: () => service[Symbol.asyncDispose](),
  };
}
