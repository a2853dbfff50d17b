/** Patients and appointments: search as the clinic grows, free times, and fifty for one time. */
import { benchBooking, benchSearch } from "../services/practice/bench.ts";
import { say } from "./report.ts";

const TARGET = 2;

/** On databases of its own: a platform would add the same to both sides of each ratio. */
export async function practice(): Promise<void> {
  say("\nPractice");
  await benchBooking(say);
  const ratio = await benchSearch(say);
  say(`search, p95 at 1,000,000 ÷ at 10,000: ${ratio.toFixed(2)} (target: at most ${TARGET})`);
}
