/** How runs begin: asked for, by an event, or by another run. */
import { type AuditEntry, record } from "@praxis/shared/audit";
import type { Actor } from "@praxis/shared/auth";
import { newId } from "@praxis/shared/id";
import type { Db } from "@praxis/shared/postgres";
import type { Json } from "../language/language.ts";
import * as store from "./store.ts";

/** Runs that start runs, and events that do: a circle of definitions ends here. */
export const DEPTH_MAX = 20;

/** And where each starts several: what one request may set going in an hour. */
const FOLLOWING_MAX = 10_000;
const HOUR_MS = 3_600_000;

/** Why no run may follow from one at `depth`, if none may. */
export async function whyNoMore(
  tx: Db,
  { organizationId, requestId, depth, at }: {
    organizationId: string;
    requestId: string;
    depth: number;
    at: Date;
  },
): Promise<string | undefined> {
  if (depth >= DEPTH_MAX) return "too many levels";
  if (depth < 1) return undefined;
  const since = new Date(at.getTime() - HOUR_MS);
  const asked = { requestId, since, limit: FOLLOWING_MAX };
  const count = await store.countFollowing(tx, organizationId, asked);
  return count >= FOLLOWING_MAX ? "too many runs of one origin" : undefined;
}

export type Starting = {
  definition: { id: string; key: string; version: number; state: string };
  organizationId: string;
  input: Json;
  consumed?: string[];
  subject: { type: string; id: string } | null;
  patientId: string | null;
  parentStepId?: string;
  startedBy: { kind: string; id: string };
  requestId: string;
  startKey: string;
  depth?: number;
};

export const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** The patient that an input is about, when it says so. */
export function patientOf(input: Json): string | null {
  const id = input !== null && typeof input === "object" && !Array.isArray(input)
    ? input.patientId
    : undefined;
  return typeof id === "string" && UUID.test(id) ? id : null;
}

/** A new run and what is to be audited of it; undefined when the key has started it before. */
export async function begin(
  tx: Db,
  at: Date,
  actor: Actor,
  { definition, consumed = [], parentStepId, depth = 0, ...run }: Starting,
): Promise<{ id: string; entry: AuditEntry } | undefined> {
  const id = newId();
  const isNew = await store.insert(tx, {
    ...run,
    id,
    firstStepId: newId(),
    definitionId: definition.id,
    key: definition.key,
    version: definition.version,
    isShadow: definition.state === "shadow",
    consumed,
    parentStepId: parentStepId ?? null,
    depth,
    at,
  });
  if (!isNew) return undefined;
  const { key, version } = definition;
  const entry = {
    actor,
    organizationId: run.organizationId,
    action: "run.started",
    subject: { type: "run", id },
    requestId: run.requestId,
    details: { key, version, startedBy: run.startedBy.kind },
  };
  return { id, entry };
}

/** A new run with its audit row: call it last. Undefined when the key has started it before. */
export async function start(
  tx: Db,
  at: Date,
  actor: Actor,
  starting: Starting,
): Promise<string | undefined> {
  const begun = await begin(tx, at, actor, starting);
  if (begun) await record(tx, at, begun.entry);
  return begun?.id;
}
