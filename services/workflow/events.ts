/** The facts that workflow hears of, and what it makes of them. */
import { eventRoutes, onEvent } from "@praxis/shared/events";
import type { Api } from "@praxis/shared/http";
import { common } from "@praxis/shared/problem";
import type { Deps } from "./deps.ts";
import { DocumentCreated, reviewOf } from "./tasks/model.ts";
import * as tasks from "./tasks/tasks.ts";

export function workflowEvents(deps: Deps): Api {
  return eventRoutes(deps.sql, {
    "document.created": onEvent({
      data: DocumentCreated,
      apply: async (tx, event, document) => {
        if (event.source !== "/content") throw common("not-permitted");
        const at = deps.now();
        await tasks.open(tx, at, { event, task: reviewOf(document, at) });
      },
    }),
  });
}
