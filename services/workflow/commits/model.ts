/** What a transition of a run changes, to be written as a whole or not at all. */
import type { HistoryLine, Run, Step } from "../runs/model.ts";

export type Commit = {
  run: Run;
  /** The step under which it is written; undefined for an operator, who only needs the revision. */
  by: { id: string; fence: string } | undefined;
  steps: readonly Step[];
  history: readonly HistoryLine[];
  signals: readonly { stepId: string; id: string }[];
  /** The step that the worker goes on with. */
  nextId: string | undefined;
  leaseSeconds: number;
  actorId: string | null;
};
