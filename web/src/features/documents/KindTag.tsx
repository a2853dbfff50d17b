/** What a document is, in three letters that line up in a list. */
import { useText } from "../../i18n/i18n.tsx";

const letters: Record<string, string> = {
  pdf: "PDF",
  hl7v2: "HL7",
  dicom: "DCM",
  ccda: "CDA",
  fhir: "FHIR",
  image: "IMG",
  office: "DOC",
  text: "TXT",
  other: "BIN",
};

export function KindTag({ kind }: { kind: string }) {
  const text = useText();
  const name = text.documents.kinds[kind] ?? kind;
  return (
    <span
      title={name}
      className="inline-grid h-5.5 w-10 shrink-0 place-items-center rounded-sm border border-line bg-canvas font-mono text-2xs font-semibold tracking-wide text-ink-2"
    >
      <span aria-hidden="true">{letters[kind] ?? "?"}</span>
      <span className="sr-only">{name}</span>
    </span>
  );
}
