/** `deno run -A services/workflow/chaos.ts [runs] [kills]`: workers die, runs end right. */
import { newId } from "@praxis/shared/id";
import { stringify } from "yaml";
import { openWorkflow, publishVersion } from "./testing.ts";
import { chaosFunctions } from "./chaos_worker.ts";

const BASE = "/api/workflow";
/** Between two deaths of the worker. */
const LIFE_MS = 400;
const GIVE_UP_MS = 240_000;

export type Verdict = {
  statuses: Record<string, number>;
  kills: number;
  /** Effects by their key, and those that were asked for more than once. */
  effects: number;
  repeated: number;
  /** What went wrong: nothing may. */
  wrong: string[];
};

const call = (name: string, more: Record<string, unknown> = {}) => ({
  [name]: {
    call: "chaos.act",
    with: { name, run: "${ workflow.id }", fail: "${ input.fail }" },
    metadata: {
      class: "compensatable",
      compensate: { call: "chaos.undo", with: { name, run: "${ workflow.id }" } },
    },
    ...more,
  },
});

/** Calls, a timer, a branch with a task, and a last call that half of the runs are refused. */
const tasks = [
  call("a"),
  { pause: { wait: { milliseconds: 200 } } },
  {
    both: {
      fork: {
        branches: [
          call("b"),
          { ask: { call: "clinic.humanTask", with: { title: "Look", due: "PT1H" } } },
        ],
      },
    },
  },
  call("c"),
  {
    last: {
      call: "chaos.act",
      with: { name: "last", run: "${ workflow.id }", fail: "${ input.fail }" },
    },
  },
];

/**
 * `runs` runs under a worker that is killed `kills` times with SIGKILL. Every other run is refused
 * its last call and has to be undone, newest first.
 */
export async function runChaos(runs: number, kills: number): Promise<Verdict> {
  const t = await openWorkflow({ functions: chaosFunctions });
  const asked = new Map<string, { count: number; body: string }>();
  const order: { run: string; what: string }[] = [];
  const wrong: string[] = [];
  const server = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen: () => {} },
    async (request) => {
      const key = request.headers.get("idempotency-key")!;
      const body = await request.text();
      const { name, run, fail } = JSON.parse(body);
      const first = asked.get(key);
      if (first && first.body !== body) wrong.push(`${key} came with another body`);
      const what = `${new URL(request.url).pathname.slice(1)} ${name}`;
      if (!first) order.push({ run, what });
      asked.set(key, { count: (first?.count ?? 0) + 1, body });
      if (name === "last" && fail) return Response.json({ title: "No" }, { status: 409 });
      return Response.json({ name });
    },
  );
  const organizationId = newId();
  const [author, approver] = [t.as(newId(), organizationId), t.as(newId(), organizationId)];
  const worker = () =>
    new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        "-A",
        "--no-check",
        new URL("./chaos_worker.ts", import.meta.url).href,
        t.service.appUrl,
        String(server.addr.port),
      ],
      stdin: "null",
      stdout: "null",
      stderr: "inherit",
    }).spawn();
  let child = worker();
  let killed = 0;
  try {
    const source = stringify({
      document: { dsl: "1.0.3", namespace: "clinic", name: "chaos", version: "1.0.0" },
      evaluate: { language: "cel" },
      do: tasks,
    });
    const expect = async (response: Promise<Response>) => {
      const answered = await response;
      const text = await answered.text();
      if (!answered.ok) throw new Error(`${answered.status}: ${text}`);
      return text === "" ? undefined : JSON.parse(text);
    };
    await expect(author("POST", `${BASE}/definitions`, { body: { source } }));
    await publishVersion([author, approver], `${BASE}/definitions/chaos/versions/1`);
    const ids: string[] = [];
    for (let n = 0; n < runs; n++) {
      const body = { key: "chaos", input: { fail: n % 2 === 1 } };
      ids.push((await expect(author("POST", `${BASE}/runs`, { body }))).id);
    }
    const endsAt = performance.now() + GIVE_UP_MS;
    let diesAt = performance.now() + LIFE_MS * 3;
    const statusesOf = async () => {
      const rows = await t.service.owner<{ status: string; count: number }[]>`
        select status, count(*)::int from runs group by status`;
      return Object.fromEntries(rows.map(({ status, count }) => [status, count]));
    };
    for (;;) {
      const { items } = await expect(author("GET", `${BASE}/tasks?state=open&limit=100`));
      for (const { id } of items) {
        await expect(author("POST", `${BASE}/tasks/${id}/complete`, { body: {} }));
      }
      if (killed < kills && performance.now() > diesAt) {
        child.kill("SIGKILL");
        await child.status;
        killed++;
        child = worker();
        diesAt = performance.now() + LIFE_MS * (2 + (killed % 3));
      }
      const statuses = await statusesOf();
      const ended = (statuses.completed ?? 0) + (statuses.compensated ?? 0);
      if (ended === runs && killed >= kills) break;
      if (performance.now() > endsAt) {
        wrong.push(`given up: ${JSON.stringify(statuses)}`);
        break;
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    for (const [n, id] of ids.entries()) {
      const seen = order.filter(({ run }) => run === id).map(({ what }) => what);
      const forward = ["act a", "act b", "act c", "act last"];
      const wanted = n % 2 === 1 ? [...forward, "undo c", "undo b", "undo a"] : forward;
      if (seen.join() !== wanted.join()) wrong.push(`${id} did ${seen.join()}`);
    }
    return {
      statuses: await statusesOf(),
      kills: killed,
      effects: asked.size,
      repeated: [...asked.values()].filter(({ count }) => count > 1).length,
      wrong,
    };
  } finally {
    child.kill("SIGKILL");
    await child.status;
    await server.shutdown();
    await t[Symbol.asyncDispose]();
  }
}

if (import.meta.main) {
  const [runs = 100, kills = 12] = Deno.args.map(Number);
  const verdict = await runChaos(runs, kills);
  Deno.stdout.writeSync(new TextEncoder().encode(JSON.stringify(verdict, null, 2) + "\n"));
  Deno.exit(verdict.wrong.length === 0 ? 0 : 1);
}
