import { deepEqual, equal, match } from "node:assert/strict";
import { after, before, describe, it } from "@std/testing/bdd";
import { type Platform, startPlatform } from "@praxis/local/platform";
import { findFreeOffset } from "@praxis/local/stand-ins";
import type { Browser, Page } from "playwright-core";
import { DEMO_PASSWORD, type SignedIn, signIn, until } from "../tools/client.ts";
import { buildWeb } from "./build.ts";
import { accountStory } from "./testing/account_story.ts";
import {
  drop,
  hasChromium,
  launch,
  openWindow,
  signInAs,
  violations,
  type Watch,
} from "./testing/browser.ts";
import { contentStory } from "./testing/content_story.ts";
import { firstPasskeyStory } from "./testing/first_passkey_story.ts";
import { filingStory } from "./testing/filing_story.ts";
import {
  discharge,
  type Fixture,
  hostile,
  laboratory,
  letter,
  pdf,
  slice,
  summary,
} from "./testing/fixtures.ts";
import { serveWeb, type WebServer } from "./testing/server.ts";

const isRequired = Deno.env.get("CI") === "true";
const isPossible = hasChromium() || isRequired;
if (!isPossible) {
  Deno.stderr.writeSync(
    new TextEncoder().encode("web/e2e_test.ts is skipped: there is no /usr/bin/chromium\n"),
  );
}

const WIDTHS = [390, 820, 1440];
const THEMES = ["light", "dark"] as const;
const FIVE_THOUSAND = "Ward ".repeat(1_000).trim();

