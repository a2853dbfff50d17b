/** A stranger drops a folder on the clinic, and reads, per file, what Praxis understood. */
import { z } from "zod";
import { FiledDocument, type SignedIn, signIn, until } from "../client.ts";
import { forEach, isFound } from "./finding.ts";
import { expect, type Report, say, table } from "./report.ts";

/** Which kind a folder of samples holds. */
const KIND_OF_FOLDER: Record<string, string> = {
  ccda: "ccda",
  dicom: "dicom",
  fhir: "fhir",
  hl7v2: "hl7v2",
  office: "office",
  pdf: "pdf",
};
/** Kinds that speak of a patient. */
const OF_PATIENTS = new Set(["ccda", "dicom", "fhir", "hl7v2"]);
/** Reading a folder takes a while: so long after the last upload. */
const READ_LIMIT_MS = 240_000;
const FILE_BYTES_MAX = 200 * 1024 * 1024;

const Understood = FiledDocument.extend({
  seenPatient: z.object({
    identifiers: z.array(z.object({ value: z.string() })),
    family: z.string().optional(),
  }).nullable(),
});
type Understood = z.infer<typeof Understood>;
const Progress = z.object({
  items: z.array(z.object({ kind: z.string(), waiting: z.number(), running: z.number() })),
});
const Text = z.object({ text: z.string() });

type Sample = { path: string; expected: string | undefined };

async function* samplesBelow(folder: string, top?: string): AsyncGenerator<Sample> {
  const entries = (await Array.fromAsync(Deno.readDir(folder)))
    .sort((a, b) => a.name < b.name ? -1 : 1);
  for (const { name, isDirectory, isFile } of entries) {
    const path = `${folder}/${name}`;
    const kind = top ?? (isDirectory && name in KIND_OF_FOLDER ? name : undefined);
    if (isDirectory) yield* samplesBelow(path, kind);
    else if (isFile) {
      const { size } = await Deno.stat(path);
      if (size > 0 && size <= FILE_BYTES_MAX) {
        yield { path, expected: kind && KIND_OF_FOLDER[kind] };
      }
    }
  }
}

type Filed = Sample & { id: string };

async function fileAll(
  client: SignedIn,
  samples: Sample[],
): Promise<{ filed: Filed[]; refused: string[] }> {
  const filed: Filed[] = [];
  const refused: string[] = [];
  await forEach(samples, async (sample) => {
    const name = sample.path.slice(sample.path.lastIndexOf("/") + 1);
    try {
      const bytes = await Deno.readFile(sample.path);
      filed.push({ ...sample, id: (await client.upload({ name, bytes })).id });
    } catch (error) {
      refused.push(`${name}: ${error instanceof Error ? error.message : error}`);
    }
  });
  return { filed, refused };
}

type Row = {
  files: number;
  stored: number;
  typed: number;
  patients: number;
  /** Files in which there was something to look for, and those that were found by it. */
  sought: number;
  found: number;
  failed: number;
};

/** What a search for this document asks: the patient's family name, else a word of its text. */
async function wordOf(client: SignedIn, document: Understood): Promise<string | undefined> {
  const family = document.seenPatient?.family;
  if (OF_PATIENTS.has(document.kind)) return family;
  if (document.textStatus === "none") return undefined;
  const { text } = Text.parse(await client.get(`/api/content/documents/${document.id}/text`));
  return text.match(/(?<![\p{L}\p{N}\p{M}])\p{L}{5,30}(?![\p{L}\p{N}\p{M}])/u)?.[0];
}

const phraseOf = (word: string) => `"${word.replaceAll('"', " ")}"`;

/** Files everything below `folder` and tells, by kind, what became of it. */
export async function tellContentStory(report: Report, url: string, folder: string): Promise<void> {
  const client = await signIn(url, "physician@demo.praxis.test");
  const samples = await Array.fromAsync(samplesBelow(folder));
  say(`\nFiling ${samples.length} files of ${folder}`);
  const { filed, refused } = await fileAll(client, samples);
  await report.step(`every file is stored`, async () => {
    expect(refused.length === 0, refused.join("; "));
    return await Promise.resolve(`${filed.length} of ${samples.length}`);
  });
  await report.step("every file has been looked into", async () => {
    await until("the last file", async () => {
      const { items } = Progress.parse(await client.get("/api/content/ingestion"));
      return items.every(({ waiting, running }) => waiting + running === 0) || undefined;
    }, READ_LIMIT_MS);
  });

  // A token lives ten minutes; a large folder takes longer.
  const reader = await signIn(url, "physician@demo.praxis.test");
  const rows = new Map<string, Row>();
  const exceptions: string[][] = [["file", "what", "reason"]];
  for (const { id, path, expected } of filed) {
    const document = Understood.parse(await reader.get(`/api/content/documents/${id}`));
    const kind = expected ?? document.kind;
    const row = rows.get(kind) ??
      { files: 0, stored: 0, typed: 0, patients: 0, sought: 0, found: 0, failed: 0 };
    rows.set(kind, row);
    const except = (what: string, reason: string) =>
      exceptions.push([path.slice(folder.length + 1), what, reason]);
    row.files++;
    row.stored++;
    if (expected === undefined || document.kind === expected) row.typed++;
    else except("typed", `taken for ${document.kind}`);
    if (document.status === "failed") {
      row.failed++;
      except("failed", document.failureReason ?? "without a reason");
      continue;
    }
    const { seenPatient } = document;
    if (OF_PATIENTS.has(document.kind)) {
      if (seenPatient && (seenPatient.family || seenPatient.identifiers.length > 0)) row.patients++;
      else except("patient", "none, or several");
    }
    const word = await wordOf(reader, document);
    if (word === undefined) {
      if (document.textStatus === "none") except("text", "none in it");
      continue;
    }
    row.sought++;
    if (await isFound(reader, { q: phraseOf(word), kind: document.kind }, id)) row.found++;
    else except("found", `not by “${word}”`);
  }

  say("\nWhat Praxis understood");
  table([
    ["kind", "files", "stored", "typed", "patient found", "text found", "failed with reason"],
    ...[...rows].sort(([a], [b]) => a < b ? -1 : 1).map(([kind, row]) => [
      kind,
      `${row.files}`,
      `${row.stored}`,
      `${row.typed}`,
      OF_PATIENTS.has(kind) ? `${row.patients}` : "–",
      `${row.found} of ${row.sought}`,
      `${row.failed}`,
    ]),
  ]);
  say("\nEvery exception");
  table(exceptions);
  await report.step("every file that should be found by its text is", async () => {
    const [sought, found] = [...rows.values()]
      .reduce(([a, b], row) => [a + row.sought, b + row.found], [0, 0]);
    expect(found === sought, `${found} of ${sought}`);
    return await Promise.resolve(`${found} of ${sought}`);
  });
}
