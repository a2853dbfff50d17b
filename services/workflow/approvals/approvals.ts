/** Approvals are of content: a version runs while it is exactly what somebody has named. */
import { hashOf } from "../language/language.ts";
import { problem } from "../problems.ts";

/** A version as it is kept: its content, and what its hash is said to be. */
type Kept = { content: unknown; sha256: string };

const isWhole = async ({ content, sha256 }: Kept): Promise<boolean> =>
  await hashOf(content) === sha256;

/**
 * Ensures that what is approved is what the approver has named, and what is kept.
 * @throws content-changed (412)
 */
export async function ensureNamed(kept: Kept, named: string): Promise<void> {
  if (named === kept.sha256 && await isWhole(kept)) return;
  throw problem("content-changed", { detail: "Read it again, and approve what it says now." });
}

/** Whether what is kept is still what was approved. */
export const isApproved = async (kept: Kept & { approvedSha256: string | null }) =>
  kept.approvedSha256 === kept.sha256 && await isWhole(kept);
