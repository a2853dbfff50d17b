/** The facts that workflow tells, those that it hears of, and what it makes of them. */
import { record } from "@praxis/shared/audit";
import { type EventHandler, eventRoutes, onEvent } from "@praxis/shared/events";
import { z } from "zod";
import type { Api } from "@praxis/shared/http";
import type { Deps } from "./deps.ts";
import { mergeHandlers } from "./merges/merges.ts";
import { heardFrom } from "./definitions/heard.ts";
import * as pathways from "./pathways/pathways.ts";
import * as runs from "./runs/runs.ts";
import { DocumentCreated, reviewOf } from "./tasks/model.ts";
import * as tasks from "./tasks/tasks.ts";

export * from "./compliance/facts.ts";
export * from "./assistance/facts.ts";
export * from "./runs/facts.ts";
export * from "./sagas/facts.ts";
export * from "./tasks/facts.ts";

const Anything = z.looseObject({});
/** What is used of the data of practice's `patient.changed`. */
const PatientChanged = z.object({ patientId: z.uuid(), isDeceased: z.boolean().optional() });

/** Facts that only start and wake runs. */
function forRuns(deps: Deps): Record<string, EventHandler> {
  const handlers: Record<string, EventHandler> = {};
  for (const [source, types] of Object.entries(heardFrom)) {
    for (const type of types) {
      handlers[type] = onEvent({
        source,
        data: Anything,
        apply: async (tx, event) => {
          await runs.keepEvent(tx, event);
          await deps.wakeRuns(tx);
        },
      });
    }
  }
  return handlers;
}

export function workflowEvents(deps: Deps): Api {
  return eventRoutes(deps.sql, {
    ...forRuns(deps),
    "document.created": onEvent({
      source: "content",
      data: DocumentCreated,
      apply: async (tx, event, document) => {
        const at = deps.now();
        await runs.keepEvent(tx, event);
        await deps.wakeRuns(tx);
        // A clinic that has a definition of its own for this is not given a second task.
        if (await runs.isSeenTo(tx, event)) return;
        await tasks.open(tx, at, { event, task: reviewOf(document, at) });
      },
    }),
    "patient.changed": onEvent({
      source: "practice",
      data: PatientChanged,
      apply: async (tx, event, { patientId, isDeceased }) => {
        await runs.keepEvent(tx, event);
        await deps.wakeRuns(tx);
        if (isDeceased !== true) return;
        const { organizationid: organizationId, requestid: requestId } = event;
        const at = deps.now();
        const asked = { organizationId, patientId, requestId, at };
        const entries = await pathways.endForPatient(tx, asked);
        if (entries.length > 0) await record(tx, at, ...entries);
      },
    }),
    ...mergeHandlers(deps),
  });
}
