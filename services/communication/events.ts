/** The facts that communication hears of, and what it makes of them. */
import { EventEnvelope, eventRoutes, onEvent } from "@praxis/shared/events";
import { type Api, createApi } from "@praxis/shared/http";
import { common } from "@praxis/shared/problem";
import type { Deps } from "./deps.ts";
import * as mailbox from "./mailbox/mailbox.ts";
import { MailRequested } from "./mailbox/model.ts";
import { mergeHandlers } from "./merges/merges.ts";
import { DocumentCreated, messageOf } from "./notifications/model.ts";
import * as notifications from "./notifications/notifications.ts";

export function communicationEvents(deps: Deps): Api {
  const handlers = {
    "document.created": onEvent({
      data: DocumentCreated,
      prepare: async (event): Promise<string[]> => {
        if (event.source !== "/content") throw common("not-permitted");
        return await deps.identity.listMembers(event.organizationid, "documents:read");
      },
      apply: async (tx, event, document, userIds) => {
        const message = messageOf(document);
        await notifications.notify(tx, deps.now(), { event, message, userIds });
      },
    }),
    "mail.requested": onEvent({
      data: MailRequested,
      prepare: (event, request) => mailbox.send(deps, event, request),
      apply: (tx, event, request) => mailbox.keep(deps, tx, event, request),
    }),
    ...mergeHandlers(deps),
  };
  const api = createApi();
  // Not in `apply`: a count that is cached before the commit does not know the new rows.
  api.use("/internal/events", async (c, next) => {
    await next();
    if (c.res.status !== 204) return;
    const { organizationid } = EventEnvelope.parse(await c.req.json());
    await notifications.forgetUnreadCounts(deps, { organizationId: organizationid });
  });
  api.route("/", eventRoutes(deps.sql, handlers));
  return api;
}
