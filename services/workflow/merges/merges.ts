/** Follows merges of patients: all that is kept of them here moves, and back. */
import type { EventHandler } from "@praxis/shared/events";
import { followMerges } from "@praxis/shared/merges";
import type { Deps } from "../deps.ts";
import { isNotTwice, isOwn, lockRows } from "./store.ts";

export const mergeHandlers = ({ now }: Pick<Deps, "now">): Record<string, EventHandler> =>
  followMerges({
    subject: "patient",
    source: "practice",
    tables: [
      { name: "tasks", isVersioned: true },
      { name: "runs" },
      { name: "enrolments", where: isNotTwice },
      { name: "alerts", where: isOwn },
      { name: "assistance_calls" },
      { name: "assistance_proposals" },
      { name: "assistance_papers" },
    ],
    now,
    lockRows,
  });
