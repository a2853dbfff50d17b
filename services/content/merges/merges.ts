/** Follows merges of patients: their documents move, with what follows from where these are. */
import type { EventHandler } from "@praxis/shared/events";
import { followMerges } from "@praxis/shared/merges";
import type { Deps } from "../deps.ts";
import * as shares from "../shares/shares.ts";
import * as store from "./store.ts";

export const mergeHandlers = ({ now }: Pick<Deps, "now">): Record<string, EventHandler> =>
  followMerges({
    subject: "patient",
    source: "practice",
    tables: [{ name: "documents" }],
    now,
    async settle(tx, merge, at) {
      const { organizationId, mergeId } = merge;
      await store.placeMoved(tx, merge);
      await store.moveIdentities(tx, merge);
      const actor = { kind: "service", service: "practice" } as const;
      await shares.endReleasedMeanwhile(tx, { actor, organizationId, at }, mergeId);
    },
  });
