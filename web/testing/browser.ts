/** A browser for the tests: one Chromium, and people who sign in with it. */
import { readFileSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";
import { DEMO_PASSWORD } from "../../tools/client.ts";
import type { Fixture } from "./fixtures.ts";

const CHROMIUM = "/usr/bin/chromium";
const FLAGS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

export function hasChromium(): boolean {
  try {
    return statSync(CHROMIUM).isFile();
  } catch {
    return false;
  }
}

/**
 * A browser that finds the app of `web` at the origin of `platform`, where cookies, links and
 * passkeys expect it.
 */
export function launch(platform: string, web: string): Promise<Browser> {
  const [from, to] = [new URL(platform).host, new URL(web).port];
  const rule = `--host-resolver-rules=MAP ${from} 127.0.0.1:${to}`;
  return chromium.launch({ executablePath: CHROMIUM, args: [...FLAGS, rule] });
}

/** What must not happen on any page. */
export type Watch = { troubles: string[]; mayFail: boolean };

/** A window of its own, watched for errors, dialogs and requests to anywhere else. */
export async function openWindow(
  browser: Browser,
  origin: string,
  watch: Watch,
  options: Parameters<Browser["newContext"]>[0] = {},
): Promise<Page> {
  const context: BrowserContext = await browser.newContext({
    baseURL: origin,
    locale: "en-GB",
    timezoneId: "Europe/Zurich",
    viewport: { width: 1440, height: 900 },
    reducedMotion: "reduce",
    ...options,
  });
  context.setDefaultTimeout(30_000);
  const page = await context.newPage();
  page.on("console", (message) => {
    if (message.type() !== "error" && message.type() !== "warning") return;
    // The browser says this of every answer from 400 on.
    if (watch.mayFail && message.text().startsWith("Failed to load resource")) return;
    watch.troubles.push(`console: ${message.text()}`);
  });
  page.on("pageerror", (error) => watch.troubles.push(`error: ${error}`));
  page.on("dialog", (dialog) => {
    if (dialog.type() !== "beforeunload") watch.troubles.push(`dialog: ${dialog.message()}`);
    dialog.dismiss();
  });
  page.on("request", (request) => {
    const url = request.url();
    if (!url.startsWith(origin) && !/^(blob|data):/.test(url)) {
      watch.troubles.push(`request: ${url}`);
    }
  });
  return page;
}

export async function signInAs(page: Page, person: string): Promise<void> {
  await page.goto("/sign-in");
  await page.getByRole("textbox", { name: "Email address" }).fill(`${person}@demo.praxis.test`);
  await page.getByLabel("Password").fill(DEMO_PASSWORD);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await page.getByRole("navigation").waitFor();
}

/** Lets go of files over the page, as a person would with the mouse. */
export async function drop(page: Page, files: Fixture[]): Promise<void> {
  const given = files.map(({ name, bytes }) => ({ name, base64: bytes.toBase64() }));
  await page.evaluate((given) => {
    const transfer = new DataTransfer();
    for (const { name, base64 } of given) {
      const bytes = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
      transfer.items.add(new File([bytes], name));
    }
    for (const type of ["dragenter", "dragover", "drop"]) {
      document.body.dispatchEvent(
        new DragEvent(type, { dataTransfer: transfer, bubbles: true, cancelable: true }),
      );
    }
  }, given);
}

const axeSource = readFileSync(
  createRequire(import.meta.url).resolve("axe-core/axe.min.js"),
  "utf8",
);

/** What axe-core still finds wrong when colours have stopped changing: the rule, and where. */
export async function violations(page: Page): Promise<string[]> {
  for (let tries = 1;; tries++) {
    // A change of theme fades: half way there nothing has its colours yet.
    await page.evaluate(() =>
      Promise.all(document.getAnimations().map((animation) => animation.finished.catch(() => {})))
    );
    const found = await findViolations(page);
    if (found.length === 0 || tries === TRIES_MAX) return found;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

const TRIES_MAX = 5;

async function findViolations(page: Page): Promise<string[]> {
  if (!await page.evaluate(() => "axe" in globalThis)) await page.evaluate(axeSource);
  return await page.evaluate(async () => {
    // deno-lint-ignore no-explicit-any
    const { violations } = await (globalThis as any).axe.run(document, {
      resultTypes: ["violations"],
    });
    // deno-lint-ignore no-explicit-any
    return violations.flatMap((rule: any) =>
      // deno-lint-ignore no-explicit-any
      rule.nodes.map((node: any) => `${rule.id}: ${node.target.join(" ")}: ${node.failureSummary}`)
    );
  });
}
