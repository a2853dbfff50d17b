/** Asking for one draft: what may leave, what it costs, and whether the answer stands. */
import { transaction } from "@praxis/shared/postgres";
import { z } from "zod";
import type { Deps } from "../deps.ts";
import { sha256 } from "../language/language.ts";
import * as budgets from "./budgets.ts";
import { type Finding, ground } from "./grounding/grounding.ts";
import type { Material } from "./input.ts";
import type { Assistance, Outcome } from "./model.ts";
import { createPayload, type Payload } from "./payload.ts";
import type { Prompt } from "./prompts.ts";
import { plainSchema, type Provider, type ProviderOutcome } from "./providers/provider.ts";
import { ruleBased } from "./providers/own.ts";
import type * as store from "./store.ts";
import type { Task } from "./tasks/task.ts";

const OUTPUT_TOKENS_MAX = 4_000;
/** A person waits for it: two tries end within a minute. */
const TIMEOUT_MS = 25_000;
/** One answer that does not fit its schema may be asked for again. */
const ATTEMPTS_MAX = 2;

/** Without anything configured: our own rules, and nothing leaves. */
export const alone: Assistance = {
  provider: ruleBased,
  shiftKey: "",
  identifiersOf: () => Promise.resolve(undefined),
  ask: () => Promise.resolve({ kind: "refused", reason: "nobody is there" }),
};

export const assistanceOf = (deps: Deps): Assistance => deps.assistance ?? alone;

type Made = { output: unknown; provider: Provider };
type Ended = Omit<store.Ending, "leftOut">;
export type Result = { ended: Ended; made?: Made };

export type Job = {
  organizationId: string;
  task: Task;
  prompt: Prompt;
  material: Material;
  patientId: string | null;
  names: readonly string[];
};

/** Why material must not leave; undefined when it may. */
function whyBlocked(
  { material, task }: Pick<Job, "material" | "task">,
  mayFreeText: boolean,
  isPatientKnown: boolean,
): string | undefined {
  const isFree = material.documents.length > 0 || material.instruction !== null;
  if (isFree && !mayFreeText) return "free text may not leave this clinic";
  if (task.name !== "pathway-proposal" && !isPatientKnown) {
    return "nobody says what identifies this patient";
  }
  return undefined;
}

export async function prepare(
  assistance: Assistance,
  { organizationId, task, prompt, material, patientId, names }: Job,
  mayFreeText: boolean,
): Promise<{ payload: Payload } | { blocked: string; payload?: Payload }> {
  const early = whyBlocked({ material, task }, mayFreeText, true);
  if (early !== undefined) return { blocked: early };
  const patient = patientId === null
    ? undefined
    : await assistance.identifiersOf(organizationId, patientId);
  const blocked = whyBlocked({ material, task }, mayFreeText, patient !== undefined);
  if (blocked !== undefined) return { blocked };
  const { shiftKey } = assistance;
  const payload = await createPayload({ prompt, material, patient, patientId, names, shiftKey });
  return payload.isClean
    ? { payload }
    : { blocked: "an identifier could not be taken out", payload };
}

const blank = (provider: Provider): Ended => ({
  provider: provider.id,
  model: provider.model,
  outcome: "ok",
  detail: null,
  findings: [],
  payloadSha256: null,
  attempts: 0,
  inputTokens: 0,
  outputTokens: 0,
  hidden: {},
});

/** Parsed, of the right shape, and standing on what was given; or what is wrong with it. */
function check(
  task: Task,
  text: string,
  material: Material,
): { output: unknown } | { detail: string } | { findings: Finding[] } {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { detail: "the answer is not JSON" };
  }
  const parsed = task.output.safeParse(value);
  if (!parsed.success) {
    const places = parsed.error.issues.slice(0, 5).map(({ path }) => `/${path.join("/")}`);
    return { detail: `the answer does not fit at ${places.join(", ")}` };
  }
  const findings = ground(task, parsed.data, material);
  return findings.length === 0 ? { output: parsed.data } : { findings };
}

/** Asks another company's model: at most twice, each time within the budget. */
export async function askModel(deps: Deps, job: Job, mayFreeText: boolean): Promise<Result> {
  const assistance = assistanceOf(deps);
  const { provider } = assistance;
  const { organizationId, task } = job;
  const ended = blank(provider);
  const end = (outcome: Outcome, detail: string | null, findings: Finding[] = []): Result => ({
    ended: { ...ended, outcome, detail, findings: findings.slice(0, 50) },
  });
  const prepared = await prepare(assistance, job, mayFreeText);
  ended.hidden = prepared.payload?.hidden ?? {};
  if ("blocked" in prepared) return end("policy_blocked", prepared.blocked);
  const { payload } = prepared;
  const schema = plainSchema(z.toJSONSchema(task.output, { io: "input" }));
  const again = "\n\nThe last answer did not fit the schema. Answer with JSON in the schema only.";
  let last = "";
  for (let attempt = 1; attempt <= ATTEMPTS_MAX; attempt++) {
    const data = attempt === 1 ? payload.data : payload.data + again;
    // No tokenizer makes more tokens of a text than it has bytes.
    const bytes = new TextEncoder().encode(payload.instructions + data + JSON.stringify(schema));
    const reserved = bytes.length + OUTPUT_TOKENS_MAX;
    const reservation = await budgets.reserve(deps, organizationId, reserved);
    if (reservation === undefined) return end("budget_exceeded", "this month's budget is spent");
    ended.payloadSha256 = await sha256(payload.instructions + "\0" + data);
    ended.attempts = attempt;
    const outcome: ProviderOutcome = await provider.complete({
      task: task.name,
      instructions: payload.instructions,
      data,
      schemaName: task.name.replaceAll("-", "_"),
      schema,
      maxOutputTokens: OUTPUT_TOKENS_MAX,
      timeoutMs: TIMEOUT_MS,
      key: payload.key,
      draft: () => task.draft(payload.material),
    });
    const { usage } = outcome;
    const spent = usage
      ? usage.inputTokens + usage.outputTokens
      : outcome.kind !== "ok" && outcome.mayBeBilled
      ? reserved
      : 0;
    ended.inputTokens += usage?.inputTokens ?? 0;
    ended.outputTokens += usage?.outputTokens ?? 0;
    await transaction(
      deps.sql,
      { organizationId },
      (tx) => budgets.settle(tx, organizationId, reservation, spent),
    );
    if (outcome.kind !== "ok") return end(outcome.kind, outcome.detail);
    const checked = check(task, outcome.text, payload.material);
    if ("findings" in checked) return end("ungrounded", null, checked.findings);
    if ("output" in checked) {
      const output = payload.restore(checked.output);
      if (output === undefined) return end("invalid_output", "it holds a token or date not given");
      // What is put back may be longer than what stood for it.
      const fits = task.output.safeParse(output);
      if (!fits.success) return end("invalid_output", "the answer does not fit once restored");
      return { ended, made: { output: fits.data, provider } };
    }
    last = checked.detail;
  }
  return end("invalid_output", last);
}

export function askRules({ task, material }: Job): Result {
  const ended = blank(ruleBased);
  const checked = check(task, JSON.stringify(task.draft(material)), material);
  if ("output" in checked) return { ended, made: { output: checked.output, provider: ruleBased } };
  return "findings" in checked
    ? { ended: { ...ended, outcome: "ungrounded", findings: checked.findings.slice(0, 50) } }
    : { ended: { ...ended, outcome: "invalid_output", detail: checked.detail } };
}
