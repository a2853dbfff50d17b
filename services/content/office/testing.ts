/** Archives and office documents, made here: small, plain, and as wrong as a test wants them. */
import { crc32, deflateRawSync } from "node:zlib";

const encode = (text: string) => new TextEncoder().encode(text);

export type Lie = { size?: number };

/** A ZIP archive with these entries in their order; `lie` is said of every unfolded size. */
export function archiveOf(
  entries: Record<string, string | Uint8Array>,
  lie: Lie = {},
): Uint8Array<ArrayBuffer> {
  const parts: Uint8Array[] = [];
  const directory: Uint8Array[] = [];
  let at = 0;
  const push = (list: Uint8Array[], bytes: Uint8Array) => void list.push(bytes);
  for (const [name, content] of Object.entries(entries)) {
    const bytes = typeof content === "string" ? encode(content) : content;
    // OpenDocument's type stands in the open.
    const isStored = name === "mimetype";
    const packed = isStored ? bytes : new Uint8Array(deflateRawSync(bytes));
    const facts = new Uint8Array(22);
    const view = new DataView(facts.buffer);
    view.setUint16(0, 20, true);
    view.setUint16(4, isStored ? 0 : 8, true);
    view.setUint32(10, crc32(bytes), true);
    view.setUint32(14, packed.byteLength, true);
    view.setUint32(18, lie.size ?? bytes.byteLength, true);
    const lengths = new Uint8Array(4);
    new DataView(lengths.buffer).setUint16(0, encode(name).byteLength, true);
    const local = [encode("PK\x03\x04"), facts, lengths, encode(name), packed];
    const offset = new Uint8Array(14);
    new DataView(offset.buffer).setUint32(10, at, true);
    const central = [encode("PK\x01\x02\x14\0"), facts, lengths, offset, encode(name)];
    for (const part of local) push(parts, part);
    for (const part of central) push(directory, part);
    at += local.reduce((sum, part) => sum + part.byteLength, 0);
  }
  const end = new Uint8Array(22);
  const view = new DataView(end.buffer);
  end.set(encode("PK\x05\x06"));
  const count = Object.keys(entries).length;
  view.setUint16(8, count, true);
  view.setUint16(10, count, true);
  view.setUint32(12, directory.reduce((sum, part) => sum + part.byteLength, 0), true);
  view.setUint32(16, at, true);
  const all = [...parts, ...directory, end];
  const whole = new Uint8Array(all.reduce((sum, part) => sum + part.byteLength, 0));
  let from = 0;
  for (const part of all) {
    whole.set(part, from);
    from += part.byteLength;
  }
  return whole;
}

const TYPES = { "[Content_Types].xml": "<Types/>" };
const core = `<cp:coreProperties xmlns:cp="c" xmlns:dc="d"><dc:title>Referral</dc:title>` +
  `<dc:creator>Dr Signe Holm</dc:creator></cp:coreProperties>`;

export const wordOf = (...paragraphs: string[]) =>
  `<w:document xmlns:w="w"><w:body>${
    paragraphs.map((text) => `<w:p><w:r><w:t>${text}</w:t></w:r></w:p>`).join("")
  }</w:body></w:document>`;

export const docx = (...paragraphs: string[]) =>
  archiveOf({
    ...TYPES,
    "docProps/core.xml": core,
    "word/document.xml": wordOf(...paragraphs),
    "word/footer1.xml": wordOf("Harbour Clinic"),
  });

export const xlsx = () =>
  archiveOf({
    ...TYPES,
    "xl/workbook.xml": `<workbook><sheets><sheet name="Potassium"/></sheets></workbook>`,
    "xl/sharedStrings.xml":
      `<sst><si><t>Ferritin</t></si><si><r><t>Haemo</t></r><r><t>globin</t></r><rPh><t>x</t></rPh></si></sst>`,
    "xl/worksheets/sheet1.xml":
      `<worksheet><sheetData><row><c t="s"><v>1</v></c><c><v>13.4</v></c></row>` +
      `<row><c t="s"><v>0</v></c><c t="inlineStr"><is><t>low</t></is></c></row></sheetData></worksheet>`,
  });

export const pptx = () =>
  archiveOf({
    ...TYPES,
    "ppt/presentation.xml": "<presentation/>",
    "ppt/slides/slide10.xml": "<sld><a:p><a:r><a:t>Last</a:t></a:r></a:p></sld>",
    "ppt/slides/slide2.xml":
      "<sld><a:p><a:r><a:t>Ward </a:t></a:r><a:r><a:t>round</a:t></a:r></a:p></sld>",
    "ppt/notesSlides/notesSlide1.xml": "<notes><a:p><a:r><a:t>Pause here</a:t></a:r></a:p></notes>",
  });

export const openDocument = (type: string, body: string, manifest = "<manifest/>") =>
  archiveOf({
    "mimetype": `application/vnd.oasis.opendocument.${type}`,
    "content.xml": body,
    "meta.xml":
      `<office:meta xmlns:dc="d"><dc:title>Plan</dc:title><dc:language>sv-SE</dc:language></office:meta>`,
    "META-INF/manifest.xml": manifest,
  });

export const odt = (text: string) =>
  openDocument(
    "text",
    `<office:document-content xmlns:text="t"><text:tracked-changes><text:p>gone</text:p>` +
      `</text:tracked-changes><text:h>Care</text:h><text:p>${text}<text:s/>daily</text:p>` +
      `</office:document-content>`,
  );

export const rtf = (body: string) =>
  Uint8Array.from(
    `{\\rtf1\\ansi\\ansicpg1252{\\fonttbl{\\f0 Arial;}}{\\*\\secret hidden}\\pard ${body}\\par}`,
    (char) => char.charCodeAt(0),
  );
