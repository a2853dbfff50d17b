/** How hard a password is to guess, estimated offline (zxcvbn with its list of common ones). */
import { common } from "@praxis/shared/problem";
import type { StrengthOf } from "./model.ts";

/** The estimate of 256 characters takes a quarter of a second; what follows can only help. */
const CHARS_JUDGED = 64;

/** Less than this and the list has not been loaded as a whole. */
const COMMON_MIN = 10_000;

async function load(): Promise<StrengthOf> {
  const [{ ZxcvbnFactory }, { adjacencyGraphs, dictionary }] = await Promise.all([
    import("@zxcvbn-ts/core"),
    import("@zxcvbn-ts/language-common"),
  ]);
  if (dictionary["passwords-common"].length < COMMON_MIN) {
    throw new Error("the list of common passwords is not whole");
  }
  const estimator = new ZxcvbnFactory({ dictionary, graphs: adjacencyGraphs });
  return (password, context) =>
    Promise.resolve(estimator.check(password.slice(0, CHARS_JUDGED), [...context]).score);
}

/**
 * Loaded at its first use: it takes a third of a second. Without the list no password is taken
 * (503): letting all through would be the opposite of a check.
 */
export function createStrength(loadList: () => Promise<StrengthOf> = load): StrengthOf {
  let loading: Promise<StrengthOf> | undefined;
  return async (password, context) => {
    loading ??= loadList();
    let strengthOf: StrengthOf;
    try {
      strengthOf = await loading;
    } catch (cause) {
      loading = undefined;
      throw Object.assign(common("unavailable", { headers: { "retry-after": "60" } }), { cause });
    }
    return await strengthOf(password, context);
  };
}
