/**
 * Reads a DICOM file: whom and what it shows, its text, a picture of it. Runs in the reader's
 * process; besides the file it needs `--allow-read` of `node_modules` (WebAssembly), and for
 * pictures `--allow-ffi --allow-env --allow-sys` (sharp). It uses neither network nor write.
 */
import type { Parts, Rendition, SeenPatient } from "../ingestion/model.ts";
import { type Persons, personsOf } from "../patients/model.ts";
import { decodeFrame } from "./codecs.ts";
import {
  broken,
  type Dataset,
  type DicomFile,
  DicomRefusal,
  itemsOf,
  parse,
  undecodable,
} from "./parsing.ts";
import { type Picture, pictureOf } from "./pixels.ts";
import { type Raster, render, type Window } from "./rendering.ts";
import { linesOf, reportOf } from "./reports.ts";
import type { DicomSummary } from "./model.ts";
import { all, bytesOf, dateOf, first, nameOf, number, textOf, timeOf } from "./values.ts";

export const DICOM_ENGINE = { engine: "praxis-dicom", engineVersion: "2" };
const TEXT_CHARS_MAX = 2 * 1024 * 1024;
const ENCAPSULATED_BYTES_MAX = 64 * 1024 * 1024;

/** @throws DicomRefusal */
function withPicture(file: DicomFile) {
  if (file.dataset.cut?.tag !== undefined && file.dataset.cut.tag !== 0x7fe00010) {
    throw broken("The file ends in the middle of a value.");
  }
  const picture = pictureOf(file);
  if (file.dataset.cut) throw broken("The pixel data end before the picture does.");
  return { ...file, picture };
}

/** What the file holds, or why it cannot be read, and whom it is of as far as its header says. */
export async function readDicom(bytes: Uint8Array): Promise<Parts> {
  let file: DicomFile | undefined;
  try {
    file = parse(bytes);
    const { dataset, transferSyntax, picture } = withPicture(file);
    const persons = patientsOf(dataset);
    const summary = summaryOf(dataset, transferSyntax);
    const report = reportOf(dataset);
    const inside = await encapsulatedIn(dataset);
    const shown = picture ? await shownOf(picture) : undefined;
    const title = titleOf(dataset, summary);
    const author = authorOf(dataset);
    const structure: DicomSummary = {
      ...summary,
      ...(picture ? { picture: { ...factsOf(picture), ...shown!.facts } } : {}),
      ...(report.length > 0 ? { report } : {}),
    };
    const text = [...wordsOf(dataset), ...linesOf(report), inside.text].filter(Boolean).join("\n");
    return {
      text: text.slice(0, TEXT_CHARS_MAX),
      ...persons,
      ...(title ? { title } : {}),
      ...(author ? { author } : {}),
      // Without its undefined members, which JSON leaves out as well.
      structure: JSON.parse(JSON.stringify(structure)),
      renditions: shown?.renditions ?? inside.renditions,
      ...DICOM_ENGINE,
    };
  } catch (error) {
    if (!(error instanceof DicomRefusal)) throw error;
    const header = file ?? error.file;
    const known = header ? wholeOf(header.dataset) : undefined;
    return { reason: error.message, ...(known ? headerOf(known) : {}), ...DICOM_ENGINE };
  }
}

/** Without the value that the file ends in, or whose damage ended the reading: half a name is none. */
function wholeOf(dataset: Dataset): Dataset {
  const { cut } = dataset;
  if (!cut) return dataset;
  const elements = new Map(dataset.elements);
  if (!cut.items && cut.vr !== "SQ") elements.delete(cut.tag);
  return { ...dataset, elements };
}

/** Whom and what a file is of that cannot be read: it must not be taken for somebody else's. */
function headerOf(dataset: Dataset) {
  const say = (of: Dataset) => ({
    ...patientsOf(of),
    words: wordsOf(of).join("\n").slice(0, TEXT_CHARS_MAX),
  });
  try {
    return say(dataset);
  } catch (error) {
    if (!(error instanceof DicomRefusal)) throw error;
    // A sequence is what is damaged.
    const plain = [...dataset.elements].filter(([, { vr, items }]) => vr !== "SQ" && !items);
    return say({ ...dataset, elements: new Map(plain) });
  }
}

export type RenderOptions = { frame: number; windowCenter?: number; windowWidth?: number };
export type Rendered =
  | { status: "rendered"; mediaType: string; width: number; height: number; bytes: Uint8Array }
  | { status: "undecodable" | "broken" | "frame-missing"; reason: string };

