/** What a plan becomes: the definition that the engine runs. */
import type { Document, Json } from "../language/language.ts";
import {
  type Action,
  type Awaited,
  awaitedBy,
  keyOf,
  type Leaf,
  leavesOf,
  type Plan,
  spanOf,
} from "./plan.ts";
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

const SUBJECT = "${ input.enrolmentId }";

/** Known not to apply: what cannot be told is for a person. */
const isOut = ({ id }: Leaf) =>
  `(has(input.applicable) && '${id}' in input.applicable && input.applicable['${id}'] == false)`;

const fact = ({ id }: Leaf, until: Awaited["until"]) => ({
  with: {
    type: `clinic.step_${until}`,
    subject: SUBJECT,
    data: `\${ data.step == '${id}' }`,
  },
});

/** One way of waiting per leaf that has to end, or for whichever of a group begins first. */
function waysOf({ others, until, offset }: Awaited): { listen: Json; if: string; wait?: Json }[] {
  const wait = offset && spanOf(offset);
  const then = wait === undefined ? {} : { wait };
  if (until === "begun" && others.length > 1) {
    const any = others.map((other) => fact(other, until));
    const all = others.map(isOut).join(" && ");
    return [{ listen: { to: { any } }, if: `\${ !(${all}) }`, ...then }];
  }
  return others.map((other) => ({
    listen: { to: { one: fact(other, until) } },
    if: `\${ !${isOut(other)} }`,
    ...then,
  }));
}

/**
 * Waits for everything that a leaf follows, all at the same time: what happened long before the
 * last of them would not be heard any more.
 */
function waitsOf(id: string, awaited: readonly Awaited[]): Json[] {
  const ways = awaited.flatMap(waysOf).map(({ listen, wait, if: when }, n) => [
    { [`${id}-after-${n + 1}`]: { if: when, listen } },
    ...(wait === undefined ? [] : [{ [`${id}-offset-${n + 1}`]: { if: when, wait } }]),
  ]);
  if (ways.length < 2) return ways.flat();
  const branches = ways.map((steps, n) =>
    steps.length === 1 ? steps[0]! : { [`${id}-way-${n + 1}`]: { do: steps } }
  );
  return [{ [`${id}-follows`]: { fork: { branches } } }];
}

/** One branch per action: after what it follows, when it is time, by a task or by evidence. */
function branchOf(leaf: Leaf, leaves: readonly Leaf[]): Json {
  const { id, title, action } = leaf;
  const subject = SUBJECT;
  const awaited = awaitedBy(leaf, leaves);
  const tasks: Json[] = waitsOf(id, awaited);
  const least = action.timingDuration ?? action.timingRange?.low;
  const isLater = awaited.some(({ offset }) => offset && spanOf(offset) !== undefined);
  const pause = least && !isLater ? spanOf(least) : undefined;
  if (pause !== undefined) tasks.push({ [`${id}-wait`]: { wait: pause } });
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
  return { [id + "-branch"]: { if: `\${ !${isOut(leaf)} }`, do: tasks } };
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
