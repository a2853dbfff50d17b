/** A file on its way: what is known of it before, while and after it is sent. */
import type { Document } from "../../../api/client.ts";

export const FILE_BYTES_MAX = 200 * 1024 * 1024;
export const TITLE_CHARS_MAX = 500;

export type Refusal = "empty" | "tooLarge" | "badName";

export type Upload = {
  id: string;
  file: File;
  title: string;
  /** The same while the same thing is sent again, so that it is filed once. */
  key: string;
  state:
    | { kind: "ready" }
    | { kind: "refused"; why: Refusal }
    | { kind: "waiting" }
    | { kind: "sending"; progress: number }
    | { kind: "failed"; error: unknown }
    | { kind: "filed"; document: Document };
};

// deno-lint-ignore no-control-regex
const IMPOSSIBLE = /[/\\\u0000-\u001f\u007f-\u009f\u2028\u2029\ufffd\u202a-\u202e\u2066-\u2069]/;
const FILE_NAME_CHARS_MAX = 255;

/** What the platform would refuse, said before anything is sent. */
export function refusalOf({ name, size }: Pick<File, "name" | "size">): Refusal | undefined {
  if (size === 0) return "empty";
  if (size > FILE_BYTES_MAX) return "tooLarge";
  const isPossible = name.trim() !== "" && name.length <= FILE_NAME_CHARS_MAX &&
    !IMPOSSIBLE.test(name) && name.isWellFormed();
  return isPossible ? undefined : "badName";
}

/** A file name as a person would write it: without its ending and with spaces. */
export function titleOf(fileName: string): string {
  const words = fileName.replace(/\.[A-Za-z0-9]{1,5}$/, "").replace(/[_\s]+/g, " ").trim();
  return (words === "" ? fileName : words).slice(0, TITLE_CHARS_MAX);
}

/** What is said of all files at once. */
export type About = {
  category: string;
  /** As typed, with commas. */
  tags: string;
  patient?: { id: string; name: string } | undefined;
  /** Rises with every change, so that what is sent again differently counts as another thing. */
  edition: number;
};
export const NOTHING: About = { category: "", tags: "", edition: 0 };

/** Each tag once, without the spaces around it. */
export const tagsIn = (typed: string): string[] => [
  ...new Set(typed.split(",").map((tag) => tag.trim()).filter(Boolean)),
];

export type Step =
  | { kind: "add"; uploads: Upload[] }
  | { kind: "remove"; id: string }
  | { kind: "retitle"; id: string; title: string; key: string }
  | { kind: "state"; id: string; state: Upload["state"] }
  | { kind: "clear" };

export function reduce(uploads: Upload[], step: Step): Upload[] {
  const change = (id: string, with_: Partial<Upload>) =>
    uploads.map((upload) => upload.id === id ? { ...upload, ...with_ } : upload);
  switch (step.kind) {
    case "add":
      return [...uploads.filter(({ state }) => state.kind !== "filed"), ...step.uploads];
    case "remove":
      return uploads.filter(({ id }) => id !== step.id);
    case "retitle":
      return change(step.id, { title: step.title, key: step.key });
    case "state":
      return change(step.id, { state: step.state });
    case "clear":
      return [];
  }
}

export const isToSend = ({ state, title }: Upload): boolean =>
  (state.kind === "ready" || state.kind === "failed") && title.trim().length <= TITLE_CHARS_MAX;

export const isBusy = ({ state }: Upload): boolean =>
  state.kind === "waiting" || state.kind === "sending";