/** Frame `frame`, from 1, in full size as PNG. */
export async function renderFrame(
  bytes: Uint8Array,
  { frame, windowCenter, windowWidth }: RenderOptions,
): Promise<Rendered> {
  try {
    const { picture } = withPicture(parse(bytes));
    if (!picture) throw undecodable("The file holds no picture.");
    if (!Number.isInteger(frame) || frame < 1 || frame > picture.frames) {
      return { status: "frame-missing", reason: "The picture has no such frame." };
    }
    const asked = windowCenter !== undefined && windowWidth !== undefined
      ? { center: windowCenter, width: windowWidth }
      : undefined;
    const raster = await rasterOf(picture, frame - 1, asked);
    const { ofRaw } = await import("../images/images.ts");
    const { data, info } = await ofRaw(raster).png({ compressionLevel: 6 })
      .toBuffer({ resolveWithObject: true });
    return {
      status: "rendered",
      mediaType: "image/png",
      width: info.width,
      height: info.height,
      bytes: new Uint8Array(data),
    };
  } catch (error) {
    if (error instanceof DicomRefusal) return { status: error.kind, reason: error.message };
    throw error;
  }
}

async function rasterOf(picture: Picture, index: number, asked?: Window): Promise<Raster> {
  return render(picture, index, await decodeFrame(picture, index), asked);
}

/** The middle frame says more than the first; the first is what a viewer opens with. */
async function shownOf(picture: Picture) {
  try {
    const { ofRaw, THUMBNAIL_PIXELS, toRendition, VIEW_PIXELS } = await import(
      "../images/images.ts"
    );
    const middle = Math.floor((picture.frames - 1) / 2);
    const firstRaster = await rasterOf(picture, 0);
    const middleRaster = middle === 0 ? firstRaster : await rasterOf(picture, middle);
    const renditions: Rendition[] = [
      await toRendition(ofRaw(middleRaster), "thumbnail", THUMBNAIL_PIXELS),
      await toRendition(ofRaw(firstRaster), "frame-1", VIEW_PIXELS),
    ];
    return { facts: { isDecodable: true }, renditions };
  } catch (error) {
    if (!(error instanceof DicomRefusal) || error.kind === "broken") throw error;
    return { facts: { isDecodable: false, reason: error.message }, renditions: [] };
  }
}

const factsOf = ({ rows, columns, frames, photometric, bitsStored }: Picture) => ({
  rows,
  columns,
  frames,
  photometric,
  bitsStored,
});

/** A UID as PS3.5 6.2 allows it; anything else identifies nothing. */
function uidOf(dataset: Dataset, tag: number): string | undefined {
  const uid = first(dataset, tag);
  return uid !== undefined && /^[0-9][0-9.]{0,63}$/.test(uid) ? uid : undefined;
}

function summaryOf(dataset: Dataset, transferSyntax: string): DicomSummary {
  const directory = itemsOf(dataset, 0x00041220);
  return {
    studyInstanceUid: uidOf(dataset, 0x0020000d),
    seriesInstanceUid: uidOf(dataset, 0x0020000e),
    sopInstanceUid: uidOf(dataset, 0x00080018),
    sopClassUid: uidOf(dataset, 0x00080016),
    transferSyntax,
    modality: first(dataset, 0x00080060),
    studyDate: dateOf(dataset, 0x00080020),
    studyTime: timeOf(dataset, 0x00080030),
    studyDescription: textOf(dataset, 0x00081030) || undefined,
    seriesNumber: number(dataset, 0x00200011),
    seriesDescription: textOf(dataset, 0x0008103e) || undefined,
    instanceNumber: number(dataset, 0x00200013),
    accessionNumber: first(dataset, 0x00080050),
    bodyPart: first(dataset, 0x00180015),
    institution: first(dataset, 0x00080080),
    referringPhysician: nameOf(dataset, 0x00080090)?.full,
    ...(directory.length > 0
      ? {
        directory: directory.slice(0, 1_000).map((record) => ({
          type: first(record, 0x00041430),
          file: textOf(record, 0x00041500).replaceAll("\\", "/") || undefined,
          label: textOf(record, 0x00081030) || textOf(record, 0x0008103e) ||
            nameOf(record, 0x00100010)?.full,
        })),
      }
      : {}),
  };
}

const SEX: Record<string, string> = { M: "male", F: "female", O: "other" };

/** A directory lists patients as records. */
function patientsOf(dataset: Dataset): Persons {
  const own = personOf(dataset);
  if (own) return { seen: own };
  const people = itemsOf(dataset, 0x00041220).flatMap((record) => personOf(wholeOf(record)) ?? []);
  const each = new Map(people.map((person) => [JSON.stringify(person), person]));
  return personsOf([...each.values()]);
}

