/** Files made for the tests: one of each kind, and hostile ones. None is anybody's record. */

const encoder = new TextEncoder();
export type Fixture = { name: string; bytes: Uint8Array<ArrayBuffer> };

const file = (name: string, text: string): Fixture => ({ name, bytes: encoder.encode(text) });

export const letter = (): Fixture =>
  file(
    "referral-okafor.txt",
    `Dear colleague,

Thank you for seeing Mrs. Okafor (born 12 March 1958), who has been breathless on exertion for three weeks.
Haemoglobin 9.8 g/dL, ferritin 7 µg/L. No melaena, no weight loss.

Current medication: ramipril 5 mg, metformin 1000 mg.

Kind regards,
P. Novak`,
  );

export const laboratory = (): Fixture =>
  file(
    "ORU_20261119_0815.hl7",
    [
      "MSH|^~\\&|LAB|Harbour Laboratory|PRAXIS|Harbour Clinic|20261119081500||ORU^R01^ORU_R01|MSG00042|P|2.5.1|||||CHE|UNICODE UTF-8",
      "PID|1||483920^^^HARBOUR^MR||Okafor^Adaeze^M||19580312|F|||12 Quay Street^^Harbour^^4000",
      "OBR|1|ORD-77|LAB-1204|57021-8^Blood count, complete^LN|||20261119073000",
      "OBX|1|NM|718-7^Haemoglobin^LN||9.8|g/dL|12.0-16.0|L|||F|||20261119073000",
      "OBX|2|NM|789-8^Erythrocytes^LN||3.9|10*12/L|4.1-5.4|L|||F",
      "OBX|3|NM|787-2^MCV^LN||74|fL|80-96|L|||F",
      "OBX|4|NM|6690-2^Leucocytes^LN||7.2|10*9/L|4.0-10.0|N|||F",
      "OBX|5|NM|777-3^Thrombocytes^LN||412|10*9/L|150-400|H|||F",
      "NTE|1||Microcytic, hypochromic picture.\\.br\\Please repeat in four weeks.",
      "OBR|2|ORD-78|LAB-1205|24321-2^Metabolic panel^LN|||20261119073000",
      "OBX|1|NM|2276-4^Ferritin^LN||7|ug/L|15-150|LL|||F",
      "OBX|2|NM|2823-3^Potassium^LN||4.4|mmol/L|3.5-5.1|N|||P",
      "OBX|3|ST|11502-2^Comment^LN||Sample slightly haemolysed \\T\\ clotted|||A|||F",
    ].join("\r"),
  );

/** A PDF of one page with the lines given. */
export function pdf(name: string, lines: string[], extra = ""): Fixture {
  const escape = (line: string) => line.replace(/[\\()]/g, "\\$&");
  const content = [
    "BT /F1 20 Tf 64 770 Td 22 TL",
    `(${escape(lines[0] ?? "")}) Tj T* /F1 11.5 Tf 17 TL`,
    ...lines.slice(1).map((line) => `T* (${escape(line)}) Tj`),
    "ET 0.05 0.36 0.34 RG 1.2 w 64 758 m 531 758 l S",
  ].join("\n");
  const objects = [
    `<< /Type /Catalog /Pages 2 0 R ${extra} >>`,
    "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
    "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
    `<< /Length ${content.length} >>\nstream\n${content}\nendstream`,
    "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
  ];
  let text = "%PDF-1.7\n";
  const offsets = objects.map((object, at) => {
    const offset = text.length;
    text += `${at + 1} 0 obj\n${object}\nendobj\n`;
    return offset;
  });
  const start = text.length;
  const table = offsets.map((offset) => `${String(offset).padStart(10, "0")} 00000 n \n`).join("");
  text += `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${table}` +
    `trailer\n<< /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${start}\n%%EOF`;
  return file(name, text);
}

export const discharge = (): Fixture =>
  pdf("discharge-letter.pdf", [
    "Discharge letter",
    "",
    "Adaeze Okafor, born 12 March 1958",
    "",
    "Admitted with iron deficiency anaemia. Two units of red cells were given.",
    "Gastroscopy showed a healing ulcer of the antrum; biopsies are pending.",
    "",
    "Medication on discharge: pantoprazole 40 mg twice daily, ferrous sulphate 200 mg.",
    "",
    "Follow-up with the family physician in two weeks, blood count in four.",
  ]);

