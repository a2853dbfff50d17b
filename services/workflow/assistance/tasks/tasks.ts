/** Every task of assistance, by name. */
import { gapExplanation } from "./gap_explanation.ts";
import type { Task, TaskName } from "./task.ts";
import { pathwayProposal } from "./pathway_proposal.ts";
import { problemCandidates } from "./problem_candidates.ts";
import { referralLetter } from "./referral_letter.ts";
import { resultMessage } from "./result_message.ts";

export const tasks: Record<TaskName, Task> = {
  "pathway-proposal": pathwayProposal as Task,
  "problem-candidates": problemCandidates as Task,
  "gap-explanation": gapExplanation as Task,
  "result-message": resultMessage as Task,
  "referral-letter": referralLetter as Task,
};
