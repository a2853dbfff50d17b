/** Steps that wait: for a time, an event, a person or another run. */
import { isPermission } from "@praxis/shared/auth";
import { addOpenTime, DEFAULT_CALENDAR } from "../calendars/model.ts";
import type { HumanTask } from "../language/language.ts";
import { durationMs } from "../language/language.ts";
import { clinicOf } from "../language/model.ts";
import { asRecord, type Json } from "../language/language.ts";
import { type Core, Fault, fault } from "./core.ts";
import { errorTypes, type Signal, type Step } from "./state.ts";

/** A timer that fires later than this after its time was late, and says so. */
const LATE_MS = 5_000;
/** Facts that a run remembers to have heard. */
const CONSUMED_MAX = 200;

export function createWaits(core: Core) {
  const { run } = core;

  function ms(value: unknown): number {
    const found = durationMs(value);
    if (found === undefined) throw fault("validation", 400, "this is no duration");
    return found;
  }
  const later = (value: unknown) => new Date(core.now().getTime() + ms(value));

  async function openLater(value: unknown, calendar = DEFAULT_CALENDAR): Promise<Date> {
    const at = addOpenTime(await core.calendarOf(calendar), core.now(), ms(value));
    if (!at) throw fault("validation", 400, "the clinic is not open for so long");
    return at;
  }

  const dueOf = async (due: HumanTask["due"]): Promise<Date> => {
    const { after, businessHours, calendar } = asRecord(due);
    if (businessHours !== undefined) {
      return await openLater(businessHours, calendar as string | undefined);
    }
    return later(after ?? due);
  };

  /** The first of the times at which a waiting step has to be looked at. */
  function schedule(step: Step, at: (Date | undefined)[]): void {
    const { timeoutAt } = step.data;
    const times = [...at, timeoutAt === undefined ? undefined : new Date(timeoutAt)]
      .filter((time) => time !== undefined);
    step.dueAt = times.length === 0
      ? null
      : times.reduce((first, time) => time < first ? time : first);
  }

  function hold(step: Step, ...at: (Date | undefined)[]): void {
    step.state = "waiting";
    schedule(step, at);
    core.touch(step);
  }

  async function beginTimer(step: Step): Promise<void> {
    const { task } = core.nodeOf(step);
    const { businessHours, calendar } = clinicOf(task);
    const span = await core.fill(task.wait!, core.variablesOf(step));
    const until = businessHours ? await openLater(span, calendar) : later(span);
    step.data.results = { until: until.toISOString() };
    hold(step, until);
  }

  /** A timer whose time has come; what being late means is for the definition to say. */
  async function fire(step: Step, lateMs: number): Promise<void> {
    const { late = "fire" } = clinicOf(core.nodeOf(step).task);
    const isSkipped = lateMs > LATE_MS &&
      (late === "skip" || (typeof late === "object" && lateMs > ms(late.fireWithin)));
    core.say(step, isSkipped ? "skipped" : "fired", null, lateMs > LATE_MS ? lateMs : null);
    await core.complete(
      step,
      isSkipped ? { skipped: true, lateMs } : step.data.data ?? null,
    );
  }

  async function beginListening(step: Step): Promise<void> {
    const { task } = core.nodeOf(step);
    const { one, any, all } = asRecord(asRecord(task.listen).to);
    const mode = one !== undefined ? "one" : any !== undefined ? "any" : "all";
    const written = (one !== undefined ? [one] : any ?? all) as Json[];
    const variables = core.variablesOf(step);
    // What is expected is known now; what is said of the event only when it arrives.
    const filters: Json[] = [];
    for (const filter of written) {
      const { data, ...attributes } = asRecord(asRecord(filter).with);
      const known = asRecord(await core.fill(attributes, variables));
      const correlate: Record<string, Json> = {};
      for (const [name, one] of Object.entries(asRecord(asRecord(filter).correlate))) {
        const { from, expect } = asRecord(one);
        correlate[name] = {
          from: from!,
          ...(expect === undefined ? {} : { expect: await core.fill(expect, variables) }),
        };
      }
      filters.push({ with: { ...known, ...(data === undefined ? {} : { data }) }, correlate });
    }
    step.data.mode = mode;
    step.data.filters = filters;
    step.data.heard = {};
    step.data.hasLookedBack = false;
    // Those beside it may hear the same fact; those after it may not.
    step.data.ignored = [...run.state.consumed];
    step.eventTypes = filters.map((one) => String(asRecord(asRecord(one).with).type));
    const subjects = new Set(filters.map((one) => asRecord(asRecord(one).with).subject));
    const [subject] = subjects;
    step.eventSubject = subjects.size === 1 && typeof subject === "string" ? subject : null;
    // It may have been told already: whoever keeps the events looks back at once.
    hold(step, core.now());
  }

  /** Takes in events that fit (the payload says which filter); true when it has all it wants. */
  async function hear(step: Step, signals: Signal[]): Promise<boolean> {
    const heard = step.data.heard ??= {};
    for (const { id, payload } of signals) {
      const { filter, event } = asRecord(payload);
      if (step.data.ignored?.includes(id) || String(filter) in heard) continue;
      heard[String(filter)] = event!;
      const { consumed } = run.state;
      if (!consumed.includes(id)) run.state.consumed = [...consumed, id].slice(-CONSUMED_MAX);
      core.say(step, "heard", String(asRecord(event).type));
      if (step.data.mode !== "all") break;
    }
    core.touch(step);
    const needed = step.data.mode === "all" ? step.data.filters!.length : 1;
    if (Object.keys(heard).length < needed) return false;
    const read = asRecord(core.nodeOf(step).task.listen).read ?? "data";
    const inOrder = Object.entries(heard).sort(([a], [b]) => Number(a) - Number(b));
    const output = inOrder.map(([, event]) =>
      read === "data" ? asRecord(event).data ?? null : event
    );
    await core.complete(step, output);
    return true;
  }

  /** Puts a task in front of people; nobody waits for it yet. */
  async function orderTask(step: Step, task: Omit<HumanTask, "escalate">): Promise<void> {
    const candidatePermission = task.candidatePermission ?? "tasks:work";
    // An expression may have named it; nobody would ever see the task.
    if (!isPermission(candidatePermission)) {
      throw fault("validation", 400, `there is no permission ${candidatePermission}`);
    }
    core.effects.push({
      kind: "open-task",
      stepId: step.id,
      order: {
        title: task.title,
        dueAt: await dueOf(task.due),
        candidatePermission,
        pools: task.candidateRoles ?? [],
        form: (task.form ?? null) as Json,
        outcomes: task.outcomes ?? [],
        priority: task.priority ?? "normal",
        isFourEyes: task.fourEyes ?? false,
        patientId: task.patientId === undefined ? run.patientId : task.patientId,
        subject: task.subject ?? run.subject,
      },
    });
  }

  async function openTask(step: Step, task: HumanTask): Promise<void> {
    step.data.escalations = (task.escalate ?? []).map(({ after, to, notify, severity }) => ({
      at: later(after).toISOString(),
      to: to ?? [],
      notify: notify ?? [],
      severity: severity ?? null,
    })).sort((a, b) => a.at < b.at ? -1 : 1);
    step.data.level = 0;
    await orderTask(step, task);
    hold(step, nextEscalation(step));
  }

  function nextEscalation({ data: { escalations = [], level = 0 } }: Step): Date | undefined {
    const next = escalations[level];
    return next && new Date(next.at);
  }

  /** However many levels have passed meanwhile, people hear of the last one only. */
  function escalate(step: Step): void {
    const now = core.now().toISOString();
    const { escalations = [], level = 0 } = step.data;
    const passed = escalations.filter(({ at }) => at <= now).length;
    if (passed > level) {
      const { to, notify, severity, at } = escalations[passed - 1]!;
      core.effects.push({
        kind: "escalate-task",
        stepId: step.id,
        level: passed,
        to,
        notify,
        severity,
      });
      step.data.level = passed;
      const lateMs = core.now().getTime() - Date.parse(at);
      core.say(step, "escalated", `level ${passed}`, lateMs > LATE_MS ? lateMs : null);
    }
    schedule(step, [nextEscalation(step)]);
    core.touch(step);
  }

  /** Another run has ended: with its output, or with its error as ours. */
  async function takeRun(step: Step, payload: Json): Promise<void> {
    const { status, output, reason } = asRecord(payload);
    if (status === "completed") return await core.complete(step, output ?? null);
    throw fault("runtime", 500, `the run that it waited for is ${status}: ${reason ?? ""}`);
  }

  return {
    hold,
    beginTimer,
    beginListening,
    openTask,
    orderTask,
    timeoutAt: later,

    async wake(step: Step, signals: Signal[]): Promise<void> {
      if (step.state !== "waiting") return;
      const [first] = signals;
      const now = core.now();
      if (step.kind === "listen") {
        if (await hear(step, signals)) return;
      } else if (first?.kind === "task") {
        return await core.complete(step, first.payload);
      } else if (first?.kind === "run") return await takeRun(step, first.payload);
      const { timeoutAt } = step.data;
      if (timeoutAt !== undefined && now.toISOString() >= timeoutAt) {
        for (const child of [...core.live.values()]) {
          if (child.parentId === step.id) core.cancel(child, "its time is over");
        }
        throw new Fault({ type: errorTypes.timeout, status: 408, detail: "its time is over" });
      }
      if (step.kind === "wait") {
        const until = new Date(String(step.data.results?.until));
        if (now >= until) return await fire(step, now.getTime() - until.getTime());
        return hold(step, until);
      }
      if (step.kind === "call") return escalate(step);
      if (step.kind === "try" && step.data.isRetrying) {
        step.data.isRetrying = false;
        hold(step);
        return await core.enter(`${step.node}/try`, step, step.data.data ?? null);
      }
      hold(step);
    },

    /** What waits outside is told that nobody waits any more. */
    forget(step: Step, reason: string): void {
      if (step.state !== "waiting") return;
      if (step.kind === "call") core.effects.push({ kind: "cancel-task", stepId: step.id, reason });
      if (step.kind === "run") core.effects.push({ kind: "cancel-run", stepId: step.id, reason });
    },
  };
}