export const summary = (): Fixture =>
  file(
    "summary.xml",
    `<?xml version="1.0" encoding="UTF-8"?>
<ClinicalDocument xmlns="urn:hl7-org:v3" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
  <realmCode code="US"/>
  <typeId root="2.16.840.1.113883.1.3" extension="POCD_HD000040"/>
  <templateId root="2.16.840.1.113883.10.20.22.1.1" extension="2015-08-01"/>
  <templateId root="2.16.840.1.113883.10.20.22.1.2" extension="2015-08-01"/>
  <id root="2.16.840.1.113883.19.5" extension="42"/>
  <code code="34133-9" codeSystem="2.16.840.1.113883.6.1" displayName="Summary of episode note"/>
  <title>Continuity of care: Adaeze Okafor</title>
  <effectiveTime value="20261118094500+0100"/>
  <confidentialityCode code="N"/>
  <recordTarget><patientRole>
    <id root="2.16.840.1.113883.19.5" extension="483920"/>
    <patient>
      <name><given>Adaeze</given><given>M</given><family>Okafor</family></name>
      <administrativeGenderCode code="F"/>
      <birthTime value="19580312"/>
    </patient>
  </patientRole></recordTarget>
  <author><time value="20261118"/><assignedAuthor><id root="2.16.840.1.113883.4.6"/>
    <assignedPerson><name><given>Pavel</given><family>Novak</family></name></assignedPerson>
  </assignedAuthor></author>
  <custodian><assignedCustodian><representedCustodianOrganization>
    <id root="2.16.840.1.113883.19.5"/><name>Harbour Clinic</name>
  </representedCustodianOrganization></assignedCustodian></custodian>
  <component><structuredBody>
    <component><section>
      <code code="48765-2" codeSystem="2.16.840.1.113883.6.1"/>
      <title>Allergies</title>
      <text>
        <table border="1"><thead><tr><th>Substance</th><th>Reaction</th><th>Severity</th></tr></thead>
        <tbody><tr><td>Penicillin</td><td>Hives</td><td>Moderate</td></tr>
        <tr><td colspan="2" onclick="alert(1)">Latex</td><td>Mild</td></tr></tbody></table>
      </text>
    </section></component>
    <component><section>
      <title>Medications</title>
      <text><list><item>Ramipril 5 mg, <content styleCode="Bold">once daily</content></item>
        <item>Metformin 1000 mg twice daily</item></list>
        <paragraph>See <linkHtml href="https://example.test/leaflet">the leaflet</linkHtml> and
        <linkHtml href="javascript:alert(2)">this</linkHtml>.</paragraph></text>
    </section></component>
    <component><section>
      <title>Plan <![CDATA[<script>alert(3)</script>]]></title>
      <text><paragraph>Blood count in four weeks. <![CDATA[<img src=x onerror=alert(4)>]]></paragraph></text>
    </section></component>
  </structuredBody></component>
</ClinicalDocument>`,
  );

