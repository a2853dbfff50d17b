/** A step that came too late becomes a finding, and the map shows where the time goes. */
import { stringify } from "yaml";
import { z } from "zod";
import { type SignedIn, signIn, until } from "../client.ts";
import { expect, type Report, say, table } from "./report.ts";

const API = "/api/workflow";
const COMPLIANCE = `${API}/compliance`;
const RUNS = 6;
const HOUR_MS = 3_600_000;

const Version = z.object({ version: z.number(), sha256: z.string() });
const Draft = z.object({ definition: Version });
const Run = z.object({ id: z.string(), status: z.string() });
const Tasks = z.object({ items: z.array(z.object({ id: z.string() })) });
const Log = z.object({ items: z.array(z.object({ id: z.string(), activity: z.string() })) });
const Findings = z.object({
  items: z.array(z.object({
    id: z.string(),
    runId: z.string(),
    state: z.string(),
    explanation: z.string(),
    constraint: z.object({ name: z.string() }),
    activatedAt: z.string().nullable(),
    dueAt: z.string().nullable(),
    targetAt: z.string().nullable(),
  })),
});
const Edge = z.object({
  from: z.string(),
  to: z.string(),
  count: z.number(),
  medianMs: z.number().nullable(),
});
const ProcessMap = z.object({ cases: z.number(), edges: z.array(Edge) });
const Bottlenecks = z.object({
  items: z.array(Edge.extend({ share: z.number().nullable(), trend: z.number().nullable() })),
});

const definitionOf = (key: string) =>
  stringify({
    document: { dsl: "1.0.3", namespace: "clinic", name: key, version: "1.0.0" },
    evaluate: { language: "cel" },
    do: ["receive", "review", "call", "file"].map((name) => ({
      [name]: { call: "clinic.humanTask", with: { title: `Result: ${name}`, due: { hours: 4 } } },
    })),
  });
const protocolOf = (key: string) => ({
  key: `${key}-in-time`,
  title: "Reviewed results are called through",
  definition: key,
  source: "The clinic's own rule",
  constraints: [
    {
      name: "Called within four hours of the review",
      template: "response",
      activity: "review",
      target: "call",
      withinMinutes: 240,
      severity: "high",
    },
    {
      name: "Nobody is called before somebody has reviewed",
      template: "precedence",
      activity: "review",
      target: "call",
    },
  ],
});

/** Works a run through, and tells of the review as it was: on paper, hours before. */
async function workRun(client: SignedIn, key: string, hoursAgo: number): Promise<string> {
  const { id } = Run.parse(await client.post(`${API}/runs`, { key, input: {} }));
  for (let n = 0; n < 4; n++) {
    const task = await until("the next task of the run", async () => {
      const path = `${API}/tasks?runId=${id}&state=open`;
      return Tasks.parse(await client.get(path)).items[0];
    });
    await client.post(`${API}/tasks/${task.id}/complete`, {});
  }
  await until("the end of the run", async () => {
    const { status } = Run.parse(await client.get(`${API}/runs/${id}`));
    return status === "completed" ? true : undefined;
  });
  const { items } = Log.parse(await client.get(`${COMPLIANCE}/runs/${id}/log`));
  const at = (hours: number) => new Date(Date.now() - hours * HOUR_MS).toISOString();
  for (const [activity, hours] of [["receive", hoursAgo + 0.5], ["review", hoursAgo]] as const) {
    const corrects = items.find((one) => one.activity === activity)!.id;
    const note = "Written down on paper first.";
    const event = { activity, at: at(hours), corrects, note };
    await client.post(`${COMPLIANCE}/runs/${id}/care-events`, event);
  }
  return id;
}

const minutes = (ms: number | null) => ms === null ? "" : `${Math.round(ms / 60_000)} min`;

/** Runs the story at the gateway `url`. Steps are counted by `report`. */
export async function tellComplianceStory(report: Report, url: string): Promise<void> {
  say("\nA result is called through too late");
  const people = await report.step(
    "physician and owner sign in",
    () =>
      Promise.all(["physician", "owner"].map((name) => signIn(url, `${name}@demo.praxis.test`))),
  );
  if (!people) return;
  const [physician, owner] = people as [SignedIn, SignedIn];
  // A name of its own, so that the map holds this story alone.
  const key = `called-through-${Date.now().toString(36)}`;

  const versions = await report.step(
    "the physician writes a workflow and what it is held to; the owner approves both",
    async () => {
      const source = definitionOf(key);
      const draft = Draft.parse(await physician.post(`${API}/definitions`, { source }));
      const workflow = `${API}/definitions/${key}/versions/${draft.definition.version}`;
      await physician.post(`${workflow}/submit`, undefined);
      await owner.post(`${workflow}/approve`, { sha256: draft.definition.sha256 });
      const given = protocolOf(key);
      const written = Version.parse(await physician.post(`${COMPLIANCE}/protocols`, given));
      const protocol = `${COMPLIANCE}/protocols/${given.key}/versions/${written.version}`;
      await physician.post(`${protocol}/submit`, undefined);
      await owner.post(`${protocol}/approve`, { sha256: written.sha256 });
      return { workflow, protocol };
    },
  );
  if (!versions) return;

  const runs = await report.step(`${RUNS} results go through, one of them much later`, async () => {
    const ids: string[] = [];
    for (let n = 0; n < RUNS; n++) ids.push(await workRun(physician, key, n === 0 ? 26 : 2));
    return ids;
  });
  if (!runs) return;

  const finding = await report.step(
    "the late call becomes a finding, the others do not",
    async () => {
      const path = `${COMPLIANCE}/findings?key=${key}-in-time&state=violated`;
      const found = await until("the finding", async () => {
        const { items } = Findings.parse(await physician.get(path));
        return items.find(({ runId }) => runId === runs[0]);
      });
      const { items } = Findings.parse(await physician.get(path));
      expect(items.length === 1, `${items.length} findings`);
      table([
        ["", ""],
        ["what", found.constraint.name],
        ["why", found.explanation],
        ["reviewed", found.activatedAt ?? ""],
        ["due", found.dueAt ?? ""],
        ["called", found.targetAt ?? ""],
      ]);
      return found;
    },
  );
  if (finding) {
    await report.step("the owner excuses it, with a reason that stays with it", async () => {
      const reason = "The patient had asked to be called the next day.";
      const path = `${COMPLIANCE}/findings/${finding.id}/excuse`;
      const { state } = z.object({ state: z.string() }).parse(await owner.post(path, { reason }));
      expect(state === "excused", `it is ${state}`);
    });
  }
  await report.step("the map shows the bottleneck", async () => {
    const map = ProcessMap.parse(await physician.get(`${API}/analytics/process-map?key=${key}`));
    const { items } = Bottlenecks.parse(
      await physician.get(`${API}/analytics/bottlenecks?key=${key}`),
    );
    table([
      ["from", "to", "runs", "median"],
      ...map.edges.map(({ from, to, count, medianMs }) => [
        from,
        to,
        String(count),
        minutes(medianMs),
      ]),
    ]);
    const [first] = items;
    expect(first?.from === "review" && first.to === "call", `it is ${first?.from} to ${first?.to}`);
    return `${Math.round((first.share ?? 0) * 100)} % of the time goes from review to call`;
  });
  await report.step("the owner retires both again", async () => {
    await owner.post(`${versions.protocol}/retire`, undefined);
    await owner.post(`${versions.workflow}/retire`, undefined);
  });
}
