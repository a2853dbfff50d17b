/** How many sign-ins may be under way at once: the rest is sent away before it costs anything. */
import { common } from "@praxis/shared/problem";
import { QUEUE_MAX } from "../credentials/model.ts";

const RETRY_AFTER_SECONDS = 2;

export type Admission = <T>(work: () => Promise<T>) => Promise<T>;

/**
 * More than can be hashed or wait for it would only stand before the database, in the way of those
 * who have signed in.
 */
export function createAdmission(
  max: number = navigator.hardwareConcurrency + QUEUE_MAX,
): Admission {
  let underWay = 0;
  return async (work) => {
    if (underWay >= max) {
      throw common("unavailable", { headers: { "retry-after": String(RETRY_AFTER_SECONDS) } });
    }
    underWay++;
    try {
      return await work();
    } finally {
      underWay--;
    }
  };
}
