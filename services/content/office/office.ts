/**
 * Reads office documents: Word, Excel and PowerPoint as ECMA-376 keeps them, OpenDocument, and RTF.
 * Runs in the reader's process and needs nothing but the bytes; macros, links and what is embedded
 * are never followed.
 */
import type { Parts } from "../ingestion/model.ts";
import { type Archive, ArchiveTooLarge, openArchive } from "./archive.ts";
import { textOfRtf } from "./rtf.ts";
import { addSheets } from "./sheets.ts";
import { aboutOf, addWords, createText, OOXML, OPEN_DOCUMENT } from "./words.ts";

export const OFFICE_ENGINE = { engine: "praxis-office", engineVersion: "2" };

export const reasons = {
  broken: "The file is not a readable office document.",
  encrypted: "The office document is encrypted and needs a password.",
  tooLarge: "The office document unfolds to more than is read.",
} as const;

const TEXT_CHARS_MAX = 5 * 1024 * 1024;

export async function readOffice(bytes: Uint8Array<ArrayBuffer>): Promise<Parts> {
  try {
    if (bytes[0] === 0x7b) {
      const text = textOfRtf(bytes, TEXT_CHARS_MAX);
      return { text, seen: null, structure: { format: "rtf" }, ...OFFICE_ENGINE };
    }
    return await readArchive(await openArchive(bytes));
  } catch (error) {
    const reason = error instanceof ArchiveTooLarge ? reasons.tooLarge : reasons.broken;
    return { reason, ...OFFICE_ENGINE };
  }
}

/** `slide2.xml` comes before `slide10.xml`. */
const inOrder = (names: string[]) =>
  names.sort((one, other) => one.localeCompare(other, "en", { numeric: true }));

async function readArchive(archive: Archive): Promise<Parts> {
  const { names } = archive;
  const text = createText(TEXT_CHARS_MAX);
  const below = (pattern: RegExp) => inOrder(names.filter((name) => pattern.test(name)));
  const addAll = async (parts: string[]) => {
    for (const part of parts) if (!text.isFull()) await addWords(archive, part, OOXML, text);
  };
  let structure: Record<string, unknown>;
  if (names.includes("content.xml")) {
    if (await isEncrypted(archive)) return { reason: reasons.encrypted, ...OFFICE_ENGINE };
    await addWords(archive, "content.xml", OPEN_DOCUMENT, text);
    structure = { format: await formatOf(archive) };
  } else if (names.includes("word/document.xml")) {
    await addAll([
      "word/document.xml",
      ...below(/^word\/(?:header|footer|footnotes|endnotes|comments)\d*\.xml$/),
    ]);
    structure = { format: "docx" };
  } else if (names.includes("xl/workbook.xml")) {
    const sheets = await addSheets(archive, below(/^xl\/worksheets\/[^/]+\.xml$/), text);
    structure = { format: "xlsx", sheets: sheets.map((name) => name.slice(0, 100)) };
  } else if (names.includes("ppt/presentation.xml")) {
    const slides = below(/^ppt\/slides\/[^/]+\.xml$/);
    await addAll([...slides, ...below(/^ppt\/notesSlides\/[^/]+\.xml$/)]);
    structure = { format: "pptx", slides: slides.length };
  } else return { reason: reasons.broken, ...OFFICE_ENGINE };
  const about = await aboutOf(
    archive,
    names.includes("meta.xml") ? "meta.xml" : "docProps/core.xml",
  ).catch(() => ({}));
  return {
    text: text.toString(),
    seen: null,
    ...about,
    ...(text.isFull() ? { cut: ["text" as const] } : {}),
    structure,
    ...OFFICE_ENGINE,
  };
}

/** OpenDocument 1.3 part 2, 4.3: the manifest says how each entry is encrypted. */
async function isEncrypted({ text }: Archive): Promise<boolean> {
  for await (const piece of text("META-INF/manifest.xml")) {
    if (piece.includes("encryption-data")) return true;
  }
  return false;
}

const FORMATS: Record<string, string> = { text: "odt", spreadsheet: "ods", presentation: "odp" };

async function formatOf({ text }: Archive): Promise<string> {
  const type = (await Array.fromAsync(text("mimetype"))).join("");
  const name = type.match(/opendocument\.([a-z]+)/)?.[1];
  return name === undefined ? "opendocument" : FORMATS[name] ?? name;
}
