/** Patients and appointments in a browser, on a whole platform: what `demo practice` does by hand. */
import { deepEqual, equal } from "node:assert/strict";
import { after, before, describe, it } from "@std/testing/bdd";
import { type Platform, startPlatform } from "@praxis/local/platform";
import { findFreeOffset } from "@praxis/local/stand-ins";
import type { Browser, Page } from "playwright-core";
import { buildWeb } from "./build.ts";
import {
  hasChromium,
  launch,
  openWindow,
  signInAs,
  violations,
  type Watch,
} from "./testing/browser.ts";
import { serveWeb, type WebServer } from "./testing/server.ts";

const isPossible = hasChromium() || Deno.env.get("CI") === "true";
/** Enough on a machine that does much else. */
const PATIENCE_MS = 30_000;
const WIDTHS = [390, 820, 1440];
const THEMES = ["light", "dark"] as const;

describe("patients and appointments in the web app", { skip: !isPossible }, () => {
  let folder: string;
  let platform: Platform;
  let web: WebServer;
  let browser: Browser;
  let page: Page;
  let screens: string;
  /** Addresses of the pages that all the looks are tried on at the end. */
  const pages: Record<string, string> = {};
  const watch: Watch = { troubles: [], mayFail: false };

  before(async () => {
    folder = await Deno.makeTempDir({ prefix: "praxis-web-" });
    screens = Deno.env.get("PRAXIS_SCREENS") || `${folder}/screens`;
    await Deno.mkdir(screens, { recursive: true });
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
    page = await openWindow(browser, origin, watch);
    page.setDefaultTimeout(PATIENCE_MS);
    await signInAs(page, "owner");
  });

  after(async () => {
    await browser?.close();
    await web?.close();
    await platform?.stop();
    await Deno.remove(folder, { recursive: true });
  });

  const button = (name: string | RegExp) => page.getByRole("button", { name, exact: true });
  const link = (name: string | RegExp, exact = true) => page.getByRole("link", { name, exact });
  const title = (name: string | RegExp) => page.getByRole("heading", { level: 1, name });
  const fill = (label: string | RegExp, value: string) => page.getByLabel(label).fill(value);
  const told = (text: string) => page.getByRole("status").getByText(text).waitFor();

  async function register(family: string, given: string, birthDate: string, number?: string) {
    await page.goto("/patients/new");
    await fill("Family name", family);
    await fill("Given names", given);
    await fill("Birth date", birthDate);
    if (number) await fill(/^Number/, number);
  }

  it("registers a patient, and says what is missing", async () => {
    await page.getByRole("link", { name: "Patients" }).click();
    await link("Register").click();
    await button("Register").click();
    await page.getByText("Enter a family name or a given name.").waitFor();
    await register("Kuhlman", "Brady", "1970-02-30", "MRN-4711");
    await button("Register").click();
    await page.getByText("Write the date as YYYY-MM-DD").waitFor();
    await fill("Birth date", "1970-07-25");
    await page.getByLabel("Sex").selectOption("male");
    await button("Register").click();
    await title("Kuhlman, Brady").waitFor();
    await page.getByText("MRN-4711").waitFor();
    pages.chart = new URL(page.url()).pathname;
  });

  it("warns of somebody who might be the same, while it is being typed", async () => {
    await register("Kuhlmann", "Brady", "1970-07-25", "MRN-4711");
    await page.getByText("1 person might be the same").waitFor();
    await page.getByText(/similar family name/).waitFor();
    pages.form = "/patients/new";
    watch.mayFail = true;
    await button("Register").click();
    await page.getByText("Somebody has this number already.").waitFor();
    watch.mayFail = false;
    await fill(/^Number/, "MRN-4712");
    await button("Register").click();
    await title("Kuhlmann, Brady").waitFor();
  });

  it("finds patients by name, sound, birth date and number", async () => {
    await page.goto("/patients");
    const search = page.getByRole("searchbox", { name: "Search patients" });
    for (
      const [typed, count] of [["coolman brady", 2], ["25.07.1970", 2], ["MRN-4712", 1]] as const
    ) {
      await search.fill(typed);
      await told(count === 1 ? "1 patient" : `${count} patients`);
    }
    await search.fill("nobody at all");
    await page.getByText("Nobody found").waitFor();
    await page.getByRole("main").getByRole("button", { name: "Clear search" }).last().click();
    await link("Kuhlman, Brady").waitFor();
  });

  it("changes what is known, and never over somebody else's change", async () => {
    await link("Kuhlman, Brady").click();
    await link("Edit").click();
    await title("Edit patient").waitFor();
    pages.edit = new URL(page.url()).pathname;
    const other = await page.context().newPage();
    await other.goto(pages.edit);
    await other.getByLabel(/^Phone/).fill("+41 44 000 00 00");
    await other.getByRole("button", { name: "Save" }).click();
    await other.getByText("+41 44 000 00 00").waitFor();
    await other.close();
    await fill("City", "Bern");
    watch.mayFail = true;
    await button("Save").click();
    await page.getByText("Someone else changed this record meanwhile").waitFor();
    watch.mayFail = false;
    await button("Load the present record").click();
    await page.waitForFunction(() =>
      [...document.querySelectorAll("input")].some(({ value }) => value === "+41 44 000 00 00")
    );
    await fill("City", "Bern");
    await button("Save").click();
    await title("Kuhlman, Brady").waitFor();
    await page.getByText("Bern").waitFor();
    await page.getByText("+41 44 000 00 00").waitFor();
  });

  it("books with the keyboard, moves, sees arrive, cancels", async () => {
    await link("Book").click();
    await title("Calendar").waitFor();
    await page.getByText("Book an appointment: Kuhlman, Brady").waitFor();
    // Whatever day it is today: next week has free times.
    await button("Week after").click();
    const free = button(/^Book at/);
    await free.first().waitFor();
    await free.first().focus();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("Enter");
    await page.getByRole("dialog").waitFor();
    await fill(/^Reason/, "Check-up");
    await page.keyboard.press("Enter");
    await told("Booked.");
    const own = button(/Kuhlman, Brady/);
    const before = await own.textContent();
    await own.click();
    await page.getByText("Check-up").waitFor();
    await button("Move").click();
    await page.getByText("Choose a new time for Kuhlman, Brady.").waitFor();
    await button(/^Move to/).last().click();
    await told("Moved.");
    await button(before!).waitFor({ state: "detached" });
    await own.click();
    await button("Has arrived").click();
    await told("Arrived.");
    await button(/Kuhlman, Brady · Arrived$/).waitFor();
    pages.calendar = new URL(page.url()).pathname + new URL(page.url()).search;
    await button(/^Book at/).first().click();
    await page.getByRole("dialog").getByRole("button", { name: "Book", exact: true }).click();
    await told("Booked.");
    await button(/Kuhlman, Brady · Booked$/).click();
    await button("Cancel appointment").click();
    await fill(/^Why/, "Ill");
    await button("Cancel appointment").click();
    await told("Cancelled.");
    await button(/Kuhlman, Brady · Booked$/).waitFor({ state: "detached" });
  });

  it("merges with a look at what moves, and undoes it", async () => {
    await page.goto(pages.chart!);
    await link("Merge").click();
    pages.merge = new URL(page.url()).pathname;
    await page.getByRole("searchbox").fill("kuhlmann");
    await button(/Kuhlmann, Brady/).click();
    await page.getByRole("region", { name: "Given up" }).getByText("MRN-4712").waitFor();
    await page.getByText("1 number", { exact: true }).waitFor();
    await button("Swap").click();
    await page.getByText("2 appointments").waitFor();
    await button("Swap").click();
    await button("Merge").click();
    await told("The records are merged.");
    await title("Kuhlman, Brady").waitFor();
    await page.getByText("MRN-4712").waitFor();
    // The chart of one who was merged away is a 409; the page says so in words.
    watch.mayFail = true;
    await link("Kuhlmann, Brady", false).click();
    await page.getByText("This record was merged into another").waitFor();
    watch.mayFail = false;
    await link("Open the present record").click();
    await button("Undo merge").click();
    await page.getByRole("dialog").getByRole("button", { name: "Undo merge" }).click();
    await told("The merge is undone.");
    await page.getByText("MRN-4712").waitFor({ state: "detached" });
  });

  it("names in the chart what cannot be shown", async () => {
    const summary = "**/api/practice/patients/*/summary";
    await page.route(summary, async (route) => {
      const response = await route.fetch();
      const chart = await response.json();
      await route.fulfill({
        response,
        json: { ...chart, documents: null, unavailable: ["content"], withheld: ["messages"] },
      });
    });
    await page.goto(pages.chart!);
    await page.getByText("Missing: documents. The rest is complete.").waitFor();
    await page.getByText("Your role does not include: messages.").waitFor();
    equal(await page.getByRole("region", { name: "Documents" }).count(), 0);
    await page.unroute(summary);
    await button("Try again").click();
    await page.getByRole("region", { name: "Documents" }).waitFor();
  });

  it("imports a file after a look at what would become of it", async () => {
    await page.goto("/patients/import");
    pages.import = "/patients/import";
    const asked = page.waitForEvent("filechooser");
    await button("Choose a file").click();
    const csv = [
      "family,given,birthDate,sex,identifier,identifierSystem,shoeSize",
      "Okafor,Adaeze,1991-03-08,f,A-1,urn:old,38",
      "Kuhlman,Brady,1970-07-25,m,A-2,urn:old,",
      "Broken,Line,1990-02-30,m,A-3,urn:old,",
    ].join("\n");
    const buffer = new TextEncoder().encode(csv) as unknown as Parameters<
      typeof import("node:buffer").Buffer.from
    >[0];
    const { Buffer } = await import("node:buffer");
    await (await asked).setFiles({
      name: "old.csv",
      mimeType: "text/csv",
      buffer: Buffer.from(buffer as never),
    });
    await page.getByText("What an import would do").waitFor();
    await page.getByText("column shoesize (1)").waitFor();
    await page.getByText("Line 4").waitFor();
    await page.getByText(/same birth date/).first().waitFor();
    equal(await button("Import now").isDisabled(), true);
    await page.getByLabel("Leave out broken lines").check();
    await button("Import now").click();
    await page.getByText("The import is finished").waitFor();
    await link("To the patients").click();
    await link("Okafor, Adaeze").waitFor();
    pages.list = "/patients";
  });

  it("is right in every width and theme, and has nothing that axe objects to", async () => {
    for (const theme of THEMES) {
      await page.emulateMedia({ colorScheme: theme });
      for (const [name, path] of Object.entries(pages)) {
        await page.goto(path);
        await page.getByRole("heading", { level: 1 }).first().waitFor();
        await page.waitForLoadState("networkidle");
        for (const width of WIDTHS) {
          await page.setViewportSize({ width, height: 900 });
          const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
          equal(over <= 0, true, `${name} is ${over} px too wide at ${width}`);
          await page.screenshot({ path: `${screens}/practice-${name}-${width}-${theme}.png` });
          if (width === 1440 || (width === 390 && theme === "light")) {
            deepEqual([name, width, theme, ...await violations(page)], [name, width, theme]);
          }
        }
      }
    }
    await page.emulateMedia({ colorScheme: "light" });
    await page.setViewportSize({ width: 1440, height: 900 });
  });

  it("speaks French and German", async () => {
    for (
      const [language, heading, action] of [
        ["Français", "Patients", "Inscrire"],
        ["Deutsch", "Patienten", "Aufnehmen"],
      ] as const
    ) {
      await page.goto("/patients");
      await page.getByRole("button", { name: /Olivia|Account of|Compte de|Konto/ }).first().click();
      await page.getByRole("menuitemradio", { name: language }).click();
      await page.keyboard.press("Escape");
      await title(heading).waitFor();
      await page.getByRole("link", { name: action }).waitFor();
    }
    await page.goto(pages.calendar!);
    await title("Kalender").waitFor();
    await button(/Kuhlman, Brady · Eingetroffen$/).waitFor();
  });

  it("made no error, and asked nobody else, all along", () => deepEqual(watch.troubles, []));
});
