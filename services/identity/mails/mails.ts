/** Asking for a letter, in the transaction of what it tells of. */
import { PLATFORM } from "@praxis/shared/audit";
import { publish } from "@praxis/shared/events";
import { newId } from "@praxis/shared/id";
import type { Db } from "@praxis/shared/postgres";
import type { z } from "zod";
import { MailRequested } from "../events.ts";

export type Mail = {
  to: string;
  template: z.infer<typeof MailRequested.data>["template"];
  variables?: Record<string, string>;
};

/** The clinic does not matter to it: an account is the person's own. */
export async function request(
  tx: Db,
  { to, template, variables = {} }: Mail,
  { at, requestId }: { at: Date; requestId: string },
): Promise<void> {
  await publish(tx, MailRequested, {
    source: "identity",
    organizationId: PLATFORM,
    // No order among letters: one that cannot be delivered holds up no other.
    subject: newId(),
    at,
    requestId,
    data: { to, template, locale: "en", variables },
  });
}
