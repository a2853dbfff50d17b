/** What is used of the data of practice's `patient.merged` and `patient.unmerged`. */
import { z } from "zod";

export const PatientMerge = z.object({
  mergeId: z.uuid(),
  /** Who was given up. */
  patientId: z.uuid(),
  /** Who took over. */
  intoPatientId: z.uuid(),
});
export type PatientMerge = z.output<typeof PatientMerge>;
