/** Workflows in a browser, on a whole platform: definitions, runs, tasks and pathways by two people. */
import { deepEqual, equal, match } from "node:assert/strict";
import { after, before, describe, it } from "@std/testing/bdd";
import { type Platform, startPlatform } from "@praxis/local/platform";
import { findFreeOffset } from "@praxis/local/stand-ins";
import type { Browser, Page } from "playwright-core";
import { type SignedIn, signIn } from "../tools/client.ts";
import { buildWeb } from "./build.ts";
import {
  hasChromium,
  launch,
  openWindow,
  signInAs,
  violations,
  type Watch,
} from "./testing/browser.ts";
import { insightStory } from "./testing/insight_story.ts";
import { serveWeb, type WebServer } from "./testing/server.ts";

const isPossible = hasChromium() || Deno.env.get("CI") === "true";
/** Enough on a machine that does much else. */
const PATIENCE_MS = 30_000;
const WIDTHS = [390, 820, 1440];

const DEFINITION = `document:
  dsl: "1.0.3"
  namespace: clinic
  name: call-back
  version: "1.0.0"
  title: Call back about a result
evaluate: { language: cel, mode: strict }
do:
  - assess:
      call: clinic.humanTask
      with:
        title: Assess the result
        due: PT4H
        priority: high
        outcomes: [critical, normal]
  - route:
      switch:
        - critical: { when: "\${ assess.outcome == 'critical' }", then: callPatient }
        - normal: { then: done }
  - callPatient:
      call: clinic.humanTask
      with:
        title: Call the patient back
        due: PT6H
        outcomes: [reached, not-reached]
        form:
          type: object
          required: [spokeWith, readBack]
          properties:
            spokeWith: { type: string, minLength: 2, maxLength: 100 }
            readBack: { type: boolean, title: Was it read back? }
            minutes: { type: integer, minimum: 1, maximum: 60 }
  - confirm:
      call: clinic.humanTask
      with:
        title: Confirm the call
        due: PT8H
        outcomes: [confirmed, doubted]
        fourEyes: true
        form:
          type: object
          required: [heardBy]
          properties:
            heardBy: { type: string, minLength: 2, maxLength: 100 }
  - done:
      set: { assessed: "\${ assess.outcome }" }
`;

