/** What can be done with a clinic's names for its kinds of documents. */
export { insert as addWithin, list, remove as removeWithin } from "./store.ts";