describe("the web app", { skip: !isPossible }, () => {
  let folder: string;
  let platform: Platform;
  let web: WebServer;
  let origin: string;
  let browser: Browser;
  /** A folder for pictures of every page, when somebody wants to look at them. */
  const screens = Deno.env.get("PRAXIS_SCREENS");
  let nurse: Page;
  let physician: SignedIn;
  const watch: Watch = { troubles: [], mayFail: false };

  const window = (options?: Parameters<Browser["newContext"]>[0]) =>
    openWindow(browser, origin, watch, options);

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
    // Cookies, links and passkeys know the platform by this name.
    origin = platform.url.replace("127.0.0.1", "localhost");
    browser = await launch(origin, web.url);
    physician = await signIn(platform.url, "physician@demo.praxis.test");
  });

  after(async () => {
    await browser?.close();
    await web?.close();
    await platform?.stop();
    await Deno.remove(folder, { recursive: true });
  });

  /** Chooses files in the picker that `open` brings up. */
  async function choose(page: Page, open: () => Promise<void>, files: Fixture[]): Promise<void> {
    const asked = page.waitForEvent("filechooser");
    await open();
    const paths = await Promise.all(files.map(async ({ name, bytes }) => {
      const path = `${await Deno.makeTempDir({ dir: folder })}/${name}`;
      await Deno.writeFile(path, bytes);
      return path;
    }));
    await (await asked).setFiles(paths);
  }

  /** In both themes: nothing axe-core knows of; at every width: nothing wider than the window. */
  async function lookAt(page: Page, name: string): Promise<void> {
    const found: string[] = [];
    for (const theme of THEMES) {
      await page.emulateMedia({ colorScheme: theme });
      found.push(...(await violations(page)).map((text) => `${name}, ${theme}: ${text}`));
      for (const width of WIDTHS) {
        await page.setViewportSize({
          width,
          height: width < 600 ? 844 : width < 1000 ? 1180 : 900,
        });
        const spill = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        if (spill > 0) found.push(`${name}: ${spill} px too wide at ${width}`);
        if (screens) await page.screenshot({ path: `${screens}/${name}-${width}-${theme}.png` });
      }
    }
    await page.emulateMedia({ colorScheme: "light" });
    equal(found.join("\n"), "");
  }

  const openDocument = async (page: Page, title: string) => {
    await page.getByRole("link", { name: "Documents", exact: true }).click();
    await page.getByRole("link", { name: title, exact: true }).first().click();
    await page.getByRole("heading", { level: 1, name: title }).waitFor();
  };
  const content = (page: Page) => page.getByRole("region", { name: /^Content of/ });

  it("tells a stranger what is wrong, keeps the address, and lets a nurse in", async () => {
    nurse = await window();
    watch.mayFail = true;
    await nurse.goto("/tasks?list=mine");
    await nurse.getByRole("button", { name: "Sign in", exact: true }).click();
    await nurse.getByText("Enter your email address.").waitFor();
    await nurse.getByRole("textbox", { name: "Email address" }).fill("nurse@demo.praxis.test");
    await nurse.getByLabel("Password").fill("not the password");
    await nurse.keyboard.press("Enter");
    await nurse.getByRole("alert").getByText("This address and password do not fit").waitFor();
    equal(
      await nurse.getByRole("textbox", { name: "Email address" }).inputValue(),
      "nurse@demo.praxis.test",
    );
    watch.mayFail = false;
    await nurse.getByLabel("Password").fill(DEMO_PASSWORD);
    await nurse.keyboard.press("Enter");
    await nurse.getByRole("heading", { name: "Tasks" }).waitFor();
    match(nurse.url(), /\/tasks\?list=mine$/);
    await nurse.getByText("Harbour Clinic").waitFor();
    await nurse.getByText("Nothing on your list").waitFor();
  });

  it("keeps no token where a script of another could find it", async () => {
    const kept = await nurse.evaluate(() =>
      JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie])
    );
    equal(/eyJ|eu_/.test(kept), false, kept);
  });

  it("files what is dropped: titles first, one bad file does not stop the others", async () => {
    await nurse.getByRole("link", { name: "Documents", exact: true }).click();
    await nurse.getByText("No documents yet").waitFor();
    await drop(nurse, [letter(), laboratory(), { name: "scan.pdf", bytes: new Uint8Array() }]);
    await nurse.getByText("The file is empty.").waitFor();
    await nurse.getByRole("textbox", { name: "Title of referral-okafor.txt" }).fill(
      "Referral: iron deficiency",
    );
    await nurse.getByRole("textbox", { name: "Title of ORU_20261119_0815.hl7" }).fill(
      "Blood count, Okafor",
    );
    await nurse.getByRole("combobox", { name: /^Category/ }).fill("Laboratory");
    await nurse.getByRole("button", { name: "File 2 documents" }).click();
    await nurse.getByRole("status").getByText("2 files filed.").waitFor();
    await nurse.getByRole("button", { name: "Take scan.pdf off the list" }).click();
    await nurse.getByRole("heading", { name: "2 files filed" }).waitFor();
    await nurse.getByRole("button", { name: "Close" }).click();
    await choose(nurse, () => nurse.getByRole("button", { name: "File documents" }).click(), [
      discharge(),
      summary(),
      slice(),
    ]);
    await nurse.getByRole("textbox", { name: "Title of discharge-letter.pdf" }).fill(
      "Discharge letter, Okafor",
    );
    await nurse.getByRole("textbox", { name: "Title of summary.xml" }).fill(
      "Continuity of care, Okafor",
    );
    await nurse.getByRole("textbox", { name: "Title of ct-abdomen-0042.dcm" }).fill(
      "CT abdomen, slice 42",
    );
    await nurse.getByRole("combobox", { name: /^Category/ }).fill("Hospital");
    await nurse.keyboard.press("Enter");
    await nurse.getByRole("heading", { name: "3 files filed" }).waitFor();
    await nurse.getByRole("button", { name: "Close" }).click();
    await nurse.getByRole("rowheader", { name: "Today" }).waitFor();
    await until("all files to be read", async () => {
      const { items } = await physician.get("/api/content/documents") as {
        items: { status: string }[];
      };
      return items.length === 5 && items.every(({ status }) => status === "ready") || undefined;
    });
  });

  it("finds as one types, marks what was found, narrows by facets", async () => {
    const search = nurse.getByRole("searchbox", { name: "Search documents" });
    await nurse.keyboard.press("/");
    await nurse.keyboard.type("haemoglo");
    await nurse.locator("mark", { hasText: /^Haemoglobin$/i }).first().waitFor();
    await nurse.getByRole("status").getByText("2 documents").waitFor();
    match(nurse.url(), /q=haemoglo/);
    await nurse.getByRole("button", { name: /^HL7 message/ }).click();
    await nurse.getByRole("status").getByText("1 document").waitFor();
    await nurse.reload();
    await nurse.getByRole("status").getByText("1 document").waitFor();
    equal(await search.inputValue(), "haemoglo");
    await search.fill("zzqx");
    await nurse.getByText("Nothing found").waitFor();
    await nurse.getByRole("button", { name: "Clear search" }).last().click();
    await nurse.getByRole("link", { name: "CT abdomen, slice 42" }).waitFor();
    equal(await search.inputValue(), "");
  });

  it("shows text, and an HL7 message as results, segments and source", async () => {
    await openDocument(nurse, "Referral: iron deficiency");
    await content(nurse).getByText("breathless on exertion").waitFor();
    await openDocument(nurse, "Blood count, Okafor");
    const message = content(nurse);
    await message.getByText("Okafor, Adaeze M").waitFor();
    const row = message.getByRole("row", { name: /Haemoglobin/ });
    deepEqual((await row.getByRole("cell").allTextContents()).map((text) => text.trim()), [
      "9.8",
      "g/dL",
      "12.0-16.0",
      "Low",
    ]);
    await message.getByText("Critically low").waitFor();
    await message.getByText("Please repeat in four weeks.").waitFor();
    await message.getByRole("tab", { name: /Segments/ }).click();
    await message.getByText("Message control ID").waitFor();
    await message.getByRole("tab", { name: "Source" }).click();
    await message.getByText("OBX|1|NM|718-7^Haemoglobin^LN").waitFor();
  });

  it("shows a C-CDA in its authors' words, and a PDF with its text", async () => {
    await openDocument(nurse, "Continuity of care, Okafor");
    const document = content(nurse);
    await document.getByRole("cell", { name: "Penicillin" }).waitFor();
    await document.getByText("link: https://example.test/leaflet").waitFor();
    equal(await document.locator("a, script, img, [onclick]").count(), 0);
    await openDocument(nurse, "Discharge letter, Okafor");
    await content(nurse).getByText("Page 1 of 1").waitFor();
    await content(nurse).getByText("Gastroscopy showed a healing ulcer").waitFor({
      state: "attached",
    });
    await content(nurse).getByRole("button", { name: "Larger" }).click();
    await content(nurse).getByText("125%").waitFor();
  });

  it("shows a DICOM image, with window and level by key, preset and drag", async () => {
    await openDocument(nurse, "CT abdomen, slice 42");
    const image = content(nurse).getByRole("img", { name: "CT abdomen, slice 42" });
    await image.waitFor();
    const brightness = () =>
      image.evaluate((canvas) => {
        const { width, height } = canvas as HTMLCanvasElement;
        const context = new OffscreenCanvas(width, height).getContext("2d", {
          willReadFrequently: true,
        })!;
        context.drawImage(canvas as HTMLCanvasElement, 0, 0);
        const { data } = context.getImageData(0, 0, width, height);
        return data.reduce((sum, value, at) => at % 4 === 0 ? sum + value : sum, 0) /
          (width * height);
      });
    const sent = await brightness();
    equal(sent > 10 && sent < 200, true);
    await content(nurse).getByRole("button", { name: "Lung" }).click();
    const lung = await brightness();
    equal(lung > sent, true);
    const window = content(nurse).getByRole("slider", { name: "Window" });
    equal(await window.inputValue(), "1500");
    await window.press("ArrowLeft");
    equal(await window.inputValue(), "1499");
    const box = (await image.boundingBox())!;
    await nurse.mouse.move(box.x + 50, box.y + 50);
    await nurse.mouse.down();
    await nurse.mouse.move(box.x + 50, box.y + 150);
    await nurse.mouse.up();
    equal(await brightness() !== lung, true);
    await content(nurse).getByText("Okafor, Adaeze M").waitFor();
  });

  it("hands a file out as it came in", async () => {
    const loading = nurse.waitForEvent("download");
    await nurse.getByRole("button", { name: "Download" }).click();
    const download = await loading;
    equal(download.suggestedFilename(), "ct-abdomen-0042.dcm");
    deepEqual(new Uint8Array(await Deno.readFile((await download.path())!)), slice().bytes);
  });

  it("keeps versions apart, and never files over a newer one unasked", async () => {
    await openDocument(nurse, "Referral: iron deficiency");
    const add = () => nurse.getByRole("button", { name: "New version" }).click();
    const version = (text: string): Fixture => ({
      name: "referral.txt",
      bytes: new TextEncoder().encode(text),
    });
    await choose(nurse, add, [version("The second text")]);
    await content(nurse).getByText("The second text").waitFor();
    await nurse.getByRole("tab", { name: /Versions/ }).click();
    await nurse.getByRole("link", { name: /Version 1/ }).click();
    await nurse.getByText("This is version 1. The present one is 2.").waitFor();
    await content(nurse).getByText("breathless on exertion").waitFor();
    await nurse.getByRole("button", { name: "Show the present version" }).click();
    await content(nurse).getByText("The second text").waitFor();

    const id = nurse.url().match(/documents\/([\w-]+)/)![1]!;
    const { sha256 } = await physician.get(`/api/content/documents/${id}`) as { sha256: string };
    const form = new FormData();
    form.append("file", new Blob(["The third, by somebody else"]), "referral.txt");
    const headers = { "if-match": `"${sha256}-v2"` };
    const put = await physician.request(`/api/content/documents/${id}/content`, {
      method: "PUT",
      body: form,
      headers,
    });
    equal(put.status, 200, await put.text());
    watch.mayFail = true;
    await choose(nurse, add, [version("The fourth, by the nurse")]);
    await nurse.getByText("Someone else filed a newer version meanwhile").waitFor();
    watch.mayFail = false;
    await nurse.getByRole("button", { name: "File mine after it" }).click();
    await content(nurse).getByText("The fourth, by the nurse").waitFor();
    await nurse.getByRole("link", { name: /Version 3/ }).click();
    await content(nurse).getByText("The third, by somebody else").waitFor();
  });

  it("tells of new documents, and forgets what was read", async () => {
    await until("notifications", async () => {
      const { count } = await physician.get("/api/communication/notifications/unread-count") as {
        count: number;
      };
      return count >= 5 || undefined;
    });
    const page = await window();
    await signInAs(page, "physician");
    await page.getByRole("link", { name: /Notifications/ }).click();
    const unread = page.getByRole("button", { name: /^Mark as read/ });
    await unread.first().waitFor();
    const before = await unread.count();
    await unread.first().click();
    await page.waitForFunction(
      (n) => document.querySelectorAll('button[aria-label^="Mark as read"]').length === n,
      before - 1,
    );
    await page.getByRole("link", { name: "Blood count, Okafor" }).click();
    await page.getByRole("heading", { level: 1, name: "Blood count, Okafor" }).waitFor();
    await page.goBack();
    await page.getByRole("button", { name: "Mark all as read" }).click();
    await page.getByText("All are marked as read.").waitFor();
    await unread.first().waitFor({ state: "detached" });
    await page.context().close();
  });

  it("hands tasks out, takes them back, completes them, and says when another was first", async () => {
    await nurse.getByRole("link", { name: "Tasks" }).click();
    const row = (title: string) => nurse.getByRole("listitem").filter({ hasText: title });
    await row("Blood count").getByRole("button", { name: "Take it" }).click();
    await nurse.getByText("You have it now.").waitFor();
    await row("Blood count").waitFor({ state: "detached" });
    const { items } = await physician.get("/api/workflow/tasks?state=open") as {
      items: { id: string; title: string }[];
    };
    const other = items.find(({ title }) => title.includes("CT abdomen"))!;
    await physician.post(`/api/workflow/tasks/${other.id}/claim`, {});
    watch.mayFail = true;
    await row("CT abdomen").getByRole("button", { name: "Take it" }).click();
    await nurse.getByText("Someone else has this task now").waitFor();
    watch.mayFail = false;
    await row("CT abdomen").getByRole("button", { name: "Close" }).click();
    await row("CT abdomen").waitFor({ state: "detached" });

    await nurse.getByRole("radio", { name: "Mine" }).click();
    await row("Blood count").getByRole("button", { name: "Complete" }).click();
    await nurse.getByRole("textbox", { name: /Outcome/ }).fill("filed");
    await nurse.getByRole("textbox", { name: /Comment/ }).fill("Physician informed by phone.");
    await row("Blood count").getByRole("button", { name: "Complete" }).click();
    await nurse.getByText("Nothing on your list").waitFor();
    await nurse.getByRole("radio", { name: "Done" }).click();
    await nurse.getByText("Physician informed by phone.").waitFor();
  });

  it("shows who did what to those who may see it, and verifies it", async () => {
    await openDocument(nurse, "Blood count, Okafor");
    await nurse.getByRole("tab", { name: "Audit" }).click();
    await nurse.getByText("shown to auditors and owners").waitFor();
    equal(await nurse.getByRole("link", { name: "Audit", exact: true }).count(), 0);
    await nurse.goto("/audit");
    await nurse.getByText("The audit is for auditors and owners").waitFor();

    const owner = await window();
    await signInAs(owner, "owner");
    await openDocument(owner, "Blood count, Okafor");
    await owner.getByRole("tab", { name: "Audit" }).click();
    await owner.getByText("Opened the content").first().waitFor();
    await owner.getByRole("link", { name: "Audit", exact: true }).click();
    await owner.getByRole("cell", { name: "Opened the content" }).first().waitFor();
    await owner.getByRole("button", { name: "Verify the chain" }).click();
    await owner.getByText(/Intact: \d+ events verified/).waitFor();
    const subject = owner.getByRole("link", { name: /^Show only what concerns Document/ }).first();
    const id = (await subject.getAttribute("aria-label"))!.slice(-6);
    await subject.click();
    await owner.getByText(`Only what concerns ${id}`).waitFor();
    await owner.waitForFunction((id) => {
      const rows = [...document.querySelectorAll("td:nth-child(4)")];
      return rows.length > 0 && rows.every((cell) => cell.textContent!.includes(id));
    }, id);
    await owner.getByRole("button", { name: "Show everything" }).click();
    await owner.getByRole("radio", { name: "Sign-ins and members" }).click();
    await owner.getByRole("cell", { name: "Signed in" }).first().waitFor();
    await owner.context().close();
  });

  it("has no barrier axe-core knows of, in both themes, and fits at three widths", async () => {
    const page = await window({ colorScheme: "light" });
    const look = (name: string) => lookAt(page, name);
    await page.goto("/sign-in");
    await page.getByRole("heading", { name: "Sign in" }).waitFor();
    await look("sign-in");
    await signInAs(page, "owner");
    await page.getByRole("link", { name: "Blood count, Okafor" }).first().waitFor();
    await look("documents");
    await drop(page, [
      letter(),
      { name: "empty.pdf", bytes: new Uint8Array() },
      pdf("fax.pdf", ["Fax"]),
    ]);
    await page.getByRole("button", { name: "File 2 documents" }).waitFor();
    await look("uploads");
    await page.getByRole("button", { name: "Close" }).click();
    await page.getByRole("searchbox").fill("haemoglobin");
    await page.locator("mark").first().waitFor();
    await look("search");
    await page.getByRole("button", { name: "Clear search" }).click();
    for (
      const [name, title, ready] of [
        ["hl7", "Blood count, Okafor", "Critically low"],
        ["dicom", "CT abdomen, slice 42", "Not for diagnosis"],
        ["ccda", "Continuity of care, Okafor", "Penicillin"],
        ["pdf", "Discharge letter, Okafor", "Gastroscopy"],
      ] as const
    ) {
      await openDocument(page, title);
      await content(page).getByText(ready).first().waitFor({ state: "attached" });
      await look(name);
    }
    await page.getByRole("tab", { name: "Audit" }).click();
    await page.getByText("Filed a document").waitFor();
    await look("document-audit");
    for (
      const [name, heading] of [["tasks", "Tasks"], ["notifications", "Notifications"], [
        "audit",
        "Audit",
      ], ["design", "Design system"]] as const
    ) {
      await page.goto(`/${name}`);
      await page.getByRole("heading", { level: 1, name: heading }).waitFor();
      await page.getByText("Loading …").first().waitFor({ state: "detached" });
      if (name === "audit") {
        await page.getByRole("button", { name: "Verify the chain" }).click();
        await page.getByText(/^Intact/).waitFor();
      }
      await look(name);
    }
    await page.context().close();
  });

  it("shows the front desk what it may do, and no more", async () => {
    const page = await window();
    await signInAs(page, "receptionist");
    await page.getByText("Your role files documents but does not read them").waitFor();
    await drop(page, [{
      name: "scan 7.txt",
      bytes: new TextEncoder().encode("scanned at the desk"),
    }]);
    await page.getByRole("button", { name: "File document", exact: true }).click();
    await page.getByRole("heading", { name: "1 file filed" }).waitFor();
    await page.context().close();
  });

  it("asks again when the session ends, and goes on with what was typed", async () => {
    await nurse.context().close();
    const page = await window();
    let bearer = "";
    page.on("request", (request) => bearer = request.headers().authorization ?? bearer);
    await signInAs(page, "nurse");
    await drop(page, [{
      name: "note.txt",
      bytes: new TextEncoder().encode("written before the end"),
    }]);
    await page.getByRole("textbox", { name: "Title of note.txt" })
      .fill("Typed before the session ended");
    watch.mayFail = true;
    const sessions = "/api/identity/users/me/sessions";
    const headers = { authorization: bearer };
    const list = await fetch(`${platform.url}${sessions}`, { headers });
    const { items } = await list.json() as { items: { id: string; current: boolean }[] };
    const { id } = items.find(({ current }) => current)!;
    await fetch(`${platform.url}${sessions}/${id}`, { method: "DELETE", headers });
    await until("the session to have ended at the gateway", async () => {
      const answer = await fetch(`${platform.url}${sessions}`, { headers });
      await answer.body?.cancel();
      return answer.status === 401 || undefined;
    });
    await page.getByRole("button", { name: "File document", exact: true }).click();
    const dialog = page.getByRole("dialog", { name: "Please sign in again" });
    await dialog.waitFor();
    await dialog.getByText("Nadia Rahman").waitFor();
    await dialog.getByLabel("Password").fill(DEMO_PASSWORD);
    await dialog.getByRole("button", { name: "Sign in", exact: true }).click();
    await page.getByRole("heading", { name: "1 file filed" }).waitFor();
    watch.mayFail = false;
    await page.getByRole("link", { name: "Typed before the session ended" }).first().waitFor();
    await page.context().close();
    nurse = await window();
    await signInAs(nurse, "nurse");
  });

  it("says what to do when things fail, and keeps what was typed", async () => {
    watch.mayFail = true;
    const page = await window();
    await signInAs(page, "nurse");
    const problem = (status: number) => ({
      status,
      contentType: "application/problem+json",
      headers: { "retry-after": "1" },
      body: JSON.stringify({ type: "/problems/x", title: "x", status, instance: "request-4f1c" }),
    });
    await drop(page, [letter()]);
    const title = page.getByRole("textbox", { name: "Title of referral-okafor.txt" });
    await title.fill("Must not be lost");
    for (
      const [status, words] of [
        [413, "The file is too large"],
        [409, "Someone else changed this meanwhile"],
        [503, "not available just now"],
        [500, "Something went wrong on our side"],
      ] as const
    ) {
      await page.route(
        "**/api/content/documents",
        (route) =>
          route.request().method() === "POST" ? route.fulfill(problem(status)) : route.continue(),
      );
      await page.getByRole("button", { name: "File document", exact: true }).click();
      await page.getByRole("alert").getByText(words).waitFor();
      equal(await title.inputValue(), "Must not be lost");
      await page.unroute("**/api/content/documents");
    }
    await page.route("**/api/content/documents", (route) => route.abort());
    await page.getByRole("button", { name: "File document", exact: true }).click();
    await page.getByRole("alert").getByText("Praxis cannot be reached").waitFor();
    await page.unroute("**/api/content/documents");
    await page.getByRole("button", { name: "File document", exact: true }).click();
    await page.getByRole("heading", { name: "1 file filed" }).waitFor();

    await page.goto("/documents/01a20000-0000-7000-8000-000000000000");
    await page.getByText("There is nothing here for you").waitFor();
    await page.goto("/nowhere/at/all");
    await page.getByText("There is nothing at this address").waitFor();
    await page.context().close();
  });

  it("goes on when a service is down, and comes back with it", async () => {
    watch.mayFail = true;
    await platform.kill("workflow");
    await nurse.goto("/tasks");
    await nurse.getByText("This part of Praxis is not available just now").waitFor();
    await nurse.getByRole("link", { name: "Documents", exact: true }).click();
    await nurse.getByRole("link", { name: "Blood count, Okafor" }).first().waitFor();
    await platform.restart("workflow");
    await nurse.getByRole("link", { name: "Tasks" }).click();
    const again = nurse.getByRole("button", { name: "Try again" });
    await until("tasks", async () => {
      if (await nurse.getByRole("button", { name: "Take it" }).count() > 0) return true;
      if (await again.count() > 0) await again.click({ timeout: 1_000 }).catch(() => {});
    });
    watch.mayFail = false;
  });

  it("shows hostile files as what they are: text and lines", async () => {
    for (const { name, bytes } of hostile()) {
      await physician.upload({ name, bytes }, { title: `<img src=x onerror=alert(0)> ${name}` });
    }
    await nurse.goto("/documents?q=hostile");
    for (const { name } of hostile()) {
      await openDocument(nurse, `<img src=x onerror=alert(0)> ${name}`);
      await content(nurse).locator("pre, table, img, canvas").first().waitFor();
      equal(
        await nurse.locator('img[src="x"], iframe, script:not([src]), main svg[onload]').count(),
        0,
      );
    }
    await openDocument(nurse, `<img src=x onerror=alert(0)> hostile.hl7`);
    await content(nurse).getByText("<script>alert(4)</script>").first().waitFor();
  });

  it("bears a name of five thousand characters", async () => {
    await nurse.goto("/documents");
    await nurse.getByRole("link", { name: "Blood count, Okafor" }).first().waitFor();
    await drop(nurse, [{ name: "long.txt", bytes: new TextEncoder().encode("x") }]);
    const title = nurse.getByRole("textbox", { name: "Title of long.txt" });
    await title.fill(FIVE_THOUSAND);
    await nurse.getByText("At most 500 characters.").waitFor();
    equal(await title.inputValue(), FIVE_THOUSAND);
    await title.fill("Ward".repeat(125));
    await nurse.getByRole("button", { name: "File document", exact: true }).click();
    await nurse.getByRole("heading", { name: "1 file filed" }).waitFor();
    await nurse.getByRole("button", { name: "Close" }).click();
    for (const width of WIDTHS) {
      await nurse.setViewportSize({ width, height: 900 });
      const overflow = await nurse.evaluate(() =>
        document.documentElement.scrollWidth - innerWidth
      );
      equal(overflow <= 0, true, `${overflow} px too wide at ${width}`);
    }
    await nurse.setViewportSize({ width: 1440, height: 900 });
  });

  it("speaks French and German, with their dates and plurals", async () => {
    const page = await window({ locale: "fr-CH" });
    await page.goto("/sign-in");
    await page.getByRole("heading", { name: "Connexion" }).waitFor();
    equal(await page.getAttribute("html", "lang"), "fr");
    await page.getByRole("radio", { name: "English" }).click();
    await signInAs(page, "nurse");
    for (
      const [language, title, heading, group] of [
        ["Français", "Documents", "Type", "Aujourd’hui"],
        ["Deutsch", "Dokumente", "Art", "Heute"],
      ] as const
    ) {
      await page.getByRole("button", { name: /Nadia Rahman/ }).click();
      await page.getByRole("menuitemradio", { name: language }).click();
      await page.keyboard.press("Escape");
      await page.getByRole("heading", { level: 1, name: title }).waitFor();
      await page.getByRole("heading", { level: 2, name: heading }).waitFor();
      await page.getByRole("rowheader", { name: group }).waitFor();
    }
    await page.reload();
    await page.getByRole("heading", { level: 1, name: "Dokumente" }).waitFor();
    await page.getByText(/^\d+(,\d)? kB$/).first().waitFor();
    await page.context().close();
  });

  it("is used from sign-in to sign-out without a mouse", async () => {
    const page = await window();
    const press = (...keys: string[]) =>
      keys.reduce((before, key) => before.then(() => page.keyboard.press(key)), Promise.resolve());
    await page.goto("/");
    await page.getByRole("textbox", { name: "Email address" }).waitFor();
    await page.keyboard.type("nurse@demo.praxis.test");
    await press("Tab");
    await page.keyboard.type(DEMO_PASSWORD);
    await press("Enter");
    await page.getByRole("navigation").waitFor();
    await page.getByRole("link", { name: "Blood count, Okafor" }).first().waitFor();
    await page.goto("/documents");
    await page.getByRole("link", { name: "Blood count, Okafor" }).first().waitFor();
    await press("Tab");
    equal(await page.evaluate(() => document.activeElement?.textContent), "Skip to content");
    await press("Enter", "/");
    await page.keyboard.type("haemoglobin");
    await page.locator("mark").first().waitFor();
    await until("the first row", async () => {
      await press("Tab");
      return await page.evaluate(() => document.activeElement?.hasAttribute("data-row")) ||
        undefined;
    });
    const first = await page.evaluate(() => document.activeElement!.textContent);
    await press("ArrowDown");
    equal(await page.evaluate(() => document.activeElement!.textContent) !== first, true);
    const ring = await page.evaluate(() =>
      getComputedStyle(document.activeElement!, "::after").outlineStyle
    );
    equal(ring, "solid");
    await press("ArrowUp", "Enter");
    await page.getByRole("heading", { level: 1, name: first! }).waitFor();
    equal(await page.evaluate(() => document.activeElement?.id), "content");
    await page.getByRole("button", { name: /^Account of/ }).focus();
    await press("Enter");
    await page.getByRole("menuitem", { name: "Sign out" }).waitFor();
    await press("End", "Enter");
    await page.getByRole("heading", { name: "Sign in" }).waitFor();
    await page.goBack();
    await page.getByRole("heading", { name: "Sign in" }).waitFor();
    await page.context().close();
  });

  filingStory(() => ({ physician, watch, window, look: lookAt }));

  contentStory(() => ({ physician, watch, window, look: lookAt }));

  const stage = () => ({
    browser,
    url: origin,
    otherUrl: web.url,
    watch,
    window,
    look: lookAt,
    platform,
  });
  accountStory(stage);
  firstPasskeyStory(stage);

  it("made no error, opened no dialog and asked nobody else, all along", () => {
    deepEqual(watch.troubles, []);
  });
});
