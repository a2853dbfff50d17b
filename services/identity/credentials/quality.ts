/** Whether a new password is good enough. Asked before anything is hashed. */
import type { Deps } from "../deps.ts";
import { problem } from "../problems.ts";
import {
  charsWithout,
  contextWords,
  OWN_CHARS_MIN,
  PASSWORD_CHARS_MIN,
  STRENGTH_MIN,
} from "./model.ts";

/**
 * @param known What a guesser may know: the address, names, the clinic.
 * @throws Problem `password-weak`; `unavailable` when it cannot be judged.
 */
export async function expectGood(
  { strengthOf }: Pick<Deps, "strengthOf">,
  password: string,
  { known, hasFactor, pointer }: {
    known: readonly string[];
    hasFactor: boolean;
    pointer: string;
  },
): Promise<void> {
  const charsMin = hasFactor ? PASSWORD_CHARS_MIN.besideFactor : PASSWORD_CHARS_MIN.alone;
  const weak = (detail: string) => problem("password-weak", { errors: [{ pointer, detail }] });
  if ([...password].length < charsMin) throw weak(`Use at least ${charsMin} characters.`);
  const words = contextWords(known);
  const isOwn = charsWithout(password, words) >= OWN_CHARS_MIN;
  if (!isOwn || await strengthOf(password, words) < STRENGTH_MIN) {
    throw weak("It is common, repeats itself, or is made of words that one would try first.");
  }
}
