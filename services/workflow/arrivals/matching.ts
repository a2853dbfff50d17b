/** Whether an event is one that a definition or a waiting step has asked for. */
import {
  asRecord,
  bareExpression,
  canonical,
  expressionOf,
  type Json,
  type Sandbox,
} from "../language/language.ts";
import type { KeptEvent } from "./store.ts";
import type { Heard } from "./model.ts";

export const toHeard = ({ id, type, source, subject, time, data }: KeptEvent): Heard => ({
  id,
  type,
  source,
  subject,
  time: time.toISOString(),
  data,
});

/** An expression that cannot be decided on this event does not fit it. */
export async function matches(
  evaluate: Sandbox["evaluate"],
  filter: Json,
  event: Heard,
): Promise<boolean> {
  const { with: attributes, correlate } = asRecord(filter);
  const { data: condition, ...plain } = asRecord(attributes);
  const given = event as unknown as Record<string, Json>;
  for (const [name, value] of Object.entries(plain)) {
    if (typeof value === "string" && expressionOf(value) !== undefined) continue;
    if (given[name] !== value) return false;
  }
  const variables = { event: given, data: event.data };
  const questions: { text: string; want: Json }[] = [];
  if (typeof condition === "string") {
    questions.push({ text: bareExpression(condition), want: true });
  } else if (condition !== undefined && canonical(condition) !== canonical(event.data)) {
    return false;
  }
  for (const one of Object.values(asRecord(correlate))) {
    const { from, expect } = asRecord(one);
    if (expect === undefined) continue;
    questions.push({ text: bareExpression(String(from)), want: expect });
  }
  if (questions.length === 0) return true;
  const answers = await evaluate(questions.map(({ text }) => text), variables);
  return answers.every((answer, at) =>
    answer.ok && canonical(answer.value) === canonical(questions[at]!.want)
  );
}
