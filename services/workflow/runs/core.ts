/** What the parts of the machine know of each other, and the errors that they tell. */
import type { Calendar } from "../calendars/model.ts";
import type { CatalogueFunction, Json, Request, Sandbox } from "../language/language.ts";
import type { Node, Program } from "../language/model.ts";
import {
  type Effect,
  errorTypes,
  type Run,
  type RunError,
  type RunStatus,
  type Step,
} from "./state.ts";

/** An error of the run itself: caught by a `try`, or it fails the run. */
export class Fault extends Error {
  override name = "Fault";
  constructor(readonly error: RunError) {
    super(error.type);
  }
}
export const fault = (type: keyof typeof errorTypes, status: number, detail: string) =>
  new Fault({ type: errorTypes[type], status, detail });

/** A call that has to be made before the step can go on. */
export type Ask = { step: Step; request: Request };

export type MachineOptions = {
  program: Program;
  run: Run;
  /** The steps that are not over. */
  steps: Step[];
  functions: readonly CatalogueFunction[];
  evaluate: Sandbox["evaluate"];
  calendarOf: (name: string) => Promise<Calendar>;
  /** The members of these pools. */
  membersOf: (pools: readonly string[]) => Promise<string[]>;
  /** Who has written the definition; null when nobody has to answer for it. */
  authorId: string | null;
  now: () => Date;
  newId: () => string;
};

/** What the parts of the machine know of each other. */
export type Core = MachineOptions & {
  live: Map<string, Step>;
  effects: Effect[];
  nodeOf(step: Step): Node;
  variablesOf(step: Step | null, more?: Record<string, Json>): Record<string, Json>;
  /** @throws Fault when an expression fails. */
  fill(value: Json, variables: Record<string, Json>): Promise<Json>;
  ask(text: string, variables: Record<string, Json>): Promise<Json>;
  isTrue(text: string, variables: Record<string, Json>): Promise<boolean>;
  /** `as` and `from`: an expression even without brackets when it is a text. */
  transform(as: Json, variables: Record<string, Json>): Promise<Json>;
  /** The call of a service that a step makes, or that undoes what it has made. */
  requestOf(step: Step, known: CatalogueFunction, args: unknown): Promise<Request>;
  say(step: Step | null, event: string, detail?: string | null, lateMs?: number | null): void;
  touch(step: Step): void;
  create(node: Node, parent: Step | null, input: Json): Step;
  enter(list: string, parent: Step | null, input: Json): Promise<void>;
  complete(step: Step, output: Json, then?: string): Promise<void>;
  /** A list inside `parent` (null: the definition's own) has come to its end. */
  listDone(parent: Step | null, list: string, output: Json): Promise<void>;
  fail(step: Step, error: RunError): Promise<void>;
  cancel(step: Step, reason: string): void;
  finish(status: RunStatus, output: Json, reason?: string): void;
};
