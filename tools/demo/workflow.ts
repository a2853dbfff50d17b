/** A laboratory's result arrives, and its follow-up runs by itself until people have seen to it. */
import { fixtures } from "@praxis/content/fixtures";
import { readShipped } from "@praxis/workflow/shipped";
import { z } from "zod";
import { type SignedIn, signIn, until } from "../client.ts";
import { expect, type Report, say, table } from "./report.ts";

const KEY = "abnormal-result-follow-up";
const DEFINITIONS = "/api/workflow/definitions";

const Draft = z.object({
  definition: z.object({ version: z.number(), sha256: z.string() }),
  findings: z.array(z.object({ detail: z.string() })),
});
const Run = z.object({ id: z.string(), status: z.string(), reason: z.string().nullable() });
const Runs = z.object({ items: z.array(Run.extend({ subject: z.object({ id: z.string() }) })) });
const Tasks = z.object({
  items: z.array(z.object({ id: z.string(), title: z.string(), outcomes: z.array(z.string()) })),
});
const History = z.object({
  items: z.array(z.object({
    at: z.string(),
    node: z.string().nullable(),
    event: z.string(),
    detail: z.string().nullable(),
  })),
});
const Simulation = z.object({ many: z.object({ medianMinutes: z.number(), runs: z.number() }) });

/** Waits for the task of the run that is still open, and answers it. */
async function work(client: SignedIn, runId: string, answer: Record<string, unknown>) {
  const task = await until("the next task of the run", async () => {
    const path = `/api/workflow/tasks?runId=${runId}&state=open`;
    return Tasks.parse(await client.get(path)).items[0];
  });
  await client.post(`/api/workflow/tasks/${task.id}/complete`, answer);
  return task.title;
}

/** Runs the story at the gateway `url`. Steps are counted by `report`. */
export async function tellWorkflowStory(report: Report, url: string): Promise<void> {
  say("\nA result arrives");
  const people = await report.step(
    "physician, nurse and owner sign in",
    () =>
      Promise.all(
        ["physician", "nurse", "owner"].map((name) => signIn(url, `${name}@demo.praxis.test`)),
      ),
  );
  if (!people) return;
  const [physician, nurse, owner] = people as [SignedIn, SignedIn, SignedIn];

  const drafted = await report.step(
    "the physician writes a follow-up and hands it in",
    async () => {
      const source = await readShipped(KEY);
      const { definition, findings } = Draft.parse(await physician.post(DEFINITIONS, { source }));
      expect(findings.length === 0, findings.map(({ detail }) => detail).join(" "));
      await physician.post(
        `${DEFINITIONS}/${KEY}/versions/${definition.version}/submit`,
        undefined,
      );
      say(`    version ${definition.version}, sha256 ${definition.sha256.slice(0, 12)}…`);
      return definition;
    },
  );
  if (drafted === undefined) return;
  const path = `${DEFINITIONS}/${KEY}/versions/${drafted.version}`;
  const approval = { sha256: drafted.sha256 };

  await report.step("thirty runs by chance say how long it will take", async () => {
    const given = { input: { title: "Potassium", kind: "hl7v2" }, runs: 30 };
    const { many } = Simulation.parse(await physician.post(`${path}/simulate`, given));
    return `${many.runs} runs, median ${Math.round(many.medianMinutes)} minutes`;
  });
  await report.step("the physician may not approve it, the owner may", async () => {
    const refused = await physician.request(`${path}/approve`, {
      method: "POST",
      body: JSON.stringify(approval),
      headers: { "content-type": "application/json" },
    });
    await refused.body?.cancel();
    expect(refused.status === 403, `it was answered with ${refused.status}`);
    await owner.post(`${path}/approve`, approval);
  });

  const runId = await report.step("an HL7 result is filed, and a run begins", async () => {
    const { id } = await nurse.upload({ name: "potassium.hl7", bytes: fixtures.hl7Oru() });
    const run = await until("the run about the result", async () => {
      const { items } = Runs.parse(await nurse.get(`/api/workflow/runs?key=${KEY}`));
      return items.find(({ subject }) => subject.id === id);
    });
    return run.id;
  });
  if (!runId) return;
  await report.step(
    "the physician finds it critical",
    () => work(physician, runId, { outcome: "critical" }),
  );
  await report.step(
    "the patient is called",
    () => work(nurse, runId, { outcome: "reached", data: { spokeWith: "the patient" } }),
  );
  await report.step(
    "and the control is arranged",
    () => work(nurse, runId, { outcome: "arranged" }),
  );
  await report.step("the run is over, and says what happened", async () => {
    const run = await until("the end of the run", async () => {
      const seen = Run.parse(await nurse.get(`/api/workflow/runs/${runId}`));
      return seen.status === "running" ? undefined : seen;
    });
    expect(run.status === "completed", `it is ${run.status}: ${run.reason}`);
    const told = History.parse(await nurse.get(`/api/workflow/runs/${runId}/history?limit=100`));
    table([
      ["at", "task", "", ""],
      ...told.items.map(({ at, node, event, detail }) => [
        at.slice(11, 19),
        node?.split("/").at(-1) ?? "",
        event,
        detail ?? "",
      ]),
    ]);
  });
  // Whoever tries this at home goes on with the reviews that they had.
  await report.step(
    "the owner retires it again",
    async () => void await owner.post(`${path}/retire`, undefined),
  );
}
