/** Content's part in sagas and runs: clinics prepared, results released, letters filed, shares ended. */
import { record } from "@praxis/shared/audit";
import { newId } from "@praxis/shared/id";
import { carryOut, type Order, takeBack } from "@praxis/shared/orders";
import { transaction } from "@praxis/shared/postgres";
import * as categories from "../categories/categories.ts";
import { firstCategories } from "../categories/model.ts";
import type { Deps } from "../deps.ts";
import * as documents from "../documents/documents.ts";
import { problem } from "../problems.ts";
import * as shares from "../shares/shares.ts";
import type { NewLetter } from "./model.ts";

type Taken = { undoOf: string };

const preparing = (organizationId: string) => ({
  organizationId,
  route: "organization.prepare",
  subject: organizationId,
});

/** Gives a new clinic the names of its kinds of documents. */
export async function prepare(deps: Deps, order: Order, organizationId: string): Promise<void> {
  const { actor, requestId } = order;
  await transaction(
    deps.sql,
    { organizationId },
    (tx) =>
      carryOut(tx, order, preparing(organizationId), async () => {
        const names = await categories.addWithin(tx, organizationId, firstCategories);
        await record(tx, deps.now(), {
          actor,
          organizationId,
          action: "organization.prepared",
          subject: { type: "organization", id: organizationId },
          requestId,
          details: { categories: names.length },
        });
        return names;
      }),
  );
}

export async function clear(
  deps: Deps,
  order: Order,
  { organizationId, undoOf }: Taken & { organizationId: string },
): Promise<void> {
  const { actor, requestId } = order;
  await transaction(
    deps.sql,
    { organizationId },
    (tx) =>
      takeBack<string[]>(tx, order, { ...preparing(organizationId), undoOf }, async (names) => {
        await categories.removeWithin(tx, organizationId, names);
        await record(tx, deps.now(), {
          actor,
          organizationId,
          action: "organization.cleared",
          subject: { type: "organization", id: organizationId },
          requestId,
        });
      }),
  );
}

type Release = {
  organizationId: string;
  documentId: string;
  patientId: string;
  userIds: string[];
  releasedBy: string;
};

const releasing = (
  { organizationId, documentId }: Pick<Release, "organizationId" | "documentId">,
) => ({
  organizationId,
  route: "document.release",
  subject: documentId,
});

const recordedOf = (deps: Deps, { actor, requestId }: Order, organizationId: string) => ({
  actor,
  organizationId,
  requestId,
  at: deps.now(),
});

/**
 * Lets a patient read the present version of a document of theirs.
 * @throws Problem `document-not-found`, `not-this-patients`, `document-not-ready`
 */
export async function release(deps: Deps, order: Order, release: Release): Promise<void> {
  const { organizationId, documentId: id, patientId } = release;
  await transaction(
    deps.sql,
    { organizationId },
    (tx) =>
      carryOut(tx, order, releasing(release), async () => {
        const [document] = await documents.findAll(tx, organizationId, [id]);
        if (!document) throw problem("document-not-found");
        // In quarantine, the file itself says that it is somebody else's.
        if (document.patientId !== patientId || document.quarantined) {
          throw problem("not-this-patients");
        }
        if (document.status === "processing") throw problem("document-not-ready");
        const { version } = document;
        const recorded = recordedOf(deps, order, organizationId);
        return await shares.releaseWithin(tx, recorded, { ...release, version });
      }),
  );
}

/** Takes a release back. @throws Problem `release-read` when the patient has read it */
export async function withdraw(
  deps: Deps,
  order: Order,
  { undoOf, ...release }: Taken & Pick<Release, "organizationId" | "documentId">,
): Promise<void> {
  const { organizationId } = release;
  await transaction(
    deps.sql,
    { organizationId },
    (tx) =>
      takeBack<shares.Released>(tx, order, { ...releasing(release), undoOf }, async (released) => {
        const live = await shares.lockWithin(tx, organizationId, { ids: released.added });
        const recorded = recordedOf(deps, order, organizationId);
        await shares.revokeWithin(tx, recorded, live);
        // Whose release has ended meanwhile gets nothing back for it.
        const holders = new Set(live.map(({ userId }) => userId));
        const theirs = released.ended.filter(({ userId }) => holders.has(userId));
        await shares.restoreWithin(tx, recorded, theirs);
      }),
  );
}

type Member = { organizationId: string; userId: string };

const revoking = ({ organizationId, userId }: Member) => ({
  organizationId,
  route: "share.revoke-all",
  subject: userId,
});

/** Ends what was shared with a member. What was released to them as a patient stays theirs. */
export async function revokeShares(deps: Deps, order: Order, member: Member): Promise<void> {
  const { organizationId, userId } = member;
  const at = deps.now();
  await transaction(
    deps.sql,
    { organizationId },
    (tx) =>
      carryOut<shares.Named[]>(tx, order, revoking(member), async () => {
        const live = await shares.lockWithin(tx, organizationId, { userId, at });
        const given = live.filter(({ purpose }) => purpose === "share");
        await shares.revokeWithin(tx, recordedOf(deps, order, organizationId), given);
        return given.map(({ id, documentId, userId }) => ({ id, documentId, userId }));
      }),
  );
}

export async function restoreShares(
  deps: Deps,
  order: Order,
  { undoOf, ...member }: Member & Taken,
): Promise<void> {
  const { organizationId } = member;
  await transaction(deps.sql, { organizationId }, (tx) =>
    takeBack<shares.Named[]>(
      tx,
      order,
      { ...revoking(member), undoOf },
      (revoked) => shares.restoreWithin(tx, recordedOf(deps, order, organizationId), revoked),
    ));
}

/** Files a text as a document, once for each key. Returns its id. */
export async function fileLetter(deps: Deps, order: Order, letter: NewLetter): Promise<string> {
  const { organizationId, createdBy, title, text, category, patientId } = letter;
  const { actor, requestId } = order;
  const file = await deps.storage.receive();
  try {
    await file.write(new TextEncoder().encode(text));
    const subject = JSON.stringify([file.digest(), title, category, patientId]);
    // Durable before the row that speaks of it; a file without a row harms nobody.
    await file.keep(organizationId);
    const { documentId } = await transaction(
      deps.sql,
      { organizationId },
      (tx) =>
        carryOut(tx, order, { organizationId, route: "letter.file", subject }, async () => {
          const filer = { actor, organizationId, createdBy, requestId };
          const filed = await documents.add(deps, filer, tx, newId(), {
            fileName: `${title.replaceAll(/[^\p{L}\p{N} _-]/gu, " ").trim() || "Letter"}.txt`,
            file,
            fields: { title, category, patientId, tags: undefined },
          });
          return { documentId: filed.id };
        }),
    );
    return documentId;
  } finally {
    await file.discard();
  }
}
