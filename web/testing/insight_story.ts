/** Steps of the e2e test: scores, alerts, compliance, analytics, assistance and switches. */
import { equal } from "node:assert/strict";
import { it } from "@std/testing/bdd";
import type { Page } from "playwright-core";
import { type SignedIn, until } from "../../tools/client.ts";
import type { Watch } from "./browser.ts";

export type Insight = {
  physician: Page;
  owner: Page;
  api: { owner: SignedIn; physician: SignedIn };
  patientId: string;
  /** Addresses of the pages that all the looks are tried on at the end. */
  pages: Record<string, string>;
  watch: Watch;
};

/** Below five runs nothing is shown. */
const CALLS = 6;

const RULE = {
  key: "early-warning",
  title: "Early warning",
  description: "Somebody should look at a patient who is getting worse.",
  evidence: { title: "Royal College of Physicians, NEWS2, 2017" },
  hooks: ["patient-view"],
  inputs: [{ name: "news2", hoursMax: 24, from: { score: "news2" } }],
  table: {
    kind: "table",
    hitPolicy: "FIRST",
    inputs: [{ expression: "news2", type: "number" }],
    outputs: [{ name: "level", type: "string" }, { name: "indicator", type: "string" }],
    rules: [{ when: [">= 7"], then: ['"high"', '"critical"'] }],
  },
  card: {
    summary: "NEWS2 is {{news2}}: {{output.level}} risk",
    indicator: "warning",
    overrideReasons: [{ code: "known", display: "Known and treated" }],
  },
  tests: [{
    name: "seven",
    inputs: { news2: { value: 7, at: "2026-01-05T12:00:00Z" } },
    expected: { status: "fired" },
  }],
};

const button = (page: Page, name: string | RegExp) =>
  page.getByRole("button", { name, exact: true });
const title = (page: Page, name: string | RegExp) => page.getByRole("heading", { level: 1, name });
const told = (page: Page, text: string) => page.getByRole("status").getByText(text).waitFor();
const dialog = (page: Page) => page.getByRole("dialog");

type Task = { id: string; title: string; state: string };

async function nextTask(api: SignedIn, runId: string, title: string): Promise<Task> {
  return await until(`the task "${title}"`, async () => {
    const page = await api.get(`/api/workflow/tasks?runId=${runId}`) as { items: Task[] };
    return page.items.find((task) => task.title === title && task.state === "open");
  });
}

/** `calls` runs in which the patient is called back, and one in which nobody thinks it needed. */
async function runThrough(api: SignedIn, calls: number): Promise<void> {
  const outcomes = ["normal", ...Array.from({ length: calls }, () => "critical")];
  await Promise.all(outcomes.map(async (outcome) => {
    const body = { key: "call-back", input: {} };
    const { id } = await api.post("/api/workflow/runs", body) as { id: string };
    const first = await nextTask(api, id, "Assess the result");
    await api.post(`/api/workflow/tasks/${first.id}/complete`, { outcome });
    if (outcome === "normal") return;
    const second = await nextTask(api, id, "Call the patient back");
    await api.post(`/api/workflow/tasks/${second.id}/complete`, {
      outcome: "reached",
      data: { spokeWith: "The patient", readBack: true },
    });
    await nextTask(api, id, "Confirm the call");
  }));
}

