/** `deno task demo [name] [folder]`: a clinic's story on a running platform, or one it starts. */
import { fixtures } from "@praxis/content/fixtures";
import { startPlatform } from "@praxis/local/platform";
import { tellAssistanceStory } from "./assistance.ts";
import { tellCommunicationStory } from "./communication.ts";
import { tellComplianceStory } from "./compliance.ts";
import { tellContentStory } from "./content.ts";
import { tellDecisionsStory } from "./decisions.ts";
import { tellIdentityStory } from "./identity.ts";
import { tellPracticeStory } from "./practice.ts";
import { tellSagasStory } from "./sagas.ts";
import { tellWorkflowStory } from "./workflow.ts";
import { createReport, type Report, say } from "./report.ts";
import { type DemoFile, tellStory } from "./story.ts";

/** So that a platform of its own never meets a developer's. */
const OWN_PORT_OFFSET = 5_700;

/** One of each kind, made here: nobody in them exists. */
function ownFiles(): DemoFile[] {
  const { ccda, dicomMinimal, fhirPatientBundle, hl7Oru, pdf, png, textNote } = fixtures;
  return [
    { name: "visit-note.txt", bytes: textNote(), kind: "text", word: "nausea" },
    {
      name: "discharge-letter.pdf",
      bytes: pdf("Discharge letter\nRecovered from pneumonia, amoxicillin stopped."),
      kind: "pdf",
      word: "amoxicillin",
    },
    { name: "laboratory.hl7", bytes: hl7Oru(), kind: "hl7v2", word: "Lindqvist" },
    { name: "summary.xml", bytes: ccda(), kind: "ccda" },
    { name: "patients.json", bytes: fhirPatientBundle(), kind: "fhir" },
    { name: "chest.dcm", bytes: dicomMinimal(), kind: "dicom" },
    { name: "wound.png", bytes: png(), kind: "image" },
  ];
}

async function* filesBelow(folder: string): AsyncGenerator<DemoFile> {
  const entries = (await Array.fromAsync(Deno.readDir(folder)))
    .sort((a, b) => a.name < b.name ? -1 : 1);
  for (const entry of entries) {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory) yield* filesBelow(path);
    else if (entry.isFile) {
      const bytes = await Deno.readFile(path);
      if (bytes.length > 0) yield { name: entry.name, bytes };
    }
  }
}

async function answers(url: string): Promise<boolean> {
  const response = await fetch(`${url}/health`, { signal: AbortSignal.timeout(1_000) })
    .catch(() => undefined);
  await response?.body?.cancel();
  return response?.ok ?? false;
}

/** The platform to tell the story on, and how to end it if it is our own. */
async function findPlatform(): Promise<{ url: string; end: () => Promise<void> }> {
  const offset = Number(Deno.env.get("PRAXIS_PORT_OFFSET") ?? 0);
  const url = `http://127.0.0.1:${8000 + offset}`;
  if (await answers(url)) return { url, end: async () => {} };
  say("No platform is running here, so one is started for this story.");
  const dataDir = await Deno.makeTempDir({ prefix: "praxis-demo-" });
  const platform = await startPlatform({
    dataDir,
    portOffset: OWN_PORT_OFFSET + offset,
    mode: "development",
    watch: false,
    readyLimitMs: 120_000,
    onLine: ({ source, text }) => {
      if (/"level":"error"/.test(text) || source === "praxis") say(`    [${source}] ${text}`);
    },
  });
  return {
    url: platform.url,
    async end() {
      await platform.stop();
      await Deno.remove(dataDir, { recursive: true });
    },
  };
}

type Story = (report: Report, url: string, folder: string | undefined) => Promise<void>;

const stories: Record<string, Story> = {
  communication: tellCommunicationStory,
  main: (report, url, folder) => tellStory(report, url, folder ? filesBelow(folder) : ownFiles()),
  content: async (report, url, folder) => {
    if (folder === undefined) throw new Error("deno task demo content <folder>");
    await tellContentStory(report, url, folder);
  },
  async decisions(report, url) {
    await tellDecisionsStory(report, url);
    await tellComplianceStory(report, url);
    await tellAssistanceStory(report, url);
  },
  identity: tellIdentityStory,
  practice: tellPracticeStory,
  sagas: tellSagasStory,
  workflow: tellWorkflowStory,
};

const [first, second] = Deno.args;
const isNamed = first !== undefined && first in stories;
const [name, folder] = isNamed ? [first, second] : ["main", first];

const platform = await findPlatform();
const report = createReport();
try {
  say(`Praxis at ${platform.url}`);
  await stories[name]!(report, platform.url, folder);
} finally {
  await platform.end();
}
const { passed, failed } = report.counts();
say(`\n${passed} passed, ${failed} failed`);
Deno.exit(failed === 0 ? 0 : 1);
