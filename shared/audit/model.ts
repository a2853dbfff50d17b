/** What an audit event is: who did what to which thing, and how it ended. */
import { z } from "@hono/zod-openapi";
import type { Actor } from "../auth/actor.ts";
import { newId } from "../id/id.ts";

/** The chain of events that belong to no organization. */
export const PLATFORM = "00000000-0000-0000-0000-000000000000";

export const AuditEvent = z.object({
  id: z.uuid(),
  seq: z.number().int(),
  at: z.iso.datetime(),
  actor: z.object({
    kind: z.string(),
    id: z.string().nullable(),
    clientId: z.string().optional().openapi({
      description: "The program of others that acted for them, or by itself (OAuth).",
    }),
  }),
  action: z.string().openapi({ example: "document.read" }),
  subject: z.object({ type: z.string(), id: z.string().nullable() }),
  outcome: z.enum(["success", "refused", "failed"]),
  requestId: z.string().nullable(),
  details: z.record(z.string(), z.unknown()),
}).openapi("AuditEvent");
export type AuditEvent = z.infer<typeof AuditEvent>;

export const Verification = z.object({
  ok: z.boolean(),
  checked: z.number().int(),
  firstBad: z.string().optional().openapi({ description: "The first event that does not fit." }),
}).openapi("AuditVerification");
export type Verification = z.infer<typeof Verification>;

/** What a use case says; the rest is filled in by `toEvent`. */
export type AuditEntry = {
  actor: Actor;
  organizationId: string;
  action: string;
  subject: { type: string; id?: string };
  outcome?: AuditEvent["outcome"];
  requestId?: string;
  /** Ids, counts and names of fields; never a secret, never free text about a patient. */
  details?: Record<string, unknown>;
};

export type NewAuditEvent = {
  id: string;
  organization_id: string;
  at: string;
  actor_kind: string;
  actor_id: string | null;
  action: string;
  subject_type: string;
  subject_id: string | null;
  outcome: string;
  request_id: string | null;
  details: Record<string, unknown>;
  client_id: string | null;
};

/** A program that acts by itself stands in the place of its user, and is none. */
function whoOf(actor: Actor): Pick<NewAuditEvent, "actor_kind" | "actor_id" | "client_id"> {
  const { kind } = actor;
  if (kind === "service") return { actor_kind: kind, actor_id: actor.service, client_id: null };
  if (kind === "anonymous") return { actor_kind: kind, actor_id: null, client_id: null };
  const { userId, clientId = null } = actor;
  return {
    actor_kind: userId === clientId ? "client" : kind,
    actor_id: userId,
    client_id: clientId,
  };
}

/**
 * The row, in the database's own names: it travels to Postgres as JSON. `record` appends it; so does
 * a function of a service's database that calls `append_audit_events` as its last statement.
 */
export function toEvent(entry: AuditEntry, at: Date): NewAuditEvent {
  return {
    id: newId(),
    organization_id: entry.organizationId,
    at: at.toISOString(),
    ...whoOf(entry.actor),
    action: entry.action,
    subject_type: entry.subject.type,
    subject_id: entry.subject.id ?? null,
    outcome: entry.outcome ?? "success",
    request_id: entry.requestId ?? null,
    details: entry.details ?? {},
  };
}
