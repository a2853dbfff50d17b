/** Drafts as the screens need them: what is asked for, and what a form makes of it. */
import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import type { Client, WorkflowSchemas } from "../../api/client.ts";
import type { Tone } from "../../ui/Notice.tsx";

export type Proposal = NonNullable<WorkflowSchemas["AssistanceProposal"]>;
export type ProposalDetail = WorkflowSchemas["AssistanceProposalDetail"];
export type CallInput = WorkflowSchemas["AssistanceCallInput"];
export type CallAnswer = WorkflowSchemas["AssistanceAnswer"];
export type Preview = WorkflowSchemas["AssistancePreview"];
export type TaskView = WorkflowSchemas["AssistanceTask"];
export type TaskName = TaskView["task"];
type Fact = CallInput["input"]["facts"][number];

const PAGE = 25;

export const tasksQuery = (client: Client) =>
  queryOptions({
    queryKey: ["assistance", "tasks"],
    queryFn: ({ signal }) => client.get("/api/workflow/assistance/tasks", { signal }),
  });

export const proposalsQuery = (client: Client) =>
  infiniteQueryOptions({
    queryKey: ["assistance", "proposals"],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam, signal }) =>
      client.get("/api/workflow/assistance/proposals", {
        query: { limit: PAGE, ...(pageParam === undefined ? {} : { cursor: pageParam }) },
        signal,
      }),
    getNextPageParam: ({ nextCursor }) => nextCursor ?? undefined,
  });

export const proposalQuery = (client: Client, id: string) =>
  queryOptions({
    queryKey: ["assistance", "proposal", id],
    queryFn: ({ signal }) =>
      client.get("/api/workflow/assistance/proposals/{id}", { path: { id }, signal }),
  });

export const paperQuery = (client: Client, id: string) =>
  queryOptions({
    queryKey: ["assistance", "paper", id],
    queryFn: ({ signal }) =>
      client.get("/api/workflow/assistance/papers/{id}", { path: { id }, signal }),
  });

export const statusTone: Record<Proposal["status"], Tone> = {
  proposed: "caution",
  accepting: "caution",
  accepted: "good",
  rejected: "neutral",
};

export type FactForm = {
  kind: Fact["kind"];
  name: string;
  value: string;
  unit: string;
  range: string;
  interpretation: "" | NonNullable<Fact["interpretation"]>;
};
export const emptyFact: FactForm = {
  kind: "observation",
  name: "",
  value: "",
  unit: "",
  range: "",
  interpretation: "",
};
export type AskForm = { facts: FactForm[]; document: string; instruction: string };
export const emptyAsk: AskForm = { facts: [emptyFact], document: "", instruction: "" };

/** A pathway is drafted for nobody in particular, everything else for a patient. */
export const needsPatient = (task: TaskName): boolean => task !== "pathway-proposal";

export const isEmpty = ({ facts, document, instruction }: AskForm): boolean =>
  facts.every(({ name }) => !name.trim()) && !document.trim() && !instruction.trim();

const given = <T extends Record<string, string>>(fields: T): Partial<T> =>
  Object.fromEntries(
    Object.entries(fields).map(([name, text]) => [name, text.trim()] as const)
      .filter(([, text]) => text !== ""),
  ) as Partial<T>;

/** What is sent: facts without a name, and everything else that is empty, are left out. */
export function callOf(task: TaskName, patientId: string | null, form: AskForm): CallInput {
  const facts = form.facts.filter(({ name }) => name.trim()).map((fact, at): Fact => ({
    id: `f-${at + 1}`,
    kind: fact.kind,
    name: fact.name.trim(),
    ...given({ value: fact.value, unit: fact.unit, range: fact.range }),
    ...(fact.interpretation ? { interpretation: fact.interpretation } : {}),
  }));
  const text = form.document.trim();
  const instruction = form.instruction.trim();
  return {
    task,
    patientId: needsPatient(task) ? patientId : null,
    input: {
      facts,
      documents: text ? [{ id: "d-1", trust: "document", text }] : [],
      names: [],
      ...(instruction ? { instruction } : {}),
    },
  };
}
