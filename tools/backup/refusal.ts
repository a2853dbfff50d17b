/** A refusal in words that an operator can act on. */
export class Refusal extends Error {
  override name = "Refusal";
}
