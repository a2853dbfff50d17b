/** DECLARE templates (van der Aalst, Pesic, 2006) with data and time, and what each comes down to. */
import { z } from "@hono/zod-openapi";

/** What a part of a constraint asks of the events of one case. */
type Relation = {
  kind: "relation";
  /** The event that calls for the other one. */
  activates: "activity" | "target";
  looks: "after" | "before" | "both";
  /** `alternate`: before the next event of the same kind; `chain`: right beside it. */
  mode: "any" | "alternate" | "chain";
  isNegated: boolean;
};
type Count = { kind: "count"; of: "activity" | "either"; min: number | null; max: number | null };
type Position = { kind: "position"; at: "first" | "last" };
export type Part = Relation | Count | Position;

const relation = (
  activates: Relation["activates"],
  looks: Relation["looks"],
  mode: Relation["mode"] = "any",
  isNegated = false,
): Relation => ({ kind: "relation", activates, looks, mode, isNegated });
const response = (mode?: Relation["mode"]) => relation("activity", "after", mode);
const precedence = (mode?: Relation["mode"]) => relation("target", "before", mode);

/** Of each template its parts, given how often the constraint asks for. */
const partsByTemplate = {
  existence: (n) => [{ kind: "count", of: "activity", min: n, max: null }],
  absence: (n) => [{ kind: "count", of: "activity", min: null, max: n - 1 }],
  exactly: (n) => [{ kind: "count", of: "activity", min: n, max: n }],
  init: () => [{ kind: "position", at: "first" }],
  last: () => [{ kind: "position", at: "last" }],
  choice: () => [{ kind: "count", of: "either", min: 1, max: null }],
  "exclusive-choice": () => [
    { kind: "count", of: "either", min: 1, max: null },
    relation("activity", "both", "any", true),
  ],
  "responded-existence": () => [relation("activity", "both")],
  "co-existence": () => [relation("activity", "both"), relation("target", "both")],
  "not-co-existence": () => [relation("activity", "both", "any", true)],
  response: () => [response()],
  "alternate-response": () => [response("alternate")],
  "chain-response": () => [response("chain")],
  precedence: () => [precedence()],
  "alternate-precedence": () => [precedence("alternate")],
  "chain-precedence": () => [precedence("chain")],
  succession: () => [response(), precedence()],
  "alternate-succession": () => [response("alternate"), precedence("alternate")],
  "chain-succession": () => [response("chain"), precedence("chain")],
  "not-succession": () => [relation("activity", "after", "any", true)],
  "not-chain-succession": () => [relation("activity", "after", "chain", true)],
} as const satisfies Record<string, (n: number) => readonly Part[]>;

export type Template = keyof typeof partsByTemplate;
export const templates = Object.keys(partsByTemplate) as [Template, ...Template[]];

/** Parts are told apart by their place in this list, which therefore never changes. */
export const partsOf = (template: Template, count: number): readonly Part[] =>
  partsByTemplate[template](count);

/** `target` is the second activity; templates about one activity have none. */
export const needsTarget = (template: Template): boolean =>
  partsOf(template, 1).some((part) =>
    part.kind === "relation" || (part.kind === "count" && part.of === "either")
  );
export const needsCount = (template: Template): boolean =>
  ["existence", "absence", "exactly"].includes(template);

/** Windows by opening time are counted forwards from one event, or from the start of the case. */
export const mayUseCalendar = (template: Template): boolean =>
  partsOf(template, 1).every((part) =>
    part.kind === "count" || (part.kind === "relation" && part.looks === "after")
  );
/** A window that has no end would never be over. */
export const mayUseWindow = (template: Template): boolean =>
  partsOf(template, 1).every(({ kind }) => kind !== "position");

export const verdictStates = ["satisfied", "violated", "pending", "indeterminate"] as const;
export type VerdictState = typeof verdictStates[number];

/** Why a verdict is what it is, in a word; people are told by `explain`. */
export const reasons = {
  fulfilled: "What was asked for has happened.",
  waiting: "It has not happened yet, and there is still time.",
  missing: "It has not happened, and the time for it is over.",
  late: "It has happened, but too late.",
  "out-of-turn": "Something else has happened in between.",
  unwanted: "It has happened, and must not have.",
  "too-few": "It has not happened often enough.",
  "too-many": "It has happened too often.",
  "wrong-place": "Something else stands in its place.",
  "missing-data": "The events do not say enough to tell.",
  retired: "The protocol is not in force any more.",
  withdrawn: "The event that called for it was corrected or taken back.",
} as const;
export type Reason = keyof typeof reasons;

export const Verdict = z.object({
  constraintId: z.uuid(),
  constraint: z.string(),
  template: z.enum(templates),
  part: z.int().openapi({ description: "Of a succession: 0 the response, 1 the precedence." }),
  runId: z.uuid(),
  eventId: z.uuid().openapi({ description: "The event that called for it; the run if none did." }),
  activity: z.string().nullable(),
  activatedAt: z.iso.datetime().nullable(),
  state: z.enum(verdictStates),
  isAtRisk: z.boolean().openapi({ description: "Pending, with four fifths of the time over." }),
  why: z.enum(Object.keys(reasons) as [Reason, ...Reason[]]),
  targetAt: z.iso.datetime().nullable().openapi({ description: "When what it is about happened." }),
  dueAt: z.iso.datetime().nullable(),
}).openapi("ComplianceVerdict");
export type Verdict = z.output<typeof Verdict>;
