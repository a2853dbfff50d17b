/** What a plan becomes: the definition that the engine runs. */
import type { Document, Json } from "../language/language.ts";
import { type Action, keyOf, type Leaf, leavesOf, otherOf, type Plan, spanOf } from "./plan.ts";
import { isTimed } from "./timing.ts";

const DUE: Record<string, Json> = {
  stat: { hours: 2 },
  asap: { days: 1 },
  urgent: { days: 2 },
  routine: { days: 14 },
};

function repeatsOf({ timingTiming }: Action): { count: number; pause: Json } | undefined {
  const { count, period, periodUnit } = timingTiming?.repeat ?? {};
  if (typeof count !== "number" || count < 2 || count > 100) return undefined;
  const pause = spanOf({ value: Number(period), code: String(periodUnit) });
  return pause === undefined ? undefined : { count, pause };
}

/** One branch per action: after what it follows, when it is time, by a task or by evidence. */
function branchOf(leaf: Leaf, leaves: readonly Leaf[]): Json {
  const { id, title, action, after } = leaf;
  const subject = "${ input.enrolmentId }";
  const tasks: Json[] = [];
  const least = action.timingDuration ?? action.timingRange?.low;
  let offset = least && spanOf(least);
  for (const [n, related] of after.entries()) {
    if (!related.relationship.startsWith("after")) continue;
    const other = otherOf(related, leaf, leaves);
    if (!other) continue;
    const data = `\${ data.step == '${other.id}' }`;
    const what = related.relationship.startsWith("after-end") ? "step_done" : "step_begun";
    tasks.push({
      [`${id}-after-${n + 1}`]: {
        listen: { to: { one: { with: { type: `clinic.${what}`, subject, data } } } },
      },
    });
    offset = (related.offsetDuration && spanOf(related.offsetDuration)) ?? offset;
  }
  if (offset !== undefined) tasks.push({ [`${id}-wait`]: { wait: offset } });
  if (isTimed(action)) {
    // When it is, depends on the patient: it was worked out when they were enrolled.
    const known = `has(input.waits) && '${id}' in input.waits`;
    tasks.push({ [`${id}-time`]: { if: `\${ ${known} }`, wait: `\${ input.waits['${id}'] }` } });
  }
  const due = DUE[action.priority ?? "routine"] ?? DUE.routine!;
  const pools = (action.participant ?? []).flatMap(({ role }) => role?.text ? [role.text] : []);
  const tell = (what: string) => ({
    emit: {
      event: { with: { type: `clinic.${what}`, source: "/pathway", subject, data: { step: id } } },
    },
  });
  const step: Json = {
    fork: {
      compete: true,
      branches: [
        {
          [`${id}-task`]: {
            call: "clinic.humanTask",
            with: {
              title,
              due,
              ...(pools.length === 0 ? {} : { candidateRoles: pools }),
              subject: { type: "enrolment", id: subject },
            },
          },
        },
        {
          [`${id}-evidence`]: {
            listen: {
              to: {
                one: {
                  with: { type: "clinic.evidence", subject, data: `\${ data.step == '${id}' }` },
                },
              },
            },
          },
        },
      ],
    },
  };
  const repeats = repeatsOf(action);
  const rounds = repeats && Array.from({ length: repeats.count }, (_, n) => n);
  tasks.push(
    { [`${id}-begun`]: tell("step_begun") },
    repeats
      ? {
        [`${id}-rounds`]: {
          for: { each: "round", in: `\${ [${rounds!.join(", ")}] }` },
          do: [
            { [`${id}-pause`]: { if: "${ round > 0 }", wait: repeats.pause } },
            { [id]: step },
          ],
        },
      }
      : { [id]: step },
    { [`${id}-done`]: tell("step_done") },
  );
  // Only what is known not to apply is left out: what cannot be told is for a person.
  const known = `has(input.applicable) && '${id}' in input.applicable`;
  return {
    [id + "-branch"]: { if: `\${ !(${known} && input.applicable['${id}'] == false) }`, do: tasks },
  };
}

/** The definition that the engine runs; its input is an enrolment. */
export function compilePlan(plan: Plan): Document {
  const leaves = leavesOf(plan);
  return {
    document: {
      dsl: "1.0.3",
      namespace: "pathway",
      name: keyOf(plan),
      version: /^\d+\.\d+\.\d+$/.test(plan.version ?? "") ? plan.version! : "1.0.0",
      title: (plan.title ?? plan.name ?? keyOf(plan)).slice(0, 200),
    },
    evaluate: { language: "cel" },
    do: [{ steps: { fork: { branches: leaves.map((leaf) => branchOf(leaf, leaves)) } } }] as never,
  };
}
