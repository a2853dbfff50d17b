/** Constraints held against runs: each comes down to its parts, windows become times. */
import type { Db, Sql } from "@praxis/shared/postgres";
import * as calendars from "../../calendars/calendars.ts";
import { addOpenTime, type Calendar } from "../../calendars/model.ts";
import { AT_RISK_SHARE, type ProtocolDetail } from "../model.ts";
import { partsOf, type Verdict } from "./templates.ts";
import * as store from "./store.ts";

const MINUTE_MS = 60_000;

/** The parts of every constraint of a protocol, as the query takes them. */
export function rulesOf({ constraints }: Pick<ProtocolDetail, "constraints">): store.Rule[] {
  return constraints.flatMap((one) => {
    const parts = partsOf(one.template, one.count ?? 1);
    // Where each of two events calls for the other, `when` stays with the first activity.
    const isMutual = parts.filter(({ kind }) => kind === "relation").length > 1;
    return parts.map((part, at): store.Rule => {
      const { activity, target } = one;
      const isTurned = part.kind === "relation" && part.activates === "target";
      return {
        constraintId: one.id,
        name: one.name,
        template: one.template,
        part: at,
        kind: part.kind,
        activities: part.kind === "count" && part.of === "either"
          ? [activity, target!]
          : [isTurned ? target! : activity],
        seeks: part.kind === "relation" ? (isTurned ? activity : target!) : null,
        looks: part.kind === "relation" ? part.looks : null,
        mode: part.kind === "relation" ? part.mode : null,
        isNegated: part.kind === "relation" && part.isNegated,
        min: part.kind === "count" ? part.min : null,
        max: part.kind === "count" ? part.max : null,
        place: part.kind === "position" ? part.at : null,
        withinMs: one.withinMinutes === null ? null : one.withinMinutes * MINUTE_MS,
        graceMs: one.graceMinutes * MINUTE_MS,
        hasCalendar: one.calendar !== null,
        when: isTurned && isMutual ? one.if : one.when,
        if: isTurned && isMutual ? one.when : one.if,
        correlate: one.correlate,
        exclusion: one.unless,
      };
    });
  });
}

export type Calendars = ReadonlyMap<string, Calendar>;

/** The calendars that protocols count by; read before the transaction that judges. */
export async function calendarsOf(
  sql: Sql,
  organizationId: string,
  protocols: readonly ProtocolDetail[],
): Promise<Calendars> {
  const names = new Set(
    protocols.flatMap(({ constraints }) =>
      constraints.flatMap(({ calendar }) => calendar === null ? [] : [calendar])
    ),
  );
  const known = new Map<string, Calendar>();
  for (const name of names) known.set(name, await calendars.find(sql, organizationId, name));
  return known;
}

/** When windows in opening time end; the clinic's hours are no business of the database. */
async function duesOf(
  tx: Db,
  protocol: ProtocolDetail,
  rules: readonly store.Rule[],
  scope: store.Scope,
  known: Calendars,
): Promise<store.Due[]> {
  const timed = rules.filter(({ hasCalendar }) => hasCalendar);
  if (timed.length === 0) return [];
  const names = new Map(protocol.constraints.map(({ id, calendar }) => [id, calendar]));
  const starts = await store.listStarts(tx, scope, timed.flatMap(({ activities }) => activities));
  return timed.flatMap((rule) =>
    starts
      .filter(({ activity }) =>
        rule.kind === "count" ? activity === null : activity === rule.activities[0]
      )
      .flatMap(({ eventId, at }) => {
        const calendar = known.get(names.get(rule.constraintId)!)!;
        const dueAt = addOpenTime(calendar, at, rule.withinMs!);
        const { constraintId, part } = rule;
        return dueAt ? [{ constraintId, part, eventId, dueAt: dueAt.toISOString() }] : [];
      })
  );
}

export type Which = Pick<store.Scope, "organizationId" | "asOf" | "knownAt"> & {
  runId?: string;
  patientId?: string;
  from?: Date;
  to?: Date;
};

async function judgingOf(
  tx: Db,
  protocol: ProtocolDetail,
  which: Which,
  known: Calendars,
): Promise<store.Judging> {
  const rules = rulesOf(protocol);
  const { definition, effectiveFrom, effectiveUntil } = protocol;
  const scope = {
    ...which,
    definitionKey: definition,
    effectiveFrom: effectiveFrom === null ? null : new Date(effectiveFrom),
    effectiveUntil: effectiveUntil === null ? null : new Date(effectiveUntil),
  };
  return { ...scope, rules, dues: await duesOf(tx, protocol, rules, scope, known) };
}

/** What is to be said of these runs, as it was known at `asOf`. */
export async function judge(
  tx: Db,
  protocol: ProtocolDetail,
  which: Which,
  known: Calendars,
  limit: number,
): Promise<Verdict[]> {
  const rows = await store.list(tx, await judgingOf(tx, protocol, which, known), limit);
  return rows.map(({ name, activatedAt, targetAt, dueAt, ...row }) => ({
    ...row,
    constraint: name,
    activatedAt: activatedAt.toISOString(),
    targetAt: targetAt?.toISOString() ?? null,
    dueAt: dueAt?.toISOString() ?? null,
  }));
}

/** The same, counted. */
export async function count(
  tx: Db,
  protocol: ProtocolDetail,
  which: Which,
  known: Calendars,
) {
  return await store.count(tx, await judgingOf(tx, protocol, which, known));
}

/** When a verdict changes by itself: four fifths of its window are over, or all of it. */
export function changesAt(
  { state, activatedAt, dueAt }: Verdict,
  now: Date,
): Date | undefined {
  if (state !== "pending" || dueAt === null || activatedAt === null) return undefined;
  const [start, end] = [Date.parse(activatedAt), Date.parse(dueAt)];
  const warnAt = Math.ceil(start + (end - start) * AT_RISK_SHARE);
  // What is due now may still happen now.
  return new Date(warnAt > now.getTime() ? warnAt : end + 1);
}
