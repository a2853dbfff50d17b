/** Keeps the messages of a document as rows, and lists them. */
export { type Key, list, type Messages, replace } from "./store.ts";
