/** What a step sees, and what the expressions of a definition make of it. */
import {
  asRecord,
  bareExpression,
  findExpressions,
  type Json,
  replaceExpressions,
} from "../language/language.ts";
import { type Core, fault, type MachineOptions } from "./core.ts";
import type { Step } from "./state.ts";

type Expressions = Pick<Core, "variablesOf" | "fill" | "ask" | "isTrue" | "transform">;

export function createExpressions(
  { program, run, evaluate, now }: MachineOptions,
  live: ReadonlyMap<string, Step>,
): Expressions {
  /** What the loops and catches around a step have put into its view. */
  function scopeOf(step: Step | null): Record<string, Json> {
    const scope: Record<string, Json> = {};
    for (let at = step && live.get(step.parentId ?? ""); at; at = live.get(at.parentId ?? "")) {
      const node = program.nodes.get(at.node);
      if (!node) continue;
      const { items, index, error } = at.data;
      if (node.kind === "for" && items !== undefined) {
        const loop = asRecord(node.task.for);
        scope[String(loop.each ?? "item")] ??= items[index ?? 0] ?? null;
        scope[String(loop.at ?? "index")] ??= index ?? 0;
      }
      if (node.kind === "try" && error !== undefined) {
        scope[String(asRecord(node.task.catch).as ?? "error")] ??= error;
      }
    }
    return scope;
  }

  function variablesOf(step: Step | null, more: Record<string, Json> = {}): Record<string, Json> {
    return {
      ...run.state.outputs,
      input: run.state.input,
      context: run.state.context,
      data: step ? step.data.data ?? step.input : run.state.input,
      workflow: { id: run.id, key: run.key, version: run.version, patientId: run.patientId },
      runtime: { now: now().toISOString() },
      ...scopeOf(step),
      ...more,
    };
  }

  async function fill(value: Json, variables: Record<string, Json>): Promise<Json> {
    const found = findExpressions(value);
    if (found.length === 0) return value;
    const results = await evaluate(found.map(({ text }) => text), variables);
    const values = results.map((result) => {
      if (result.ok) return result.value;
      throw fault(
        result.kind === "timeout" ? "timeout" : "expression",
        result.kind === "timeout" ? 408 : 400,
        result.reason,
      );
    });
    return replaceExpressions(value, values);
  }

  const ask = (text: string, variables: Record<string, Json>) =>
    fill(`\${ ${bareExpression(text)} }`, variables);

  async function isTrue(text: string, variables: Record<string, Json>): Promise<boolean> {
    const value = await ask(text, variables);
    if (typeof value === "boolean") return value;
    // Neither null nor 0 is a no: a condition that cannot be decided is an error.
    throw fault("expression", 400, "a condition is neither true nor false");
  }

  /** `as` and `from`: an expression even without brackets when it is a text. */
  const transform = (as: Json, variables: Record<string, Json>) =>
    typeof as === "string" ? ask(as, variables) : fill(as, variables);

  return { variablesOf, fill, ask, isTrue, transform };
}
