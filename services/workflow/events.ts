/** The facts that workflow tells, those that it hears of, and what it makes of them. */
import { eventRoutes, onEvent } from "@praxis/shared/events";
import type { Api } from "@praxis/shared/http";
import type { Deps } from "./deps.ts";
import { DocumentCreated, reviewOf } from "./tasks/model.ts";
import * as tasks from "./tasks/tasks.ts";

export * from "./sagas/facts.ts";
export * from "./tasks/facts.ts";

export function workflowEvents(deps: Deps): Api {
  return eventRoutes(deps.sql, {
    "document.created": onEvent({
      source: "content",
      data: DocumentCreated,
      apply: async (tx, event, document) => {
        const at = deps.now();
        await tasks.open(tx, at, { event, task: reviewOf(document, at) });
      },
    }),
  });
}
