/** Small files of every kind, made here: for tests and for the demo. All people in them are invented. */

const encode = (text: string) => new TextEncoder().encode(text);

export function textNote(
  text = "Follow-up visit. Patient reports mild headache and nausea/vomiting since Monday.",
): Uint8Array<ArrayBuffer> {
  return encode(text);
}

/** A PDF of one page that shows `text`, one line per line. Characters outside Latin-1 become `?`. */
export function pdf(text: string): Uint8Array<ArrayBuffer> {
  const lines = text.split("\n").map((line) =>
    `(${line.replace(/[\\()]/g, "\\$&").replace(/[^\x20-\xff]/g, "?")}) Tj T*`
  );
  const content = `BT /F1 12 Tf 14 TL 72 770 Td ${lines.join(" ")} ET`;
  return pdfOf([
    "<< /Type /Catalog /Pages 2 0 R >>",
    "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
    "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
    `<< /Length ${content.length} >>\nstream\n${content}\nendstream`,
    "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
  ]);
}

/** A page that is nothing but this JPEG, as a scanner makes them. */
export function scannedPdf(
  jpeg: Uint8Array,
  { width, height }: { width: number; height: number },
): Uint8Array<ArrayBuffer> {
  const content = "q 595 0 0 842 0 0 cm /Im1 Do Q";
  return pdfOf([
    "<< /Type /Catalog /Pages 2 0 R >>",
    "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
    "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /XObject << /Im1 5 0 R >> >> >>",
    `<< /Length ${content.length} >>\nstream\n${content}\nendstream`,
    `<< /Type /XObject /Subtype /Image /Width ${width} /Height ${height} /ColorSpace /DeviceGray ` +
    `/BitsPerComponent 8 /Filter /DCTDecode /Length ${jpeg.byteLength} >>\nstream\n` +
    `${Array.from(jpeg, (byte) => String.fromCharCode(byte)).join("")}\nendstream`,
  ]);
}

/** Says that it is encrypted (standard handler, revision 2) with a password that nobody has. */
export function encryptedPdf(): Uint8Array<ArrayBuffer> {
  const key = "<" + "5a".repeat(32) + ">";
  return pdfOf(
    [
      "<< /Type /Catalog /Pages 2 0 R >>",
      "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
      "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>",
      `<< /Filter /Standard /V 1 /R 2 /O ${key} /U ${key} /P -44 >>`,
    ],
    `/Encrypt 4 0 R /ID [<${"00".repeat(16)}> <${"00".repeat(16)}>]`,
  );
}

/** Latin-1 text, so that a character is a byte and the table of places is right. */
function pdfOf(objects: string[], trailer = ""): Uint8Array<ArrayBuffer> {
  let text = "%PDF-1.4\n%\xe2\xe3\xcf\xd3\n";
  const places = objects.map((object, index) => {
    const at = text.length;
    text += `${index + 1} 0 obj\n${object}\nendobj\n`;
    return `${String(at).padStart(10, "0")} 00000 n \n`;
  });
  const table = text.length;
  text += `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${places.join("")}`;
  text += `trailer\n<< /Size ${objects.length + 1} /Root 1 0 R ${trailer} >>\n`;
  text += `startxref\n${table}\n%%EOF\n`;
  return Uint8Array.from(text, (char) => char.charCodeAt(0));
}

/** An ORU^R01 with one observation and a note. */
export function hl7Oru(
  { family = "Lindqvist", given = "Maja", controlId = "PRX0001" } = {},
): Uint8Array<ArrayBuffer> {
  return encode(
    [
      `MSH|^~\\&|LAB|HARBOUR|PRAXIS|CLINIC|20260105120000||ORU^R01^ORU_R01|${controlId}|P|2.5.1`,
      `PID|1||MRN-4711^^^HARBOUR^MR||${family}^${given}||19840217|F`,
      "OBR|1|ORD-1|FIL-1|24331-1^Lipid panel^LN|||20260105080000",
      "OBX|1|NM|2093-3^Cholesterol^LN||5.4|mmol/L|<5.0|H|||F",
      "NTE|1||Fasting sample\\T\\ repeated",
    ].join("\r") + "\r",
  );
}

