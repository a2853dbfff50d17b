/** The facts that communication hears of, and what it makes of them. */
import { eventRoutes, onEvent } from "@praxis/shared/events";
import type { Api } from "@praxis/shared/http";
import type { Deps } from "./deps.ts";
import * as mailbox from "./mailbox/mailbox.ts";
import { MailRequested } from "./mailbox/model.ts";
import { mergeHandlers } from "./merges/merges.ts";
import { DocumentCreated, messageOf } from "./notifications/model.ts";
import * as notifications from "./notifications/notifications.ts";

export function communicationEvents(deps: Deps): Api {
  return eventRoutes(deps.sql, {
    "document.created": onEvent({
      source: "content",
      data: DocumentCreated,
      prepare: (event): Promise<string[]> =>
        deps.identity.listMembers(event.organizationid, "documents:read"),
      apply: async (tx, event, document, userIds) => {
        const message = messageOf(document);
        await notifications.notify(tx, deps.now(), { event, message, userIds });
      },
      // Not in `apply`: a count that is cached before the commit does not know the new rows.
      after: ({ organizationid: organizationId }) =>
        notifications.forgetUnreadCounts(deps, { organizationId }),
    }),
    "mail.requested": onEvent({
      data: MailRequested,
      prepare: (event, request) => mailbox.send(deps, event, request),
      apply: (tx, event, request) => mailbox.keep(deps, tx, event, request),
    }),
    ...mergeHandlers(deps),
  });
}
