/** Runs of ten calls, and thousands that wait: what `deno task bench workflow` measures. */
import { newId } from "@praxis/shared/id";
import { transaction } from "@praxis/shared/postgres";
import { stringify } from "yaml";
import { chaosFunctions } from "./chaos_worker.ts";
import { start } from "./runs/starting.ts";
import { openWorkflow, publishVersion } from "./testing.ts";

export const STEPS = 10;

async function publish(t: Awaited<ReturnType<typeof openWorkflow>>, name: string, tasks: unknown) {
  const organizationId = newId();
  const [author, approver] = [t.as(newId(), organizationId), t.as(newId(), organizationId)];
  const source = stringify({
    document: { dsl: "1.0.3", namespace: "bench", name, version: "1.0.0" },
    evaluate: { language: "cel" },
    do: tasks,
  });
  const path = `/api/workflow/definitions/${name}/versions/1`;
  const drafted = await author("POST", "/api/workflow/definitions", { body: { source } });
  if (!drafted.ok) throw new Error("the definition was not drafted");
  const { id, key, version, state } = await publishVersion([author, approver], path);
  return { organizationId, definition: { id, key, version, state } };
}

/** The engine on a database of its own, with a participant that answers at once. */
export async function openBench() {
  const t = await openWorkflow({
    functions: chaosFunctions,
    ask: () => Promise.resolve({ kind: "done", result: { ok: true } }),
  });
  const calls = Array.from({ length: STEPS }, (_, n) => ({ [`step${n}`]: { call: "chaos.act" } }));
  const ten = await publish(t, "ten", calls);
  const waiting = await publish(t, "waiting", [{ pause: { wait: { days: 30 } } }]);

  async function begin({ organizationId, definition }: typeof ten, count: number): Promise<void> {
    const at = t.deps.now();
    await transaction(
      t.deps.sql,
      { organizationId },
      (tx) =>
        Promise.all(
          Array.from({ length: count }, () =>
            start(tx, at, { kind: "service", service: "workflow" }, {
              definition,
              organizationId,
              input: {},
              subject: null,
              patientId: null,
              startedBy: { kind: "service", id: "bench" },
              requestId: "bench",
              startKey: newId(),
            })),
        ),
    );
  }

  return {
    /** Steps per second, each a call with a commit of its own; starts and audit are in it. */
    async stepsPerSecond(runs: number): Promise<number> {
      const startedAt = performance.now();
      await begin(ten, runs);
      await t.runner.drain();
      const [row] = await t.service.owner`
        select count(*)::int as open from runs where key = 'ten' and status <> 'completed'`;
      if (row!.open !== 0) throw new Error(`${row!.open} runs are not completed`);
      return runs * STEPS / (performance.now() - startedAt) * 1000;
    },
    async letWait(runs: number): Promise<void> {
      for (let left = runs; left > 0; left -= 500) await begin(waiting, Math.min(left, 500));
      await t.runner.drain();
    },
    look: () => t.runner.look(),
    /** Processes of the database server that work for us. */
    async backends(): Promise<number[]> {
      const rows = await t.service.owner<{ pid: number }[]>`
        select pid from pg_stat_activity where datname = current_database()`;
      return rows.map(({ pid }) => pid);
    },
    close: () => t[Symbol.asyncDispose](),
  };
}
