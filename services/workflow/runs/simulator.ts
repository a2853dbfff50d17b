/** Runs in memory: a clock that jumps to the next thing that happens, and nobody is asked. */
import { newId } from "@praxis/shared/id";
import { matches } from "../arrivals/arrivals.ts";
import type { Heard } from "../arrivals/model.ts";
import { weekdaysEightToSix } from "../calendars/model.ts";
import type { Deps } from "../deps.ts";
import { compile, type Document, type Json, type Program } from "../language/language.ts";
import { createMachine } from "./machine.ts";
import type { Simulation, SimulationInput } from "./model.ts";
import { isOver, type Run, type Step } from "./state.ts";

const TURNS_MAX = 5_000;
const TRACE_MAX = 500;
/** Of the real clock, for all runs of one request. */
const LIMIT_MS = 10_000;
const MINUTE_MS = 60_000;
const DEFAULT_MINUTES = 30;

/** Mulberry32: the same numbers for the same seed, on every machine. */
function randomOf(seed: number): () => number {
  let a = seed >>> 0;
  return () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

type World = Pick<Deps, "sandbox" | "functions">;
type One = Omit<Simulation, "many">;
type Happening = { at: number; step?: string; payload?: Json; event?: Heard };

const nameOf = (node: string) => node.split("/").at(-1)!;

function newRun(document: Document, input: Json, at: Date): Run {
  return {
    id: newId(),
    organizationId: newId(),
    definitionId: newId(),
    key: document.document.name,
    version: 1,
    status: "running",
    state: {
      input,
      context: {},
      outputs: {},
      visits: {},
      undo: [],
      isPastPivot: false,
      consumed: [],
    },
    output: null,
    reason: null,
    subject: null,
    patientId: null,
    isShadow: false,
    startedBy: { kind: "simulation", id: "simulation" },
    requestId: "simulation",
    depth: 0,
    createdAt: at,
    revision: 0,
  };
}

async function simulateOne(
  { sandbox, functions }: World,
  program: Program,
  given: SimulationInput,
  { random, endsAt }: { random: (() => number) | undefined; endsAt: number },
): Promise<One> {
  const begin = Date.parse(given.startAt ?? "2026-01-05T09:00:00Z");
  let time = begin;
  const run = newRun(program.document, given.input as Json, new Date(begin));
  const machine = createMachine({
    program,
    run,
    steps: [],
    functions,
    evaluate: sandbox.evaluate,
    calendarOf: () => Promise.resolve(weekdaysEightToSix),
    membersOf: () => Promise.resolve([]),
    authorId: null,
    now: () => new Date(time),
    newId,
  });
  const result: Pick<One, "trace" | "tasks"> = { trace: [], tasks: [] };
  const ahead: Happening[] = given.events.map(({ afterMinutes, ...event }) => {
    const at = begin + afterMinutes * MINUTE_MS;
    const data = event.data as Json;
    const heard = { id: newId(), source: "/simulation", time: new Date(at).toISOString() };
    return { at, event: { ...heard, ...event, data } };
  });
  const told: Heard[] = [];

  function answer(stepId: string, outcomes: readonly string[]): void {
    const name = nameOf(machine.live.get(stepId)?.node ?? "");
    const mean = given.minutes[name] ?? DEFAULT_MINUTES;
    // Exponential: most are quick, some take long.
    const minutes = random ? -Math.log(1 - random()) * mean : mean;
    const drawn = random && outcomes.length > 0
      ? outcomes[Math.floor(random() * outcomes.length)]!
      : outcomes[0] ?? "completed";
    const { outcome = drawn, data = {} } = given.answers[name] ?? {};
    const payload = { outcome, data: data as Json, completedBy: null, taskId: null };
    ahead.push({ at: time + minutes * MINUTE_MS, step: stepId, payload });
  }

  function collect(): void {
    const { history, effects } = machine.take();
    for (const { node, event, detail } of history) {
      if (result.trace.length >= TRACE_MAX) break;
      result.trace.push({ at: new Date(time).toISOString(), node, event, detail });
    }
    for (const effect of effects) {
      if (effect.kind === "open-task") {
        const { title, pools, dueAt } = effect.order;
        const openedAt = new Date(time).toISOString();
        result.tasks.push({ title, pools, openedAt, dueAt: dueAt.toISOString() });
        answer(effect.stepId, effect.order.outcomes);
      } else if (effect.kind === "start-run" && effect.isAwaited) {
        const name = nameOf(machine.live.get(effect.stepId)?.node ?? "");
        const output = (given.results[name] ?? null) as Json;
        ahead.push({ at: time, step: effect.stepId, payload: { status: "completed", output } });
      } else if (effect.kind === "emit") {
        const { id, type, subject, data } = effect;
        const at = new Date(time).toISOString();
        ahead.push({ at: time, event: { id, type, subject, data, source: "/", time: at } });
      }
    }
  }

  async function hear(step: Step, event: Heard): Promise<void> {
    if (!step.eventTypes.includes(event.type)) return;
    for (const [filter, wanted] of (step.data.filters ?? []).entries()) {
      if (!await matches(sandbox.evaluate, wanted, event)) continue;
      const payload = { filter, event } as unknown as Json;
      return void await machine.wake(step, [{ id: event.id, kind: "event", payload }]);
    }
  }

  async function workOff(): Promise<void> {
    for (;;) {
      collect();
      const [step] = machine.ready();
      if (!step || performance.now() >= endsAt) return;
      const ask = await machine.work(step);
      step.isBegun = true;
      if (!ask) continue;
      const result = (given.results[nameOf(step.node)] ?? null) as Json;
      await machine.settle(step, { kind: "done", result });
    }
  }

  await machine.begin();
  let turns = 0;
  for (; turns < TURNS_MAX && performance.now() < endsAt; turns++) {
    await workOff();
    if (isOver(run.status) || run.status === "failed") break;
    const waiting = [...machine.live.values()].filter(({ state }) => state === "waiting");
    const late = waiting.find(({ kind, data }) => kind === "listen" && !data.hasLookedBack);
    if (late) {
      late.data.hasLookedBack = true;
      for (const event of told) await hear(late, event);
      if (late.state === "waiting") await machine.wake(late, []);
      continue;
    }
    const due = [...machine.live.values()].filter(({ dueAt }) => dueAt !== null)
      .sort((a, b) => a.dueAt!.getTime() - b.dueAt!.getTime())[0];
    ahead.sort((a, b) => a.at - b.at);
    const [next] = ahead;
    if (next && (!due || next.at <= due.dueAt!.getTime())) {
      ahead.shift();
      time = Math.max(time, next.at);
      const step = next.step === undefined ? undefined : machine.live.get(next.step);
      if (next.event) {
        told.push(next.event);
        for (const one of waiting) await hear(one, next.event);
      } else if (step) {
        const kind = step.kind === "run" ? "run" : "task";
        await machine.wake(step, [{ id: newId(), kind, payload: next.payload! }]);
      }
    } else if (due) {
      time = Math.max(time, due.dueAt!.getTime());
      if (due.state === "waiting") await machine.wake(due, []);
    } else break;
  }
  const isOpen = !isOver(run.status) && run.status !== "failed";
  return {
    status: isOpen ? "waiting" : run.status,
    output: run.output,
    reason: turns >= TURNS_MAX ? "it was given up: too many turns" : run.reason,
    tookMinutes: (time - begin) / MINUTE_MS,
    ...result,
  };
}

const quantile = (sorted: readonly number[], q: number) =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? 0;

/** One run as it is told, or many by chance: how long they take and what people have to do. */
export async function simulate(
  world: World,
  document: Document,
  given: SimulationInput,
): Promise<Simulation> {
  const program = compile(document);
  const endsAt = performance.now() + LIMIT_MS;
  if (given.runs === 1) {
    return {
      ...await simulateOne(world, program, given, { random: undefined, endsAt }),
      many: null,
    };
  }
  const random = randomOf(given.seed);
  const all: One[] = [];
  while (all.length < given.runs && performance.now() < endsAt) {
    all.push(await simulateOne(world, program, given, { random, endsAt }));
  }
  const minutes = all.map(({ tookMinutes }) => tookMinutes).sort((a, b) => a - b);
  const count = (names: readonly string[]) =>
    Object.fromEntries(
      [...Map.groupBy(names, (name) => name)].map(([name, group]) => [name, group.length]),
    );
  const tasks = all.flatMap((one) => one.tasks);
  return {
    ...all[0]!,
    many: {
      runs: all.length,
      statuses: count(all.map(({ status }) => status)),
      medianMinutes: quantile(minutes, 0.5),
      p90Minutes: quantile(minutes, 0.9),
      tasksPerRun: tasks.length / all.length,
      tasksByPool: count(tasks.flatMap(({ pools }) => pools.length > 0 ? pools : ["anybody"])),
    },
  };
}
