/** Patients on pathways as the screens need them: what is asked, how far each step and goal is. */
import { queryOptions } from "@tanstack/react-query";
import type { Client, Task, WorkflowSchemas } from "../../api/client.ts";
import type { Box, Line } from "../../ui/graph/GraphView.tsx";
import type { Tone } from "../../ui/Notice.tsx";

export type Enrolment = WorkflowSchemas["Enrolment"];
export type EnrolmentDetail = WorkflowSchemas["EnrolmentDetail"];
export type GoalProgress = WorkflowSchemas["GoalProgress"];
export type Eligibility = WorkflowSchemas["PathwayEligibility"];
export type PathwayStep = EnrolmentDetail["steps"][number];

const PAGE = 100;

export const enrolmentsQuery = (client: Client, patientId: string) =>
  queryOptions({
    queryKey: ["enrolments", "list", patientId],
    queryFn: ({ signal }) =>
      client.get("/api/workflow/enrolments", { query: { patientId, limit: PAGE }, signal }),
  });

export const enrolmentQuery = (client: Client, id: string) =>
  queryOptions({
    queryKey: ["enrolments", "one", id],
    queryFn: ({ signal }) => client.get("/api/workflow/enrolments/{id}", { path: { id }, signal }),
  });

/** `key` undefined: nothing is chosen yet. */
export const eligibilityQuery = (client: Client, key: string | undefined, patientId: string) =>
  queryOptions({
    queryKey: ["enrolments", "eligibility", key ?? "", patientId],
    enabled: key !== undefined,
    queryFn: ({ signal }) =>
      client.post("/api/workflow/pathways/{key}/eligibility", {
        path: { key: key! },
        body: { patientId, resources: [] },
        signal,
      }),
  });

export type Move = "hold" | "resume" | "withdraw" | "transfer" | "complete";

/** What may be done with an enrolment as it stands; the service decides by itself. */
export function movesOf(status: Enrolment["status"]): Move[] {
  if (status === "active") return ["hold", "transfer", "withdraw", "complete"];
  return status === "on_hold" ? ["resume", "transfer", "withdraw", "complete"] : [];
}

export const statusTone: Record<Enrolment["status"], Tone> = {
  active: "good",
  on_hold: "caution",
  completed: "good",
  withdrawn: "neutral",
  transferred: "neutral",
  entered_in_error: "neutral",
};

export type StepState = "done" | "due" | "late" | "ahead" | "skipped" | "not_applicable";
export type SeenStep = PathwayStep & { seen: StepState; task: Task | undefined };

type Known = Pick<EnrolmentDetail, "steps" | "variances" | "status">;

/** Every step as a person sees it: an open one is due or late by its task. */
export function seenSteps(
  { steps, variances, status }: Known,
  tasks: readonly Task[],
  now: number,
): SeenStep[] {
  const isRunning = status === "active" || status === "on_hold";
  return steps.map((step) => {
    const task = tasks.find(({ title, state }) =>
      title === step.title && (state === "open" || state === "claimed")
    );
    const isOmitted = variances.some((one) => one.step === step.id && one.type === "omitted");
    return { ...step, task, seen: stateOf(step.state) };

    function stateOf(state: PathwayStep["state"]): StepState {
      if (state === "done" || state === "not_applicable") return state;
      if (isOmitted || !isRunning) return "skipped";
      if (state === "ahead") return "ahead";
      return task && Date.parse(task.dueAt) < now ? "late" : "due";
    }
  });
}

export const stateTone: Record<StepState, Tone | "accent"> = {
  done: "good",
  due: "accent",
  late: "danger",
  ahead: "neutral",
  skipped: "neutral",
  not_applicable: "neutral",
};

/** `noteOf`: the words below a step's title. */
export function drawingOf(
  steps: readonly SeenStep[],
  edges: EnrolmentDetail["edges"],
  { noteOf, offsetOf }: {
    noteOf: (step: SeenStep) => string;
    offsetOf: (offset: Record<string, number>) => string;
  },
): { boxes: Box[]; lines: Line[] } {
  return {
    boxes: steps.map((step) => ({
      id: step.id,
      title: step.title,
      note: noteOf(step),
      tone: stateTone[step.seen],
      isFaint: step.seen === "skipped" || step.seen === "not_applicable",
    })),
    lines: edges.map(({ from, to, offset }) => ({
      from,
      to,
      ...(offset ? { label: `+ ${offsetOf(offset)}` } : {}),
    })),
  };
}

const UNITS_MS: Record<string, number> = {
  seconds: 1_000,
  minutes: 60_000,
  hours: 3_600_000,
  days: 86_400_000,
};

export const offsetMs = (offset: Record<string, number>): number =>
  Object.entries(offset).reduce((sum, [unit, n]) => sum + n * (UNITS_MS[unit] ?? 0), 0);

export type Goal = { id: string; title: string; unit: string };

/** The goals of a plan, as they are written in the FHIR PlanDefinition. */
export function goalsOf(source: string): Goal[] {
  type Quantity = { unit?: string };
  type Written = {
    id?: string;
    description?: { text?: string };
    target?: { detailQuantity?: Quantity; detailRange?: { low?: Quantity; high?: Quantity } }[];
  };
  let plan: { goal?: Written[] };
  try {
    plan = JSON.parse(source);
  } catch {
    return [];
  }
  return (plan.goal ?? []).map(({ id, description, target }, at) => {
    const { detailQuantity, detailRange } = target?.[0] ?? {};
    return {
      id: id ?? `goal-${at + 1}`,
      title: description?.text ?? id ?? `${at + 1}`,
      unit: (detailQuantity ?? detailRange?.low ?? detailRange?.high)?.unit ?? "",
    };
  });
}

/** What was measured last, of those measured for a goal. */
export const latestOf = (progress: readonly GoalProgress[], goal: string) =>
  progress.filter((one) => one.goal === goal)
    .toSorted((a, b) => b.measuredOn.localeCompare(a.measuredOn) || b.at.localeCompare(a.at))[0];

export const isDay = (value: string): boolean =>
  /^\d{4}-\d{2}-\d{2}$/.test(value) && !Number.isNaN(Date.parse(value)) &&
  new Date(value).toISOString().startsWith(value);

export const isNumber = (value: string): boolean => /^-?\d{1,12}(\.\d{1,9})?$/.test(value);