export function insightStory(stage: () => Insight): void {
  it("computes a score, and says what is missing rather than guess", async () => {
    const { physician: page, pages } = stage();
    pages.scores = "/workflows/scores?score=news2";
    await page.goto(pages.scores);
    await title(page, "Scores").waitFor();
    await page.getByText("Intended use:").first().waitFor();
    await button(page, "Compute").click();
    await page.getByText("The score cannot be told").waitFor();
    await page.getByRole("alert").getByText(/^Pulse/).waitFor();
    for (
      const [label, value] of [
        ["Respiration rate", "24"],
        ["Oxygen saturation", "94"],
        ["Systolic blood pressure", "105"],
        ["Pulse", "105"],
        ["Body temperature", "37.0"],
      ] as const
    ) await page.getByLabel(label, { exact: true }).fill(value);
    await page.getByRole("group", { name: "On supplemental oxygen" }).getByLabel("Yes").check();
    await page.getByLabel(/^Consciousness/).selectOption("alert");
    await button(page, "Compute").click();
    await page.getByRole("status", { name: "Score: 7" }).waitFor();
  });

  it("lets a rule that two people have approved speak, and asks why it is set aside", async () => {
    const { physician, owner, api, pages } = stage();
    await api.physician.post("/api/workflow/rules", RULE);
    pages.alerts = "/workflows/alerts";
    await physician.goto(pages.alerts);
    await physician.getByText("No rule has anything to say").waitFor();
    await button(physician, "Hand in").click();
    await told(physician, "Handed in. Somebody else approves it now.");
    await owner.goto(pages.alerts);
    await button(owner, "Approve").click();
    await told(owner, "Approved. It speaks from now on.");
    await physician.reload();
    await physician.getByRole("button", { name: "Ask: Early warning" }).click();
    await dialog(physician).getByRole("button", { name: "Ask", exact: true }).click();
    await physician.getByText("The rule cannot tell").waitFor();
    await dialog(physician).getByRole("button", { name: /^Okafor, Adaeze/ }).click();
    await dialog(physician).getByLabel("news2").fill("7");
    await dialog(physician).getByRole("button", { name: "Ask", exact: true }).click();
    await dialog(physician).getByText("NEWS2 is 7: high risk").waitFor();
    await dialog(physician).getByRole("button", { name: "Close" }).click();
    const card = physician.getByRole("article", { name: "NEWS2 is 7: high risk" });
    await card.getByRole("button", { name: "Set aside" }).click();
    await dialog(physician).getByRole("button", { name: "Set aside" }).click();
    await physician.getByText("Choose a reason.").waitFor();
    await dialog(physician).getByRole("radio", { name: "Known and treated" }).check();
    await dialog(physician).getByRole("button", { name: "Set aside" }).click();
    await told(physician, "Set aside.");
    await physician.getByRole("radio", { name: "Answered" }).click();
    await card.getByText("Known and treated").waitFor();
    pages.answered = "/workflows/alerts?list=answered";
  });

  it("holds runs against a protocol, and lets somebody excuse what was not kept", async () => {
    const { physician, owner, api, pages } = stage();
    await physician.goto("/workflows/compliance/new");
    await title(physician, "Write a protocol").waitFor();
    await button(physician, "Save draft").click();
    await physician.getByText("Letters, digits and hyphens only").waitFor();
    const fields = physician.getByRole("main");
    await fields.getByLabel("Name", { exact: true }).first().fill("Results are called through");
    await fields.getByLabel("Short name").fill("called-through");
    await fields.getByLabel("Held against runs of").selectOption("call-back");
    const first = physician.getByRole("group", { name: "Constraint 1" });
    await first.getByLabel("Name", { exact: true }).fill("Every result is called through");
    await first.getByLabel("Step", { exact: true }).fill("assess");
    await first.getByLabel("Other step").fill("callPatient");
    await button(physician, "Save draft").click();
    await title(physician, "Results are called through").waitFor();
    await button(physician, "Hand in").click();
    await physician.getByText("Somebody else has to approve this").waitFor();
    pages.protocol = new URL(physician.url()).pathname;
    await owner.goto(pages.protocol);
    await button(owner, "Approve").click();
    await told(owner, "Approved. It counts from now on.");
    await runThrough(api.owner, CALLS);
    await until("a finding", async () => {
      const path = "/api/workflow/compliance/findings?state=violated";
      const page = await api.owner.get(path) as { items: unknown[] };
      return page.items[0];
    });
    pages.compliance = "/workflows/compliance";
    await owner.goto(pages.compliance);
    await owner.getByRole("link", { name: "Every result is called through" }).first().click();
    await title(owner, "Every result is called through").waitFor();
    pages.finding = new URL(owner.url()).pathname;
    await button(owner, "Excuse").click();
    await dialog(owner).getByLabel("Why").fill("The patient was in the room");
    await dialog(owner).getByRole("button", { name: "Excuse" }).click();
    await told(owner, "Excused.");
    await owner.getByText(/^Excused by/).waitFor();
  });

  it("draws the process map, with a table behind every chart, and lets it be downloaded", async () => {
    const { owner, pages } = stage();
    pages.analytics = "/workflows/analytics?key=call-back";
    await owner.goto(pages.analytics);
    await owner.getByRole("img", { name: /^What directly follows on what/ }).waitFor();
    await owner.getByRole("heading", { name: "Where the time goes" }).waitFor();
    await owner.getByText("As a table").first().click();
    await owner.getByRole("region", { name: "Process map" }).getByRole("table").waitFor();
    for (const format of ["XES", "CSV"]) {
      const asked = owner.waitForEvent("download");
      await button(owner, format).click();
      equal((await asked).suggestedFilename(), `call-back.${format.toLowerCase()}`);
    }
  });

  it("drafts, says what it refused, and leaves mending and signing to a person", async () => {
    const { physician: page, pages } = stage();
    pages.assistant = "/workflows/assistant";
    await page.goto(pages.assistant);
    await page.getByLabel("What to draft").selectOption("gap-explanation");
    await page.getByText("Intended use:").first().waitFor();
    await button(page, "Draft").click();
    await page.getByText("Choose a patient.", { exact: true }).waitFor();
    await page.getByRole("button", { name: /^Okafor, Adaeze/ }).click();
    await page.getByLabel("Kind").selectOption("finding");
    await page.getByLabel("Name", { exact: true }).fill("Called back after the window");
    await button(page, "What would be sent").click();
    await page.getByText("Nothing leaves: rules of our own draft this.").waitFor();
    const calls = "**/api/workflow/assistance/calls";
    await page.route(calls, async (route) => {
      const response = await route.fetch();
      const answer = await response.json();
      const findings = [{
        pointer: "/paragraphs/0/text",
        rule: "unknown-number",
        detail: "48 was not given",
      }];
      const call = { ...answer.call, outcome: "ungrounded", findings };
      await route.fulfill({ response, json: { call, proposal: null } });
    });
    await button(page, "Draft").click();
    await page.getByText("The draft was refused").waitFor();
    await page.getByText("48 was not given").waitFor();
    await page.unroute(calls);
    await button(page, "Draft").click();
    await page.getByRole("article", { name: "The draft" }).waitFor();
    pages.proposal = new URL(page.url()).pathname;
    await button(page, "Mend").click();
    const editor = page.getByLabel("The draft, field by field");
    await editor.fill((await editor.inputValue()).replace("Open:", "Still open:"));
    await button(page, "Save").click();
    await told(page, "Mended.");
    await page.getByRole("article", { name: "The draft" }).getByText(/Still open:/).first()
      .waitFor();
    await button(page, "Accept and sign").click();
    await told(page, "Accepted.");
    await page.getByText("It became a signed paper.").waitFor();
    await page.getByText(/Signed by/).waitFor();
  });

  it("switches a score off, with a reason, and it is off for everybody", async () => {
    const { physician, owner, pages } = stage();
    pages.switches = "/workflows/switches";
    await owner.goto(pages.switches);
    await owner.getByRole("button", { name: /^Switch off: .*(qSOFA|Quick)/i }).click();
    await dialog(owner).getByLabel("Why").fill("Not used here");
    await dialog(owner).getByRole("button", { name: "Switch off" }).click();
    await told(owner, "Switched off.");
    await physician.goto("/workflows/scores?score=qsofa");
    await physician.getByText("This score is switched off in your organization").waitFor();
    await physician.goto(pages.switches);
    await title(physician, "Switches").waitFor();
    await physician.getByText("Not for:").first().waitFor();
    equal(await physician.getByRole("button", { name: /^Switch o/ }).count(), 0);
  });
}
