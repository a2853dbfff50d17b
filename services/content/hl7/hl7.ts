/** Keeps the messages of a document as rows, and lists them. */
export { type Key, list, replace } from "./store.ts";