export function fhirPatientBundle(
  { family = "Okonkwo", given = "Adaeze" } = {},
): Uint8Array<ArrayBuffer> {
  return encode(JSON.stringify(
    {
      resourceType: "Bundle",
      type: "collection",
      entry: [
        {
          resource: {
            resourceType: "Patient",
            id: "p1",
            name: [{ family, given: [given] }],
            birthDate: "1979-11-03",
            gender: "female",
          },
        },
        {
          resource: {
            resourceType: "Condition",
            subject: { reference: "Patient/p1" },
            code: { text: "Sarcoidosis of the lung" },
          },
        },
      ],
    },
    null,
    1,
  ));
}

export function ccda(
  { family = "Brandão", given = "Inês" } = {},
): Uint8Array<ArrayBuffer> {
  return encode(`<?xml version="1.0" encoding="UTF-8"?>
<!-- Invented for Praxis -->
<ClinicalDocument xmlns="urn:hl7-org:v3">
  <realmCode code="US"/>
  <typeId root="2.16.840.1.113883.1.3" extension="POCD_HD000040"/>
  <id root="1.2.3.4"/>
  <code code="34133-9" codeSystem="2.16.840.1.113883.6.1"/>
  <title>Summary of episode</title>
  <effectiveTime value="20260105"/>
  <recordTarget><patientRole><id root="1.2.3" extension="815"/><patient>
    <name><given>${given}</given><family>${family}</family></name>
    <administrativeGenderCode code="F"/><birthTime value="19661130"/>
  </patient></patientRole></recordTarget>
  <component><structuredBody><component><section>
    <title>Allergies</title>
    <text>Penicillin &amp; peanuts: <content>hives</content></text>
  </section></component></structuredBody></component>
</ClinicalDocument>
`);
}

/** Explicit VR little endian: a secondary capture's head, without pixels. */
export function dicomMinimal(
  { name = "Novák^Tereza", preamble = true } = {},
): Uint8Array<ArrayBuffer> {
  const meta = [
    element(0x0002, 0x0002, "UI", "1.2.840.10008.5.1.4.1.1.7"),
    element(0x0002, 0x0003, "UI", "2.25.1"),
    element(0x0002, 0x0010, "UI", "1.2.840.10008.1.2.1"),
  ];
  const data = [
    element(0x0008, 0x0005, "CS", "ISO_IR 192"),
    element(0x0008, 0x0016, "UI", "1.2.840.10008.5.1.4.1.1.7"),
    element(0x0008, 0x0018, "UI", "2.25.1"),
    element(0x0008, 0x0060, "CS", "OT"),
    element(0x0010, 0x0010, "PN", name),
    element(0x0010, 0x0020, "LO", "MRN-1204"),
    element(0x0010, 0x0030, "DA", "19910630"),
    element(0x0010, 0x0040, "CS", "F"),
  ];
  if (!preamble) return concat(data);
  const length = new Uint8Array(12);
  length.set([0x02, 0x00, 0x00, 0x00, 0x55, 0x4c, 0x04, 0x00]);
  new DataView(length.buffer).setUint32(8, concat(meta).byteLength, true);
  return concat([new Uint8Array(128), encode("DICM"), length, ...meta, ...data]);
}

function element(group: number, number: number, type: string, value: string) {
  const padding = type === "UI" ? "\0" : " ";
  const bytes = encode(value);
  const even = bytes.byteLength % 2 === 0 ? bytes : encode(value + padding);
  const head = new Uint8Array(8);
  const view = new DataView(head.buffer);
  view.setUint16(0, group, true);
  view.setUint16(2, number, true);
  head.set(encode(type), 4);
  view.setUint16(6, even.byteLength, true);
  return concat([head, even]);
}

function concat(parts: Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.byteLength, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.byteLength;
  }
  return whole;
}

/** One red pixel. */
export function png(): Uint8Array<ArrayBuffer> {
  return Uint8Array.fromBase64(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==",
  );
}

export const fixtures = {
  textNote,
  pdf,
  encryptedPdf,
  scannedPdf,
  hl7Oru,
  fhirPatientBundle,
  ccda,
  dicomMinimal,
  png,
};
