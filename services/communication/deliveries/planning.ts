/** Who is told in somebody's place, and on which channels: one delivery for each of them. */
import { newId } from "@praxis/shared/id";
import type { Db } from "@praxis/shared/postgres";
import { common } from "@praxis/shared/problem";
import type { Channel } from "../providers/model.ts";
import type { Deps } from "../deps.ts";
import * as recipients from "../recipients/recipients.ts";
import { listOfMessage, type NewDelivery } from "./store.ts";

const DEFAULT_ORDER: readonly Channel[] = ["push", "email", "sms", "in_app"];

type Addressee = { recipientId: string; onBehalfOf: string | null };
type Wanted = readonly { id: string; kind: "patient" | "user" }[];

/** Who is to be told of something, and where they may be. */
export type Asked = {
  recipients: Wanted;
  /** Their own order unless given. */
  channels?: readonly Channel[] | undefined;
  mode: "first" | "each";
  /** Channels for which there are words. */
  available: readonly Channel[];
};

/** Patients who have guardians are told through them. */
function addresseesOf(
  wanted: Wanted,
  guardians: readonly recipients.GuardianRow[],
  now: Date,
): Addressee[] {
  const all = wanted.flatMap(({ id }): Addressee[] => {
    const theirs = guardians.filter(({ patientId, endsAt }) =>
      patientId === id && (endsAt === null || endsAt > now)
    );
    return theirs.length === 0
      ? [{ recipientId: id, onBehalfOf: null }]
      : theirs.map(({ guardianId }) => ({ recipientId: guardianId, onBehalfOf: id }));
  });
  // Somebody who is asked for twice is told once.
  const keys = all.map(({ recipientId, onBehalfOf }) => `${recipientId} ${onBehalfOf}`);
  return all.filter((_, at) => keys.indexOf(keys[at]!) === at);
}

/** @throws Problem `invalid-request` naming those who are not known here. */
export async function plan(
  deps: Pick<Deps, "now">,
  tx: Db,
  organizationId: string,
  { recipients: asked, channels, mode, available }: Asked,
): Promise<NewDelivery[]> {
  const now = deps.now();
  const heirs = await recipients.heirsOf(tx, organizationId, asked.map(({ id }) => id));
  const wanted = asked.map(({ id, kind }) => ({ id: heirs.get(id) ?? id, kind }));
  const users = wanted.filter(({ kind }) => kind === "user");
  if (users.length > 0) await recipients.ensure(tx, organizationId, users, now);
  const ids = wanted.map(({ id }) => id);
  const about = (of: string[]) =>
    Promise.all([
      recipients.listKnown(tx, organizationId, of),
      recipients.listReachable(tx, organizationId, of),
    ]);
  const [guardians, [known, reachable]] = await Promise.all([
    recipients.listGuardians(tx, organizationId, ids),
    about(ids),
  ]);
  const addressees = addresseesOf(wanted, guardians, now);
  const others = addressees.map(({ recipientId }) => recipientId).filter((id) => !ids.includes(id));
  if (others.length > 0) {
    const [more, reached] = await about([...new Set(others)]);
    known.push(...more);
    reachable.push(...reached);
  }
  const unknown = ids.flatMap((id, at) => known.some((one) => one.id === id) ? [] : [at]);
  if (unknown.length > 0) {
    throw common("invalid-request", {
      errors: unknown.map((at) => ({
        pointer: `/recipients/${at}/id`,
        detail: "Nobody with this id is known here.",
      })),
    });
  }
  return addressees.flatMap(({ recipientId, onBehalfOf }): NewDelivery[] => {
    const { kind, channelOrder } = known.find(({ id }) => id === recipientId)!;
    const order = channels ?? [...new Set([...(channelOrder ?? []), ...DEFAULT_ORDER])];
    const possible = order.filter((channel) => available.includes(channel));
    const works = possible.filter((channel) =>
      channel === "in_app"
        ? kind === "user"
        : reachable.some((one) => one.recipientId === recipientId && one.channel === channel)
    );
    // Without any address the first gate says so, where everybody can see it.
    const [first = "email", ...rest] = works.length > 0 ? works : possible.slice(0, 1);
    const base = { recipientId, onBehalfOf };
    return mode === "first"
      ? [{ ...base, id: newId(), channel: first, nextChannels: rest }]
      : [first, ...rest].map((channel) => ({ ...base, id: newId(), channel, nextChannels: [] }));
  });
}

/**
 * Somebody was to be told in a patient's place and may not be any more: whoever is now, or else the
 * patient, is told instead, once.
 */
export async function planInstead(
  deps: Pick<Deps, "now">,
  tx: Db,
  organizationId: string,
  { messageId, patientId, channels, available }: {
    messageId: string;
    patientId: string;
    /** Those that were to be used come first. */
    channels: readonly Channel[];
    available: readonly Channel[];
  },
): Promise<NewDelivery[]> {
  const planned = await plan(deps, tx, organizationId, {
    recipients: [{ id: patientId, kind: "patient" }],
    channels: [...new Set([...channels, ...available])],
    mode: "first",
    available,
  });
  const told = new Set(
    (await listOfMessage(tx, organizationId, messageId)).map(({ recipientId }) => recipientId),
  );
  return planned.filter(({ recipientId }) => !told.has(recipientId));
}
