/** Steps of the e2e test: filing for a patient, and what the network and other clinics bring. */
import { Buffer } from "node:buffer";
import { deepEqual, equal } from "node:assert/strict";
import { it } from "@std/testing/bdd";
import type { Page } from "playwright-core";
import { type SignedIn, until } from "../../tools/client.ts";
import { drop, signInAs, type Watch } from "./browser.ts";
import { laboratory, slice } from "./fixtures.ts";

export type Stage = {
  physician: SignedIn;
  watch: Watch;
  window: () => Promise<Page>;
  look: (page: Page, name: string) => Promise<void>;
};

const PICTURE = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64",
);

const JPEG_2000 = "1.2.840.10008.1.2.4.90";

export function filingStory(stage: () => Stage): void {
  it("files for a patient with tags, holds back what names another, and lets somebody decide", async () => {
    const { physician, window, watch, look } = stage();
    const patient = await physician.post("/api/practice/patients", {
      identifiers: [{ system: "urn:oid:2.999.7", value: "QX-5501" }],
      name: { family: "Quill", given: ["Edda"] },
      birthDate: "1990-04-02",
      sex: "female",
    }) as { id: string };
    // The first document is how Praxis knows what files say of her.
    const { name, bytes } = laboratory();
    const hers = new TextDecoder().decode(bytes).replace("483920", "550155")
      .replace("Okafor^Adaeze^M||19580312", "Quill^Edda||19900402");
    const first = { name, bytes: new TextEncoder().encode(hers) };
    const { id } = await physician.upload(first, { title: "Hers", patientId: patient.id });
    await until("the first document to be read", async () => {
      const document = await physician.get(`/api/content/documents/${id}`) as { status: string };
      return document.status === "ready" || undefined;
    });
    const page = await window();
    await signInAs(page, "nurse");
    await page.getByRole("button", { name: "File documents" }).waitFor();
    await drop(page, [laboratory()]);
    await page.getByRole("textbox", { name: /^Title of/ }).fill("Blood count, whose?");
    await page.getByRole("textbox", { name: /^Tags/ }).fill("urgent, outside,urgent , ");
    await page.getByRole("button", { name: "Choose a patient" }).click();
    const finder = page.getByRole("dialog", { name: "Find the patient" });
    await finder.getByRole("searchbox").fill("Quill");
    await finder.getByRole("button", { name: /Quill, Edda/ }).first().click();
    await page.getByRole("button", { name: "Quill, Edda" }).waitFor();
    await page.getByRole("button", { name: "File document", exact: true }).click();
    await page.getByRole("link", { name: /^Open.*whose/ }).click();
    await page.getByText("Held back: this file seems to belong to someone else").waitFor();
    await page.getByText("It names Adaeze M Okafor, 12 March 1958.").waitFor();
    await page.getByText("urgent, outside", { exact: true }).waitFor();
    await look(page, "held-back");
    watch.mayFail = true;
    await page.getByRole("button", { name: "It is the right patient" }).click();
    await page.getByRole("textbox", { name: "Why it is the right patient" }).fill("no");
    await page.getByRole("button", { name: "It is the right patient" }).click();
    await page.getByRole("textbox", { name: "Why it is the right patient" })
      .fill("Checked with the laboratory: names were mixed up there.");
    await page.getByRole("button", { name: "It is the right patient" }).click();
    await page.getByText("Held back: this file").waitFor({ state: "detached" });
    watch.mayFail = false;
    await page.context().close();
  });

  it("shows what the platform draws where the browser cannot, in the window asked for", async () => {
    const { physician, window } = stage();
    const { id } = await physician.upload(
      { name: "packed.dcm", bytes: slice(256, JPEG_2000).bytes },
      { title: "CT, compressed elsewhere" },
    );
    const page = await window();
    const asked: string[] = [];
    await page.route("**/frames/1/rendered*", (route) => {
      asked.push(new URL(route.request().url()).search);
      return route.fulfill({ contentType: "image/png", body: PICTURE });
    });
    await signInAs(page, "nurse");
    await page.goto(`/documents/${id}`);
    const image = page.getByRole("img", { name: "CT, compressed elsewhere" });
    await image.waitFor();
    await page.getByRole("button", { name: "Lung" }).click();
    await until("the lung window", () => Promise.resolve(asked.length > 1 || undefined));
    deepEqual(asked, ["", "?windowCenter=-600&windowWidth=1500"]);
    await page.context().close();
  });

  it("waits on a slow network in the shape of what comes, and loses nothing typed meanwhile", async () => {
    const { window } = stage();
    const page = await window();
    await signInAs(page, "nurse");
    await page.getByRole("link", { name: "Blood count" }).first().waitFor();
    const waiting = Promise.withResolvers<void>();
    await page.route("**/api/content/search*", async (route) => {
      await waiting.promise;
      await route.continue().catch(() => {});
    });
    const search = page.getByRole("searchbox", { name: "Search documents" });
    await search.fill("haemoglobin");
    await page.waitForURL(/q=haemoglobin/);
    equal(await page.locator("mark").count(), 0);
    await search.press("End");
    await page.keyboard.type(" 9.8");
    await page.waitForURL(/9\.8/);
    waiting.resolve();
    await page.locator("mark").first().waitFor();
    equal(await search.inputValue(), "haemoglobin 9.8");

    const late = Promise.withResolvers<void>();
    await page.route("**/api/workflow/tasks*", async (route) => {
      await late.promise;
      await route.continue().catch(() => {});
    });
    await page.getByRole("link", { name: "Tasks" }).click();
    await page.getByText("Loading …").first().waitFor({ state: "attached" });
    late.resolve();
    await page.getByText("Loading …").first().waitFor({ state: "detached" });
    await page.context().close();
  });

  it("goes on in another clinic, and shows nothing of the one before", async () => {
    const { window } = stage();
    const page = await window();
    const there = { id: "01a20000-0000-7000-8000-00000000aaaa", name: "Hill Clinic", slug: "hill" };
    let isThere = false;
    await page.route("**/api/identity/users/me", async (route) => {
      const answer = await route.fetch();
      const me = await answer.json();
      const here = { ...me.organizations[0], current: !isThere };
      const organizations = [here, { ...there, role: "nurse", current: isThere }];
      await route.fulfill({ json: { ...me, organizations } });
    });
    let asked = "";
    await page.route("**/auth/switch-organization", async (route) => {
      asked = route.request().postDataJSON().organizationId;
      isThere = true;
      // The tokens of this session stand in for those of the other clinic.
      const headers = { ...route.request().headers() };
      const accessToken = headers.authorization!.slice("Bearer ".length);
      await route.fulfill({ json: { accessToken, tokenType: "Bearer", expiresIn: 600 } });
    });
    await signInAs(page, "nurse");
    await page.getByRole("link", { name: "Blood count" }).first().waitFor();
    await page.route(
      "**/api/content/documents?*",
      (route) => route.fulfill({ json: { items: [], nextCursor: null } }),
    );
    await page.getByRole("button", { name: /Harbour Clinic/ }).click();
    await page.getByRole("menuitemradio", { name: "Hill Clinic" }).click();
    await page.getByRole("button", { name: /Hill Clinic/ }).waitFor();
    await page.getByText("No documents yet").waitFor();
    equal(asked, there.id);
    equal(await page.getByRole("link", { name: "Blood count" }).count(), 0);
    await page.context().close();
  });
}
