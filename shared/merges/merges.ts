/**
 * Follows facts that two records are one: rows that belong to what was given up move to what took
 * over, and exactly these move back when that is undone. The service keeps `<subject>_merges` and
 * `<subject>_merge_rows`, and a trigger that sends rows which come late the same way.
 */
import { record } from "../audit/mod.ts";
import { type EventEnvelope, type EventHandler, onEvent } from "../events/mod.ts";
import type { Db } from "../postgres/connect.ts";
import { type Merge, mergeOf, type Table } from "./model.ts";
import * as store from "./store.ts";

export type { Merge, Table } from "./model.ts";

type Following = {
  /** In the singular, as tables and facts are named after it: `<subject>.merged`. */
  subject: string;
  /** Which service tells of it. */
  source: string;
  tables: readonly Table[];
  now: () => Date;
  /** Rows that others hold while they wait for this lock: taken first, in an order of one's own. */
  lockRows?: (tx: Db, merge: Merge) => Promise<void>;
  /** What follows from where the rows are now. */
  settle?: (tx: Db, merge: Merge, at: Date) => Promise<void>;
};

type Told = { event: EventEnvelope; data: Omit<Merge, "organizationId"> };

export function followMerges(
  { subject, source, tables, now, lockRows, settle }: Following,
): Record<string, EventHandler> {
  const capital = `${subject[0]!.toUpperCase()}${subject.slice(1)}`;

  async function apply(
    tx: Db,
    { event, data }: Told,
    { remember, move, action }: {
      /** False: nothing is left to be done. */
      remember: typeof store.insert;
      move: typeof store.move;
      action: string;
    },
  ): Promise<void> {
    const at = now();
    const { organizationid: organizationId } = event;
    const merge = { organizationId, ...data };
    await lockRows?.(tx, merge);
    await store.lock(tx, subject, organizationId);
    if (!await remember(tx, subject, merge, at)) return;
    let moved = 0;
    for (const table of tables) moved += await move(tx, subject, table, merge);
    await settle?.(tx, merge, at);
    const { mergeId, fromId, intoId } = data;
    await record(tx, at, {
      actor: { kind: "service", service: event.source.slice(1) },
      organizationId,
      action,
      subject: { type: subject, id: fromId },
      ...(event.requestid === undefined ? {} : { requestId: event.requestid }),
      details: { mergeId, [`into${capital}Id`]: intoId, moved },
    });
  }

  const handler = (work: Parameters<typeof apply>[2]) =>
    onEvent({
      source,
      versions: [1],
      data: mergeOf(subject),
      apply: (tx, event, data) => apply(tx, { event, data }, work),
    });
  return {
    [`${subject}.merged`]: handler({
      remember: store.insert,
      move: store.move,
      action: `${subject}.merge_followed`,
    }),
    [`${subject}.unmerged`]: handler({
      remember: store.markUndone,
      move: store.moveBack,
      action: `${subject}.merge_undone`,
    }),
  };
}
