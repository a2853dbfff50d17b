/** What a person can do something about: its message is shown as it is, without a stack. */
export class StackFailure extends Error {
  override name = "StackFailure";
}
