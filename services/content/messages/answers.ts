/**
 * Which answers stand: a message that was sent before, alone or in a batch, has its answer already.
 * Keys are taken in two steps, messages first and then batches as a whole, so that two transactions
 * never wait for each other in a circle.
 */
import type { Db } from "@praxis/shared/postgres";
import { type Acknowledgement, type Claim, nameOf } from "./model.ts";
import * as store from "./store.ts";

export type Batch = {
  messages: Claim[];
  /** The answer to the whole, around those that its messages got. */
  answer(answers: readonly Acknowledgement[]): Acknowledgement;
};

type Arriving = Claim & { batch?: Batch; message: { id: string } };

export type Answered<T> = {
  /** By the key's name: of each arrival, what its sender gets. */
  answers: Map<string, Acknowledgement>;
  /** Those that nobody had sent before, with their answers; `isStored`: something in them is new. */
  fresh: T[];
};

/** Takes the places of `arrivals`, whose keys differ, and answers them. */
export async function answerAll<T extends Arriving>(
  tx: Db,
  organizationId: string,
  arrivals: readonly T[],
  at: Date,
): Promise<Answered<T>> {
  const batches = arrivals.filter(({ batch }) => batch);
  // Read first: a batch that came before its messages were told apart has no places for them.
  const known = await knownOf(tx, organizationId, batches.map(({ key }) => key));
  const open = arrivals.filter(({ key }) => !known.has(nameOf(key)));
  const claims = new Map<string, Own>();
  for (const { batch, message: { id }, ...own } of open) {
    for (const claim of batch?.messages ?? [own]) {
      const name = nameOf(claim.key);
      const documentId = claim.isStored ? id : null;
      if (!claims.has(name)) claims.set(name, { ...claim, documentId });
    }
  }
  const taken = await take(tx, organizationId, [...claims.values()], at);
  const composed = open.map((arrival) => compose(arrival, claims, taken));
  const wholes = composed.flatMap(({ arrival }) =>
    arrival.batch ? [{ ...arrival, documentId: arrival.isStored ? arrival.message.id : null }] : []
  );
  const takenWholes = await take(tx, organizationId, wholes, at);
  const before = new Map([...known, ...taken.known, ...takenWholes.known]);
  const isFresh = ({ key, batch, isStored, message: { id } }: Arriving) => {
    const name = nameOf(key);
    if (batch) return takenWholes.claimed.has(name);
    // Unless a batch of the same commit holds it already.
    return taken.claimed.has(name) && claims.get(name)!.documentId === (isStored ? id : null);
  };
  await store.insertRepetitions(
    tx,
    organizationId,
    composed.flatMap(({ arrival, repeated }) =>
      isFresh(arrival) && arrival.isStored
        ? repeated.map((place) => ({ documentId: arrival.message.id, place }))
        : []
    ),
  );
  const own = composed.map(({ arrival: { key, acknowledgement } }) => {
    const name = nameOf(key);
    return [name, claims.get(name)?.acknowledgement ?? acknowledgement] as const;
  });
  return {
    answers: new Map([...own, ...before]),
    fresh: composed.map(({ arrival }) => arrival).filter(isFresh),
  };
}

type Own = Claim & { documentId: string | null };
type Taken = { claimed: Set<string>; known: Map<string, Acknowledgement> };

async function take(
  tx: Db,
  organizationId: string,
  claims: readonly Own[],
  at: Date,
): Promise<Taken> {
  const claimed = new Set((await store.claim(tx, organizationId, claims, at)).map(nameOf));
  const repeated = claims.flatMap(({ key }) => claimed.has(nameOf(key)) ? [] : [key]);
  return { claimed, known: await knownOf(tx, organizationId, repeated) };
}

const knownOf = async (tx: Db, organizationId: string, keys: readonly Claim["key"][]) =>
  new Map((await store.list(tx, organizationId, keys)).map((row) => [nameOf(row), row]));

/** A batch's answer follows from its messages', of which some may have been given before. */
function compose<T extends Arriving>(
  arrival: T,
  claims: ReadonlyMap<string, Own>,
  { claimed, known }: Taken,
): { arrival: T; repeated: number[] } {
  if (!arrival.batch) return { arrival, repeated: [] };
  const { messages, answer } = arrival.batch;
  const own = new Set<string>();
  const repeated: number[] = [];
  const answers = messages.map(({ key, isStored }, at) => {
    const name = nameOf(key);
    const first = claims.get(name)!;
    const isNew = claimed.has(name) && !own.has(name) &&
      (first.documentId === null || first.documentId === arrival.message.id);
    if (isNew && isStored) own.add(name);
    else if (isStored) repeated.push(at + 1);
    return known.get(name) ?? first.acknowledgement;
  });
  const acknowledgement = answer(answers);
  return { arrival: { ...arrival, acknowledgement, isStored: own.size > 0 }, repeated };
}
