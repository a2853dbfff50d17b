/** Finds those who might be the same person as somebody. */
import type { Db } from "@praxis/shared/postgres";
import { keysOf } from "../names/model.ts";
import type { Patient } from "../patients/model.ts";
import {
  CANDIDATES_MAX,
  compare,
  type Duplicate,
  DUPLICATES_MAX,
  type Likeness,
  SCORE_MIN,
} from "./model.ts";
import * as store from "./store.ts";

/** The most alike first. `load` gives the patients behind ids of the organization. */
export async function find(
  tx: Db,
  somebody: Likeness,
  load: (ids: string[]) => Promise<Patient[]>,
): Promise<Duplicate[]> {
  const keys = keysOf([somebody.name, ...somebody.otherNames]).map(({ key }) => key);
  if (keys.length === 0) return [];
  const { birthDate } = somebody;
  const ids = await store.findCandidates(tx, { keys, birthDate }, CANDIDATES_MAX);
  if (ids.length === 0) return [];
  return (await load(ids))
    .map((patient) => ({ patientId: patient.id, ...compare(somebody, patient) }))
    .filter(({ score }) => score >= SCORE_MIN)
    .sort((a, b) => b.score - a.score || (a.patientId < b.patientId ? -1 : 1))
    .slice(0, DUPLICATES_MAX);
}
