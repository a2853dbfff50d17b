/** Which of the things that rules want to say are said, and how loudly. Pure. */
import type { Indicator } from "../decisions/model.ts";
import type { Policy } from "./model.ts";

export type Candidate = {
  key: string;
  indicator: Indicator;
  factHash: string;
  /** The value by which it gets worse, upwards. */
  worse: number | null;
  isEssential: boolean;
  isShadow: boolean;
};
/** What this patient's record, and the clinic's, say of it. */
export type History = {
  /** Shown to this patient's clinicians within the time of the policy. */
  shown: readonly Pick<Candidate, "key" | "indicator" | "factHash" | "worse">[];
  /** Shown in this encounter so far. */
  inEncounter: number;
  answers: Readonly<Record<string, { accepted: number; overridden: number }>>;
};
export type Verdict = {
  disposition: "shown" | "duplicate" | "capped" | "shadow";
  indicator: Indicator;
  isDemoted: boolean;
};

const loudness: Record<Indicator, number> = { info: 0, warning: 1, critical: 2 };

/** The same facts, or another measurement that is not worse. A louder word is news. */
function isRepeated(one: Candidate, { shown }: History): boolean {
  return shown.some(({ key, indicator, factHash, worse }) =>
    key === one.key && loudness[indicator] >= loudness[one.indicator] &&
    (factHash === one.factHash || (one.worse !== null && worse !== null && one.worse <= worse))
  );
}

const NEUTRAL_SHARE = 0.5;
const acceptedShare = (answers: History["answers"], key: string): number => {
  const { accepted = 0, overridden = 0 } = Object.hasOwn(answers, key) ? answers[key]! : {};
  return accepted + overridden === 0 ? NEUTRAL_SHARE : accepted / (accepted + overridden);
};

function isIgnored(key: string, { answers }: History, policy: Policy): boolean {
  const { accepted = 0, overridden = 0 } = Object.hasOwn(answers, key) ? answers[key]! : {};
  const total = accepted + overridden;
  return total >= policy.demoteAfter && overridden / total > policy.demoteShare;
}

/**
 * One verdict per candidate, in their order. The loudest, then the most often accepted, come first
 * when there is room for some only; what is essential is never capped and never made quieter.
 */
export function decide(
  candidates: readonly Candidate[],
  history: History,
  policy: Policy,
): Verdict[] {
  const verdicts = candidates.map((one): Verdict => {
    const isDemoted = !one.isEssential && one.indicator !== "info" &&
      isIgnored(one.key, history, policy);
    const indicator = isDemoted ? "info" : one.indicator;
    const disposition = one.isShadow
      ? "shadow"
      : isRepeated({ ...one, indicator }, history)
      ? "duplicate"
      : "shown";
    return { disposition, indicator, isDemoted };
  });
  const ranked = verdicts.map((verdict, at) => ({ verdict, one: candidates[at]! }))
    .filter(({ verdict }) => verdict.disposition === "shown")
    .sort((a, b) =>
      loudness[b.verdict.indicator] - loudness[a.verdict.indicator] ||
      acceptedShare(history.answers, b.one.key) - acceptedShare(history.answers, a.one.key) ||
      (a.one.key < b.one.key ? -1 : 1)
    );
  let room = policy.encounterCap - history.inEncounter;
  for (const { verdict, one } of ranked) {
    if (one.isEssential) continue;
    if (room > 0) room--;
    else verdict.disposition = "capped";
  }
  return verdicts;
}