function personOf(dataset: Dataset): SeenPatient | null {
  const name = nameOf(dataset, 0x00100010);
  const identifiers = identifiersOf(dataset);
  if (!name && identifiers.length === 0) return null;
  const birthDate = dateOf(dataset, 0x00100030);
  const sex = SEX[first(dataset, 0x00100040) ?? ""];
  return {
    identifiers,
    ...(name?.family ? { family: name.family } : {}),
    ...(name?.given ? { given: name.given } : {}),
    ...(birthDate ? { birthDate } : {}),
    ...(sex ? { sex } : {}),
  };
}

function identifiersOf(dataset: Dataset): SeenPatient["identifiers"] {
  return [dataset, ...itemsOf(dataset, 0x00101002)].flatMap((source) => {
    const value = first(source, 0x00100020);
    const system = first(source, 0x00100021);
    return value === undefined ? [] : [{ ...(system ? { system } : {}), value }];
  }).slice(0, 50);
}

const NESTED_WORDS = new Set(["PN", "LO", "LT", "ST", "UC", "UT"]);
const NESTED_ITEMS_MAX = 2_000;
/** Numbers for every frame: no words there. */
const PER_FRAME = 0x52009230;

/** Text in sequences, where the file states types: procedures, reasons, physicians. */
function nestedWordsOf(dataset: Dataset): string[] {
  const words: string[] = [];
  let left = NESTED_ITEMS_MAX;
  const walk = (of: Dataset) => {
    for (const [tag, { vr, items }] of of.elements) {
      if (NESTED_WORDS.has(vr) && of !== dataset) {
        words.push(vr === "PN" ? nameOf(of, tag)?.full ?? "" : textOf(of, tag));
      }
      if ((vr !== "SQ" && !items) || tag === PER_FRAME) continue;
      for (const item of itemsOf(of, tag)) if (left-- > 0) walk(item);
    }
  };
  walk(dataset);
  return words;
}

/** What a person would search a study by. Names are written out with all their groups. */
const WORDS = [
  0x00100020,
  0x00101000,
  0x00080050,
  0x00080060,
  0x00080070,
  0x00080080,
  0x00081030,
  0x0008103e,
  0x00081040,
  0x00081090,
  0x001021b0,
  0x00104000,
  0x00180015,
  0x00181030,
  0x00200010,
  0x00204000,
  0x00321060,
  0x00324000,
  0x00400254,
  0x00082111,
  0x00420010,
  0x00700080,
  0x00700081,
  0x4008010b,
  0x40080300,
  0x00081080,
  0x00102110,
  0x00102180,
  0x300a0002,
  0x300a0004,
  0x30060002,
  0x30060004,
];
const NAMES = [0x00100010, 0x00101001, 0x00080090, 0x00081050, 0x00081060, 0x00081070, 0x0040a075];
const CODED = [0x00082218, 0x00081032, 0x00321064];

function wordsOf(dataset: Dataset): string[] {
  const records = itemsOf(dataset, 0x00041220).slice(0, 1_000);
  return [
    ...new Set([dataset, ...records].flatMap((source) => [
      ...NAMES.map((tag) => nameOf(source, tag)?.full),
      ...WORDS.flatMap((tag) => all(source, tag)),
      ...CODED.flatMap((tag) => itemsOf(source, tag).map((code) => textOf(code, 0x00080104))),
      ...nestedWordsOf(source),
    ])),
  ].filter((word) => word !== undefined && word !== "") as string[];
}

function titleOf(dataset: Dataset, summary: DicomSummary): string | undefined {
  const described = textOf(dataset, 0x00420010) || summary.studyDescription ||
    summary.seriesDescription || textOf(itemsOf(dataset, 0x0040a043)[0], 0x00080104);
  return [summary.modality, described].filter(Boolean).join(" ") || undefined;
}

const authorOf = (dataset: Dataset) =>
  (nameOf(itemsOf(dataset, 0x0040a073)[0], 0x0040a075) ?? nameOf(dataset, 0x00081060) ??
    nameOf(dataset, 0x00081050))?.full;

/** A PDF that travels inside (Encapsulated PDF Storage). */
async function encapsulatedIn(
  dataset: Dataset,
): Promise<{ text: string; renditions: Rendition[] }> {
  const document = bytesOf(dataset, 0x00420011);
  const isPdf = first(dataset, 0x00420012)?.toLowerCase() === "application/pdf";
  if (!document || !isPdf || document.byteLength > ENCAPSULATED_BYTES_MAX) {
    return { text: "", renditions: [] };
  }
  const { readPdfPages } = await import("../pages/pages.ts");
  const parts = await readPdfPages(document.slice());
  return "text" in parts
    ? { text: parts.text, renditions: parts.renditions ?? [] }
    : { text: "", renditions: [] };
}
