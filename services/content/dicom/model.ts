/** What is known of studies, series and instances. */
import { z } from "@hono/zod-openapi";

const text = z.string().optional();

/** What reading a DICOM file brings, kept as the document's `structure`. */
export const DicomSummary = z.object({
  studyInstanceUid: text,
  seriesInstanceUid: text,
  sopInstanceUid: text,
  sopClassUid: text,
  transferSyntax: text,
  modality: text,
  studyDate: text,
  studyTime: text,
  studyDescription: text,
  seriesNumber: z.number().optional(),
  seriesDescription: text,
  instanceNumber: z.number().optional(),
  accessionNumber: text,
  bodyPart: text,
  institution: text,
  referringPhysician: text,
  picture: z.object({
    rows: z.number(),
    columns: z.number(),
    frames: z.number(),
    photometric: z.string(),
    bitsStored: z.number(),
    isDecodable: z.boolean(),
    reason: text,
  }).optional(),
  report: z.array(z.object({ depth: z.number(), name: z.string(), value: z.string() })).optional(),
  directory: z.array(z.object({ type: text, file: text, label: text })).optional(),
});
/** Members that the file does not say are undefined. */
export type DicomSummary = {
  [Key in keyof z.infer<typeof DicomSummary>]: z.infer<typeof DicomSummary>[Key] | undefined;
};

/** A frame's number as it stands in an address, or undefined. */
export const frameOf = (text: string): number | undefined =>
  /^[1-9]\d{0,6}$/.test(text) ? Number(text) : undefined;

const nullable = z.string().nullable();

export const DicomStudy = z.object({
  studyInstanceUid: z.string(),
  studyDate: nullable,
  studyTime: nullable,
  description: nullable,
  accessionNumber: nullable,
  referringPhysician: nullable,
  modalities: z.array(z.string()),
  seriesCount: z.number().int(),
  instanceCount: z.number().int(),
}).openapi("DicomStudy");
export type DicomStudy = z.infer<typeof DicomStudy>;

export const DicomInstance = z.object({
  sopInstanceUid: z.string(),
  /** Its bytes, its thumbnail and its frames are the document's. */
  documentId: z.uuid(),
  sopClassUid: nullable,
  transferSyntax: z.string(),
  number: z.number().int().nullable(),
  rows: z.number().int().nullable(),
  columns: z.number().int().nullable(),
  frames: z.number().int().nullable(),
  isDecodable: z.boolean(),
});

export const DicomSeries = z.object({
  seriesInstanceUid: z.string(),
  modality: nullable,
  number: z.number().int().nullable(),
  description: nullable,
  bodyPart: nullable,
  instances: z.array(DicomInstance),
});
export type DicomSeries = z.infer<typeof DicomSeries>;

export const DicomStudyDetail = DicomStudy.extend({ series: z.array(DicomSeries) })
  .openapi("DicomStudyDetail");
export type DicomStudyDetail = z.infer<typeof DicomStudyDetail>;
