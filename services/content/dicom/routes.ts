/** How studies and frames are reached over HTTP. */
import { z } from "@hono/zod-openapi";
import { signedIn } from "@praxis/shared/auth";
import {
  createApi,
  defineRoute,
  Page,
  PageQuery,
  readCursor,
  reply,
  stream,
  toPage,
} from "@praxis/shared/http";
import type { Deps } from "../deps.ts";
import * as dicom from "./dicom.ts";
import { DicomStudy, DicomStudyDetail, frameOf } from "./model.ts";

const tags = ["dicom"];
const json = <T extends z.ZodType>(schema: T) => ({ "application/json": { schema } });
const StudyPage = Page(DicomStudy).openapi("DicomStudyPage");
const level = z.coerce.number().min(-1e6).max(1e6);

const listStudies = defineRoute({
  permission: "documents:read",
  method: "get",
  path: "/api/content/dicom/studies",
  tags,
  summary: "List studies, newest first",
  request: { query: PageQuery.extend({ patientId: z.uuid().optional() }) },
  responses: { 200: { description: "OK", content: json(StudyPage) } },
});

const getStudy = defineRoute({
  permission: "documents:read",
  method: "get",
  path: "/api/content/dicom/studies/{study}",
  tags,
  summary: "Read a study with its series and instances",
  request: {
    params: z.object({ study: z.string().max(100) }),
    query: z.strictObject({
      patientId: z.uuid().optional().openapi({
        description: "Of this patient's documents alone, as their chart shows it.",
      }),
    }),
  },
  responses: { 200: { description: "OK", content: json(DicomStudyDetail) } },
});

const getFrame = defineRoute({
  permission: "documents:read",
  method: "get",
  path: "/api/content/documents/{id}/frames/{frame}/rendered",
  tags,
  summary: "Look at a frame of a DICOM document, in the window given or the file's own",
  request: {
    params: z.object({ id: z.uuid(), frame: z.string().max(40) }),
    query: z.strictObject({
      windowCenter: level.optional(),
      windowWidth: level.positive().optional(),
    }).refine(
      ({ windowCenter, windowWidth }) =>
        (windowCenter === undefined) === (windowWidth === undefined),
      { path: ["windowWidth"], message: "A window has a center and a width." },
    ),
  },
  responses: { 200: { description: "The picture as PNG", content: { "image/png": {} } } },
});

export function dicomRoutes(deps: Deps) {
  const api = createApi();
  const callOf = (c: Parameters<typeof signedIn>[0] & { get(key: "requestId"): string }) => ({
    actor: signedIn(c),
    requestId: c.get("requestId"),
  });

  api.openapi(listStudies, async (c) => {
    const { limit, cursor, patientId } = c.req.valid("query");
    const [date, uid] = readCursor(cursor, z.tuple([z.iso.date(), z.string()])) ?? [];
    const before = date && uid ? { date, uid } : undefined;
    const rows = await dicom.listStudies(deps, callOf(c), patientId, before, limit);
    const page = toPage(
      rows,
      limit,
      (row) => [row.studyDate ?? "1970-01-01", row.studyInstanceUid],
    );
    return reply(c, 200, StudyPage, page);
  });

  api.openapi(getStudy, async (c) => {
    const study = await dicom.showStudy(
      deps,
      callOf(c),
      c.req.valid("param").study,
      c.req.valid("query").patientId,
    );
    return reply(c, 200, DicomStudyDetail, study);
  });

  api.openapi(getFrame, async (c) => {
    const { id, frame } = c.req.valid("param");
    const { windowCenter, windowWidth } = c.req.valid("query");
    const window = windowCenter !== undefined && windowWidth !== undefined
      ? { center: windowCenter, width: windowWidth }
      : undefined;
    const picture = await dicom.showFrame(deps, callOf(c), id, frameOf(frame), window);
    return stream(picture.bytes, 200, {
      "content-type": picture.mediaType,
      "content-length": String(picture.bytes.byteLength),
      "x-content-type-options": "nosniff",
      "cache-control": "private, no-cache",
    });
  });

  return api;
}
