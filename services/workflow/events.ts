/** The facts that workflow tells, those that it hears of, and what it makes of them. */
import { type EventHandler, eventRoutes, onEvent } from "@praxis/shared/events";
import { z } from "zod";
import type { Api } from "@praxis/shared/http";
import type { Deps } from "./deps.ts";
import { mergeHandlers } from "./merges/merges.ts";
import { heardFrom } from "./definitions/heard.ts";
import * as runs from "./runs/runs.ts";
import { DocumentCreated, reviewOf } from "./tasks/model.ts";
import * as tasks from "./tasks/tasks.ts";

export * from "./runs/facts.ts";
export * from "./sagas/facts.ts";
export * from "./tasks/facts.ts";

const Anything = z.looseObject({});

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
    ...mergeHandlers(deps),
  });
}