/** A DICOM file, explicit little endian, 16 bits: a phantom of ellipses in Hounsfield units. */
export function slice(size = 256, syntax = "1.2.840.10008.1.2.1"): Fixture {
  const parts: Uint8Array[] = [];
  const element = (
    group: number,
    number: number,
    vr: string,
    value: string | number | Uint8Array,
  ) => {
    let bytes: Uint8Array;
    if (typeof value === "number") bytes = new Uint8Array(new Uint16Array([value]).buffer);
    else if (typeof value === "string") {
      bytes = encoder.encode(value.length % 2 ? value + (vr === "UI" ? "\0" : " ") : value);
    } else bytes = value;
    const isLong = vr === "OW" || vr === "OB";
    const head = new DataView(new ArrayBuffer(isLong ? 12 : 8));
    head.setUint16(0, group, true);
    head.setUint16(2, number, true);
    head.setUint8(4, vr.charCodeAt(0));
    head.setUint8(5, vr.charCodeAt(1));
    if (isLong) head.setUint32(8, bytes.length, true);
    else head.setUint16(6, bytes.length, true);
    return [new Uint8Array(head.buffer), bytes];
  };
  const meta = [
    element(2, 1, "OB", new Uint8Array([0, 1])),
    element(2, 2, "UI", "1.2.840.10008.5.1.4.1.1.2"),
    element(2, 3, "UI", "1.2.826.0.1.3680043.10.1.42"),
    element(2, 0x10, "UI", syntax),
  ].flat();
  const metaLength = new Uint32Array([meta.reduce((sum, { length }) => sum + length, 0)]);
  const [lengthHead] = element(2, 0, "UL", new Uint8Array(metaLength.buffer));
  parts.push(new Uint8Array(128), encoder.encode("DICM"));
  parts.push(lengthHead!, new Uint8Array(metaLength.buffer), ...meta);
  const pixels = new Int16Array(size * size).fill(-1000);
  const ellipse = (x: number, y: number, width: number, height: number, value: number) => {
    for (let row = 0; row < size; row++) {
      for (let column = 0; column < size; column++) {
        const dx = (column / size - x) / width;
        const dy = (row / size - y) / height;
        if (dx * dx + dy * dy <= 1) {
          pixels[row * size + column] = value + ((row * 31 + column * 17) % 13) - 6;
        }
      }
    }
  };
  ellipse(0.5, 0.5, 0.44, 0.33, -90);
  ellipse(0.5, 0.5, 0.42, 0.31, 45);
  ellipse(0.33, 0.45, 0.17, 0.2, 62);
  ellipse(0.63, 0.43, 0.12, 0.1, 20);
  ellipse(0.71, 0.55, 0.06, 0.1, 58);
  ellipse(0.5, 0.72, 0.07, 0.07, 420);
  ellipse(0.5, 0.71, 0.025, 0.025, 25);
  ellipse(0.47, 0.58, 0.025, 0.025, 160);
  parts.push(...[
    element(8, 5, "CS", "ISO_IR 100"),
    element(8, 0x16, "UI", "1.2.840.10008.5.1.4.1.1.2"),
    element(8, 0x18, "UI", "1.2.826.0.1.3680043.10.1.42"),
    element(8, 0x20, "DA", "20261117"),
    element(8, 0x60, "CS", "CT"),
    element(8, 0x1030, "LO", "Abdomen, portal venous"),
    element(8, 0x103e, "LO", "Axial 5 mm"),
    element(0x10, 0x10, "PN", "Okafor^Adaeze^M"),
    element(0x10, 0x20, "LO", "483920"),
    element(0x10, 0x30, "DA", "19580312"),
    element(0x10, 0x40, "CS", "F"),
    element(0x20, 0xd, "UI", "1.2.826.0.1.3680043.10.1.1"),
    element(0x20, 0xe, "UI", "1.2.826.0.1.3680043.10.1.2"),
    element(0x28, 2, "US", 1),
    element(0x28, 4, "CS", "MONOCHROME2"),
    element(0x28, 0x10, "US", size),
    element(0x28, 0x11, "US", size),
    element(0x28, 0x100, "US", 16),
    element(0x28, 0x101, "US", 16),
    element(0x28, 0x102, "US", 15),
    element(0x28, 0x103, "US", 1),
    element(0x28, 0x1050, "DS", "50"),
    element(0x28, 0x1051, "DS", "400"),
    element(0x7fe0, 0x10, "OW", new Uint8Array(pixels.buffer)),
  ].flat());
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return { name: "ct-abdomen-0042.dcm", bytes };
}

/** What a hostile sender would try. A file that runs anything says so in the page's title. */
export const hostile = (): Fixture[] => [
  file(
    "hostile.hl7",
    [
      "MSH|^~\\&|<img src=x onerror=alert(1)>|X|||20260101||ORU^R01|1|P|2.5",
      "PID|1||<script>alert(2)</script>||<b>Bold</b>^Name",
      "OBR|1|||<svg onload=alert(3)>^<script>alert(4)</script>",
      "OBX|1|ST|X^<img src=x onerror=alert(5)>||<iframe src=//evil.test></iframe>|\\X3C\\script|1|<h1>",
    ].join("\r"),
  ),
  file(
    "hostile.svg",
    '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9" onload="alert(6)"><script>alert(7)</script></svg>',
  ),
  pdf(
    "hostile.pdf",
    ["A page that is harmless to see"],
    "/OpenAction << /S /JavaScript /JS (app.alert\\(8\\); this.exportDataObject\\(\\);) >>",
  ),
  file("hostile.html", "<!doctype html><script>alert(9)</script><h1>page</h1>"),
];