describe("workflows in the web app", { skip: !isPossible }, () => {
  let folder: string;
  let platform: Platform;
  let web: WebServer;
  let browser: Browser;
  let physician: Page;
  let owner: Page;
  let api: { owner: SignedIn; physician: SignedIn };
  let patientId: string;
  const screens = Deno.env.get("PRAXIS_SCREENS");
  /** Addresses of the pages that all the looks are tried on at the end. */
  const pages: Record<string, string> = {};
  const watch: Watch = { troubles: [], mayFail: false };

  before(async () => {
    folder = await Deno.makeTempDir({ prefix: "praxis-web-" });
    if (screens) await Deno.mkdir(screens, { recursive: true });
    [platform] = await Promise.all([
      startPlatform({
        dataDir: `${folder}/data`,
        portOffset: findFreeOffset(),
        mode: "test",
        watch: false,
      }),
      buildWeb(`${folder}/dist`),
    ]);
    web = serveWeb(platform.url, 0, new URL(`file://${folder}/dist/`));
    const origin = platform.url.replace("127.0.0.1", "localhost");
    browser = await launch(origin, web.url);
    [physician, owner] = [
      await openWindow(browser, origin, watch),
      await openWindow(browser, origin, watch),
    ];
    for (const page of [physician, owner]) page.setDefaultTimeout(PATIENCE_MS);
    await signInAs(physician, "physician");
    await signInAs(owner, "owner");
    api = {
      owner: await signIn(platform.url, "owner@demo.praxis.test"),
      physician: await signIn(platform.url, "physician@demo.praxis.test"),
    };
    const patient = await api.owner.post("/api/practice/patients", {
      name: { family: "Okafor", given: ["Adaeze"], prefix: [], suffix: [] },
      birthDate: "1958-03-12",
      sex: "female",
      identifiers: [],
      otherNames: [],
      contacts: [],
      addresses: [],
      languages: [],
      relatedPersons: [],
      deceased: null,
      maritalStatus: null,
      isConfidential: false,
    }) as { id: string };
    patientId = patient.id;
  });

  after(async () => {
    await browser?.close();
    await web?.close();
    await platform?.stop();
    await Deno.remove(folder, { recursive: true });
  });

  const button = (page: Page, name: string | RegExp) =>
    page.getByRole("button", { name, exact: true });
  const link = (page: Page, name: string | RegExp) => page.getByRole("link", { name, exact: true });
  const section = (page: Page, name: string) =>
    page.getByRole("navigation", { name: "Workflows" }).getByRole("link", { name });
  const title = (page: Page, name: string | RegExp) =>
    page.getByRole("heading", { level: 1, name });
  const told = (page: Page, text: string) => page.getByRole("status").getByText(text).waitFor();
  const dialog = (page: Page) => page.getByRole("dialog");
  const keep = (page: Page, name: string) => {
    const { pathname, search } = new URL(page.url());
    pages[name] = pathname + search;
  };

  it("writes a definition, and says what is in the way of it", async () => {
    await link(physician, "Workflows").click();
    await title(physician, "Runs").waitFor();
    await section(physician, "Definitions").click();
    await physician.getByText("No definitions yet").waitFor();
    await link(physician, "Write one").click();
    const source = physician.getByLabel("Definition in YAML or JSON");
    await source.fill(DEFINITION.replace("then: callPatient", "then: nowhere"));
    await button(physician, "Check").click();
    await physician.getByText(/^\d findings?$/).waitFor();
    // Looking elsewhere does not lose what was typed.
    await section(physician, "Scores").click();
    await section(physician, "Definitions").click();
    await link(physician, "Write one").click();
    match(await source.inputValue(), /then: nowhere/);
    await source.fill(DEFINITION);
    await button(physician, "Check").click();
    await physician.getByText("Nothing is in the way of publishing it.").waitFor();
    await button(physician, "Save draft").click();
    await title(physician, "Call back about a result").waitFor();
    await physician.getByRole("img", { name: /^The tasks of Call back/ }).waitFor();
    await button(physician, "Hand in").click();
    await physician.getByText("Somebody else has to approve this").waitFor();
    equal(await button(physician, "Approve").count(), 0);
    keep(physician, "definition");
  });

  it("is approved by a second person, after a simulation", async () => {
    await owner.goto(pages.definition!);
    await owner.getByRole("tab", { name: "Simulate" }).click();
    await owner.getByLabel("What people answer").fill('{"assess":{"outcome":"normal"}}');
    await button(owner, "Simulate").click();
    await owner.getByText("Ends as").waitFor();
    await owner.getByRole("tabpanel").getByText("Completed", { exact: true }).waitFor();
    await button(owner, "Approve").click();
    await told(owner, "Approved. New runs use this version.");
    await owner.getByRole("tab", { name: "Drawn" }).click();
  });

  it("starts a run for a patient, and shows its steps as they happen", async () => {
    await physician.goto("/workflows/runs");
    await button(physician, "Start a run").click();
    await dialog(physician).getByRole("button", { name: "Choose a patient" }).click();
    await dialog(physician).getByRole("button", { name: /^Okafor, Adaeze/ }).click();
    await dialog(physician).getByRole("button", { name: "Start", exact: true }).click();
    await title(physician, "Call back about a result").waitFor();
    await link(physician, "Okafor, Adaeze").waitFor();
    await link(physician, "Assess the result").waitFor();
    await physician.getByText("Live").waitFor();
    keep(physician, "run");
    // Somebody else works its task meanwhile: this page hears of it by itself.
    await owner.goto(pages.run!);
    await link(owner, "Assess the result").click();
    await button(owner, "Take").click();
    await told(owner, "You have it now.");
    await button(owner, "Complete").click();
    await owner.getByText("Choose one of these.").waitFor();
    await owner.getByRole("radio", { name: "Critical" }).check();
    await button(owner, "Complete").click();
    await told(owner, "Completed.");
    await physician.getByRole("list").getByText("Call patient").first().waitFor();
    await link(physician, "Call the patient back").waitFor();
  });

  it("works a task: form, comment, put off, handed over, and nothing typed is lost", async () => {
    await link(physician, "Call the patient back").click();
    keep(physician, "task");
    await physician.getByLabel("Spoke with", { exact: true }).fill("A");
    await physician.getByLabel(/^Minutes/).fill("90");
    await button(physician, "Complete").click();
    await physician.getByText("At least 2 characters.").waitFor();
    await physician.getByText("At most 60.").waitFor();
    await physician.getByText("This is needed.").waitFor();
    await physician.getByText("Some answers are missing or do not fit").waitFor();
    await physician.getByLabel("Spoke with", { exact: true }).fill("Her daughter");
    await link(physician, "Tasks").first().click();
    await link(physician, "Call the patient back").click();
    equal(
      await physician.getByLabel("Spoke with", { exact: true }).inputValue(),
      "Her daughter",
    );
    await physician.getByRole("region", { name: "Comments" }).getByLabel("Comment").fill(
      "No answer at noon.",
    );
    await button(physician, "Say it").click();
    await told(physician, "Said.");
    await button(physician, "Put off").click();
    await dialog(physician).getByRole("button", { name: "Put off" }).click();
    await told(physician, "Put off.");
    await button(physician, "Take").click();
    await told(physician, "You have it now.");
    await button(physician, "Hand over").click();
    await dialog(physician).getByLabel("To").selectOption({ label: "Olivia Hart (Owner)" });
    await dialog(physician).getByRole("button", { name: "Hand over" }).click();
    await told(physician, "Handed over.");
    await giveBack();
    await physician.reload();
    await physician.getByLabel("Spoke with", { exact: true }).fill("Her daughter");
    await physician.getByLabel(/^Minutes/).fill("5");
    await physician.getByRole("group", { name: "Was it read back?" }).getByLabel("Yes").check();
    await physician.getByRole("radio", { name: "Reached", exact: true }).check();
    await button(physician, "Complete").click();
    await told(physician, "Completed.");
    await physician.getByRole("region", { name: "What is done" }).getByText("Her daughter")
      .waitFor();
  });

  /** Whoever got it by hand gives it to the physician, by the platform's own way. */
  async function giveBack(): Promise<void> {
    const taskId = pages.task!.split("/").at(-1)!;
    const me = await api.physician.get("/api/identity/users/me") as { id: string };
    await api.owner.post(`/api/workflow/tasks/${taskId}/delegate`, { toUserId: me.id });
  }

  it("takes two pairs of eyes", async () => {
    await physician.goto(pages.run!);
    await link(physician, "Confirm the call").click();
    keep(physician, "fourEyes");
    await physician.getByLabel("Heard by", { exact: true }).fill("The ward sister");
    await physician.getByRole("radio", { name: "Confirmed" }).check();
    await button(physician, "Propose").click();
    await physician.getByText(/You have proposed “confirmed”/).waitFor();
    equal(await button(physician, "Propose").count(), 0);
    await owner.goto(pages.fourEyes!);
    await owner.getByText(/proposes “confirmed”/).waitFor();
    // What the other has answered stands there, to be looked over and left as it is.
    equal(
      await owner.getByLabel("Heard by", { exact: true }).inputValue(),
      "The ward sister",
    );
    await owner.getByRole("radio", { name: "Doubted" }).check();
    await button(owner, "Confirm").click();
    await told(owner, "Proposed. Somebody else has to confirm it.");
    // With another outcome it goes back, with the answers.
    await physician.reload();
    await physician.getByText(/proposes “doubted”/).waitFor();
    equal(
      await physician.getByLabel("Heard by", { exact: true }).inputValue(),
      "The ward sister",
    );
    await physician.getByRole("radio", { name: "Doubted" }).check();
    await button(physician, "Confirm").click();
    await told(physician, "Completed.");
    await physician.getByRole("region", { name: "What is done" }).getByText("The ward sister")
      .waitFor();
    await owner.goto(pages.run!);
    await owner.getByRole("banner").waitFor();
    await owner.getByText("Completed", { exact: true }).first().waitFor();
  });

  it("suspends, resumes and cancels, each with a reason", async () => {
    await owner.goto("/workflows/runs");
    await button(owner, "Start a run").click();
    await dialog(owner).getByRole("button", { name: "Start", exact: true }).click();
    await title(owner, "Call back about a result").waitFor();
    await button(owner, "Suspend").click();
    await dialog(owner).getByRole("button", { name: "Suspend" }).click();
    await dialog(owner).getByLabel("Why").fill("The laboratory asks to wait");
    await dialog(owner).getByRole("button", { name: "Suspend" }).click();
    await told(owner, "Suspended.");
    await owner.getByText("This run is suspended").waitFor();
    keep(owner, "suspended");
    await button(owner, "Go on").click();
    await dialog(owner).getByLabel("Why").fill("It has answered");
    await owner.keyboard.press("Enter");
    await told(owner, "It goes on.");
    await owner.goto("/workflows/runs?status=running");
    await link(owner, "Call back about a result").first().waitFor();
    await owner.getByLabel("State").selectOption("cancelled");
    await owner.getByText("No run like that").waitFor();
    await button(owner, "Show all").click();
    keep(owner, "runs");
  });

  it("compares two versions", async () => {
    await physician.goto(pages.definition!);
    await link(physician, "Change it").click();
    const source = physician.getByLabel("Definition in YAML or JSON");
    await source.fill((await source.inputValue()).replace("due: PT6H", "due: PT2H"));
    await button(physician, "Save draft").click();
    await physician.getByText("Version 2").first().waitFor();
    await physician.getByRole("tab", { name: "Changes" }).click();
    await physician.getByText("/do/callPatient/with/due").waitFor();
    keep(physician, "diff");
  });

  it("puts a patient on a pathway, draws it, and follows its steps", async () => {
    await physician.goto("/workflows/definitions");
    await physician.getByRole("button", { name: /Take over: Type 2 diabetes/ }).click();
    await title(physician, /^Type 2 diabetes/).waitFor();
    await button(physician, "Hand in").click();
    await told(physician, "Handed in. Somebody else approves it now.");
    await owner.goto(new URL(physician.url()).pathname);
    await button(owner, "Approve").click();
    await told(owner, "Approved. New runs use this version.");
    await physician.goto(`/patients/${patientId}`);
    await button(physician, "Enrol").click();
    await dialog(physician).getByText(/fits?/).first().waitFor();
    await dialog(physician).getByLabel("Why enrol nevertheless").fill("Known from before");
    await dialog(physician).getByRole("button", { name: "Enrol" }).click();
    await title(physician, /^Type 2 diabetes/).waitFor();
    keep(physician, "pathway");
    await physician.getByRole("img", { name: /^The steps of Type 2 diabetes/ }).waitFor();
    await physician.getByRole("button", { name: "It has happened: Examine the feet" }).click();
    await dialog(physician).getByLabel("Evidence").fill("Letter of the podiatrist");
    await dialog(physician).getByRole("button", { name: "It has happened" }).click();
    await told(physician, "Recorded.");
    await physician.getByText("Evidence: Letter of the podiatrist").waitFor();
    await physician.getByRole("button", { name: "It went otherwise: Refer to retinal screening" })
      .click();
    await dialog(physician).getByRole("button", { name: "It went otherwise" }).click();
    await told(physician, "Recorded.");
    await physician.getByRole("region", { name: "What went otherwise" }).waitFor();
    await physician.getByRole("button", { name: /^Record a value: HbA1c/ }).click();
    await dialog(physician).getByLabel("Value", { exact: true }).fill("7.9");
    await dialog(physician).getByRole("button", { name: "Record a value" }).click();
    await physician.getByText("Not reached").waitFor();
    await button(physician, "Hold").click();
    await dialog(physician).getByLabel("Why").fill("In hospital");
    await dialog(physician).getByRole("button", { name: "Hold" }).click();
    await physician.getByText("On hold", { exact: true }).first().waitFor();
    await button(physician, "Resume").click();
    await dialog(physician).getByLabel("Why").fill("Back home");
    await dialog(physician).getByRole("button", { name: "Resume" }).click();
    await told(physician, "Resumed.");
    await physician.goto(`/patients/${patientId}`);
    await link(physician, /^Type 2 diabetes/).waitFor();
    pages.chart = `/patients/${patientId}`;
    pages.definitions = "/workflows/definitions";
  });

  insightStory(() => ({ physician, owner, api, patientId, pages, watch }));

  it("is right in every width and theme, and has nothing that axe objects to", async () => {
    const found: string[] = [];
    const shoot = async (name: string) => {
      if (screens) {
        await owner.screenshot({ path: `${screens}/workflow-${name}.png`, fullPage: true });
      }
    };
    const look = async (name: string) =>
      found.push(...(await violations(owner)).map((text) => `${name}: ${text}`));
    for (const [name, path] of Object.entries(pages)) {
      await owner.emulateMedia({ colorScheme: "light" });
      await owner.goto(path);
      await owner.getByRole("heading", { level: 1 }).first().waitFor();
      await owner.getByText("Loading …").first().waitFor({ state: "detached" });
      for (const width of WIDTHS) {
        await owner.setViewportSize({ width, height: 900 });
        const over = await owner.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        if (over > 0) found.push(`${name} is ${over} px too wide at ${width}`);
        await shoot(`${name}-${width}-light`);
      }
      await look(`${name}-1440-light`);
      await owner.emulateMedia({ colorScheme: "dark" });
      await owner.setViewportSize({ width: 390, height: 900 });
      await look(`${name}-390-dark`);
      await shoot(`${name}-390-dark`);
    }
    await owner.emulateMedia({ colorScheme: "light" });
    await owner.setViewportSize({ width: 1440, height: 900 });
    equal(found.join("\n"), "");
  });

  it("speaks French and German", async () => {
    for (
      const [language, runs, pathway] of [
        ["Français", "Exécutions", "Le chemin"],
        ["Deutsch", "Läufe", "Schritte"],
      ] as const
    ) {
      await owner.goto("/workflows/runs");
      await owner.getByRole("button", { name: /Account of|Compte de|Konto/ }).first().click();
      await owner.getByRole("menuitemradio", { name: language }).click();
      await owner.keyboard.press("Escape");
      await title(owner, runs).waitFor();
      await owner.goto(pages.pathway!);
      await owner.getByText(pathway === "Le chemin" ? "Étapes" : pathway).first().waitFor();
    }
  });

  it("made no error, and asked nobody else, all along", () => deepEqual(watch.troubles, []));
});
