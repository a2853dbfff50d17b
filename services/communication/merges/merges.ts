/**
 * Follows merges of patients: what users were told of one moves, and back. Addresses, guardians and
 * consents move nowhere: whose they are is asked each time (`family_of`, migration 0070).
 */
import type { EventHandler } from "@praxis/shared/events";
import { followMerges } from "@praxis/shared/merges";
import type { Deps } from "../deps.ts";
import { knowHeir } from "./store.ts";

export const mergeHandlers = ({ now }: Pick<Deps, "now">): Record<string, EventHandler> =>
  followMerges({
    subject: "patient",
    source: "practice",
    tables: [{ name: "notifications" }],
    now,
    settle: knowHeir,
  });
