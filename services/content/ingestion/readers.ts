/** Which module reads which kind. Each is loaded when its first file comes. */
import type { Kind } from "./kinds.ts";
import type { Parts } from "./parts.ts";
import { NATIVE } from "./reading_model.ts";
import { wordsIn } from "./texts.ts";

/** `text` decodes the bytes of a kind that is text. */
export async function readPartsOf(
  kind: Kind,
  bytes: Uint8Array<ArrayBuffer>,
  text: () => string,
  wantsScans: boolean,
): Promise<Parts> {
  if (kind === "pdf") {
    return await (await import("../pages/pages.ts")).readPdfPages(bytes, wantsScans);
  }
  if (kind === "image") {
    return await (await import("../images/images.ts")).readImage(bytes, wantsScans);
  }
  if (kind === "dicom") return await (await import("../dicom/reading.ts")).readDicom(bytes);
  if (kind === "office") return await (await import("../office/office.ts")).readOffice(bytes);
  if (kind === "hl7v2") return (await import("../hl7/reading.ts")).readHl7(bytes);
  if (kind === "fhir") return await (await import("../fhir/fhir.ts")).readFhir(text());
  if (kind === "ccda") return await (await import("../cda/cda.ts")).readCda(text());
  if (kind === "text") return { text: wordsIn(text()), ...NATIVE };
  return { text: "", ...NATIVE };
}
