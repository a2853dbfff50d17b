/** The sagas of the platform. An older version stays here as long as one of it may be under way. */
import { handOverTasks } from "./handing_over.ts";
import type { SagaDefinition } from "./model.ts";
import { offboardMember } from "./offboarding.ts";
import { onboardClinic } from "./onboarding.ts";
import { releaseResult } from "./releasing.ts";

export const definitions: readonly SagaDefinition[] = [
  handOverTasks,
  offboardMember,
  onboardClinic,
  releaseResult,
];
