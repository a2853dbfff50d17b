/** Judges passwords apart from everything else, so that it can be ended at any moment (zxcvbn). */
import { ZxcvbnFactory } from "@zxcvbn-ts/core";
import { adjacencyGraphs, dictionary } from "@zxcvbn-ts/language-common";

export type Judgement = { password: string; context: readonly string[] };
export type Judged = number | "failed";

/** Less than this and the list has not been loaded as a whole. */
const COMMON_MIN = 10_000;

if (dictionary["passwords-common"].length < COMMON_MIN) {
  throw new Error("the list of common passwords is not whole");
}
const estimator = new ZxcvbnFactory({ dictionary, graphs: adjacencyGraphs });

const scope = self as unknown as {
  onmessage: (event: MessageEvent<Judgement>) => void;
  postMessage(answer: "ready" | Judged): void;
};

scope.onmessage = ({ data: { password, context } }) => {
  try {
    scope.postMessage(estimator.check(password, [...context]).score);
  } catch {
    // The error's own words may repeat the password.
    scope.postMessage("failed");
  }
};

// The time of a judgement begins when there is somebody to judge.
scope.postMessage("ready");
