/** What can be done with studies: keep what a file says of its own, list them, look at a frame. */
import { type Db, read } from "@praxis/shared/postgres";
import type { Deps } from "../deps.ts";
import * as documents from "../documents/documents.ts";
import { problem } from "../problems.ts";
import type { DicomStudy, DicomStudyDetail, DicomSummary } from "./model.ts";
import type { Request } from "./renderings.ts";
import * as store from "./store.ts";

/** Longer lists of instances are cut: a viewer asks for what it shows. */
const INSTANCES_MAX = 10_000;

/** Twice what the standard allows (PS3.5, 9): a longer one is none, and no index takes it. */
const UID_CHARS_MAX = 128;

/** Keeps what reading brought, in the transaction of the reading; safe to call again. */
export async function saveInstance(
  tx: Db,
  key: store.DocumentKey,
  summary: DicomSummary | undefined,
): Promise<void> {
  await store.removeInstance(tx, key);
  const { studyInstanceUid, seriesInstanceUid, sopInstanceUid } = summary ?? {};
  // A directory, or a fragment without its identifiers, belongs to no study.
  if (!summary || !studyInstanceUid || !seriesInstanceUid || !sopInstanceUid) return;
  const uids = [studyInstanceUid, seriesInstanceUid, sopInstanceUid];
  if (uids.some(({ length }) => length > UID_CHARS_MAX)) return;
  await store.insertInstance(
    tx,
    key,
    { ...summary, studyInstanceUid, seriesInstanceUid, sopInstanceUid },
  );
}

/** Newest first; one more than `limit` when there are more. */
export async function listStudies(
  deps: Deps,
  { actor, requestId }: documents.Call,
  patientId: string | undefined,
  before: store.Before | undefined,
  limit: number,
): Promise<DicomStudy[]> {
  const { organizationId } = actor;
  const rows = await read(
    deps.sql,
    { organizationId },
    (tx) => store.listStudies(tx, organizationId, patientId, before, limit + 1),
  );
  await deps.auditRead({
    actor,
    organizationId,
    action: "study.listed",
    subject: patientId === undefined ? { type: "study" } : { type: "patient", id: patientId },
    requestId,
    details: { count: Math.min(rows.length, limit) },
  });
  return rows;
}

/** As the chart of `patientId` has it, or all charts together. @throws study-not-found */
export async function showStudy(
  deps: Deps,
  { actor, requestId }: documents.Call,
  studyUid: string,
  patientId: string | undefined,
): Promise<DicomStudyDetail> {
  const { organizationId } = actor;
  const study = await read(deps.sql, { organizationId }, async (tx) => {
    const found = await store.findStudy(tx, organizationId, studyUid, patientId);
    if (!found) throw problem("study-not-found");
    const series = await store.listSeries(tx, organizationId, studyUid, patientId, INSTANCES_MAX);
    return { ...found, series };
  });
  await deps.auditRead({
    actor,
    organizationId,
    action: "study.read",
    subject: { type: "study", id: studyUid },
    requestId,
    details: patientId === undefined ? {} : { patientId },
  });
  return study;
}

/** A frame as PNG, recorded before it leaves. @throws frame-not-found, frame-undecodable */
export async function showFrame(
  deps: Deps,
  { actor, requestId }: documents.Call,
  id: string,
  frame: number | undefined,
  window: Request["window"],
): Promise<{ mediaType: string; bytes: Uint8Array<ArrayBuffer>; sha256: string }> {
  const { organizationId } = actor;
  const { version, kind, sha256 } = await documents.findContent(deps, actor, id, undefined);
  if (kind !== "dicom" || frame === undefined) throw problem("frame-not-found");
  const path = deps.storage.pathOf(organizationId, sha256);
  const rendering = await deps.drawFrame(organizationId, { path, frame, window });
  if (rendering.status === "frame-missing") throw problem("frame-not-found");
  if (rendering.status !== "rendered") {
    throw problem("frame-undecodable", {
      detail: `${rendering.reason} The original is at /api/content/documents/${id}/content.`,
      headers: { link: `</api/content/documents/${id}/content>; rel="original"` },
    });
  }
  await deps.auditRead({
    actor,
    organizationId,
    action: "document.frame_read",
    subject: { type: "document", id },
    requestId,
    details: { version, frame, ...(window ? { window } : {}) },
  });
  return { mediaType: rendering.mediaType, bytes: rendering.bytes, sha256 };
}
