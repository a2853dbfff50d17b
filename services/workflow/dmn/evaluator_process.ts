/**
 * Evaluates decisions for `evaluator.ts`: one JSON line in, one JSON line out, in order. This process
 * has no permission of any kind, little memory, and is killed when a line takes too long.
 */
import { type Expression, faultsOf } from "./check.ts";
import { evaluateDecision, type Scope } from "./evaluate.ts";
import type { Model } from "./model.ts";

type Request =
  /** Models are sent once and then called by their hash. */
  | { op: "evaluate"; hash: string; model?: Model; decision: string; inputs: Scope }
  | { op: "check"; expressions: Expression[] }
  | { op: "forget" };

/** Of one answer: more is nothing that anybody could be shown. */
const ANSWER_CHARS_MAX = 64 * 1024;

const models = new Map<string, Model>();

function answer(request: Request): unknown {
  if (request.op === "check") return { faults: faultsOf(request.expressions) };
  if (request.op === "forget") return void models.clear();
  const { hash, model, decision, inputs } = request;
  if (model) models.set(hash, model);
  return evaluateDecision(models.get(hash)!, decision, inputs);
}

function lineOf(said: unknown): string {
  const line = JSON.stringify(said);
  if (line.length <= ANSWER_CHARS_MAX || !("value" in (said as object))) return line;
  return JSON.stringify({ value: null, warnings: ["the answer is too long"] });
}

const encoder = new TextEncoder();
let buffer = "";
for await (const chunk of Deno.stdin.readable.pipeThrough(new TextDecoderStream())) {
  buffer += chunk;
  let from = 0;
  for (let end = buffer.indexOf("\n"); end >= 0; end = buffer.indexOf("\n", from)) {
    const said = answer(JSON.parse(buffer.slice(from, end)) as Request);
    from = end + 1;
    if (said === undefined) continue;
    // At once: what was answered before a line that takes too long is not lost.
    let rest = encoder.encode(lineOf(said) + "\n");
    while (rest.length > 0) rest = rest.subarray(Deno.stdout.writeSync(rest));
  }
  buffer = buffer.slice(from);
}
