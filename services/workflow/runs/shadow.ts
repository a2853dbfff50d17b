/** What follows by itself; and, in the shadow, what would have been asked. */
import type { Json } from "../language/language.ts";
import type { Ask, Machine } from "./machine.ts";

type Taken = ReturnType<Machine["take"]>;

/** Goes on with everything new that asks nobody, and collects what does. */
export async function burst(machine: Machine, known: Set<string>, asks: Ask[]): Promise<void> {
  for (;;) {
    const step = machine.ready().find(({ id }) => !known.has(id));
    if (!step) return;
    known.add(step.id);
    const next = await machine.work(step);
    if (!next) continue;
    if (machine.run.isShadow) await machine.settle(step, { kind: "done", result: null });
    else asks.push(next);
  }
}

/** In the shadow nothing is asked and nobody is: it is written down, and taken for done. */
export async function playShadow(machine: Machine, taken: Taken): Promise<Taken> {
  if (!machine.run.isShadow) return taken;
  const all = { ...taken, effects: [] as Taken["effects"] };
  for (let open = taken.effects; open.length > 0;) {
    for (const effect of open) {
      if (effect.kind !== "open-task" && effect.kind !== "start-run") continue;
      const step = machine.live.get(effect.stepId);
      const detail = effect.kind === "open-task" ? effect.order.title : effect.key;
      const node = step?.node ?? null;
      const stepId = effect.stepId;
      all.history.push({ stepId, node, event: `would ${effect.kind}`, detail, lateMs: null });
      if (!step || step.state !== "waiting") continue;
      const payload: Json = effect.kind === "open-task"
        ? { outcome: effect.order.outcomes[0] ?? "completed", data: {}, isShadow: true }
        : { status: "completed", output: null };
      const kind = effect.kind === "open-task" ? "task" : "run";
      await machine.wake(step, [{ id: `shadow:${stepId}`, kind, payload }]);
      await burst(machine, new Set(), []);
    }
    const more = machine.take();
    all.steps = [...new Set([...all.steps, ...more.steps])];
    all.history.push(...more.history);
    open = more.effects;
  }
  return all;
}
