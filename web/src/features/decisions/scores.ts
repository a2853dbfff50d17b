/** Scores as the screens need them: what is asked for, and what is sent of what was typed. */
import { queryOptions } from "@tanstack/react-query";
import type { Client, WorkflowSchemas } from "../../api/client.ts";

export type Score = WorkflowSchemas["Score"];
export type ScoreInput = Score["inputs"][number];
export type ScoreAnswer = WorkflowSchemas["ScoreAnswer"];

export const scoresQuery = (client: Client) =>
  queryOptions({
    queryKey: ["scores"],
    queryFn: ({ signal }) => client.get("/api/workflow/scores", { signal }),
  });

export type TypedInput = { value: string; unit: string };
export type TypedInputs = Record<string, TypedInput>;

export const typedOf = (input: ScoreInput, typed: TypedInputs): TypedInput =>
  typed[input.name] ?? { value: "", unit: input.unit ?? "" };

export const isNumeric = ({ kind }: ScoreInput): boolean =>
  kind === "quantity" || kind === "ordinal";

const numberOf = (text: string): number => Number(text.trim().replace(",", "."));

/** Numeric inputs that something is typed into, which is no number. */
export const wrongInputs = (score: Score, typed: TypedInputs): string[] =>
  score.inputs.filter((input) => {
    const { value } = typedOf(input, typed);
    return isNumeric(input) && value.trim() !== "" && !Number.isFinite(numberOf(value));
  }).map(({ name }) => name);

type Given = { value: number | boolean | string; unit?: string; at: string };

/** What is sent: nothing for what is not known. `at`: when it was measured. */
export function inputsOf(score: Score, typed: TypedInputs, at: string): Record<string, Given> {
  return Object.fromEntries(score.inputs.flatMap((input): [string, Given][] => {
    const { value, unit } = typedOf(input, typed);
    const text = value.trim();
    if (text === "") return [];
    if (input.kind === "flag") return [[input.name, { value: text === "yes", at }]];
    if (!isNumeric(input)) return [[input.name, { value: text, at }]];
    const withUnit = unit.trim() ? { unit: unit.trim() } : {};
    return [[input.name, { value: numberOf(text), at, ...withUnit }]];
  }));
}
