/** Steps of the e2e test: what Praxis found inside files that no browser can show, and how surely. */
import { equal } from "node:assert/strict";
import { existsSync } from "node:fs";
import { it } from "@std/testing/bdd";
import { docx } from "../../services/content/office/testing.ts";
import { until } from "../../tools/client.ts";
import { signInAs } from "./browser.ts";
import type { Stage } from "./filing_story.ts";
import type { Fixture } from "./fixtures.ts";

const TESSERACT = "/usr/bin/tesseract";
const encode = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));

export function contentStory(stage: () => Stage): void {
  const filed = async (file: Fixture, about: { title: string; patientId?: string }) => {
    const { physician } = stage();
    const { id } = await physician.upload(file, about);
    await until(`${about.title} to be read`, async () => {
      const document = await physician.get(`/api/content/documents/${id}`) as { status: string };
      return document.status === "ready" || undefined;
    });
    return id;
  };

  it("shows the words of an office file, and leaves how it looks to the file itself", async () => {
    const { window, look } = stage();
    const bytes = docx(
      "Dear colleague,",
      "Thank you for seeing Mrs. Okafor, who has been breathless on exertion for three weeks.",
      "Ferritin 7 µg/L, haemoglobin 9.8 g/dL. Gastroscopy is asked for.",
    );
    const id = await filed({ name: "referral.docx", bytes }, { title: "Referral by letter" });
    const page = await window();
    await signInAs(page, "nurse");
    await page.goto(`/documents/${id}`);
    const content = page.getByRole("region", { name: /^Content of/ });
    await content.getByText("Gastroscopy is asked for.").waitFor();
    equal(await content.getByText("word/document.xml").count(), 0);
    await page.getByText("Office document", { exact: true }).last().waitFor();
    const asked = page.waitForEvent("download");
    await page.getByRole("button", { name: "Download" }).click();
    equal((await asked).suggestedFilename(), "referral.docx");
    await look(page, "office");
    await page.context().close();
  });

  it("holds back what speaks of several patients, and says so", async () => {
    const { physician, window } = stage();
    const patient = await physician.post("/api/practice/patients", {
      identifiers: [],
      name: { family: "Marsh", given: ["Ines"] },
      birthDate: "1971-07-30",
      sex: "female",
    }) as { id: string };
    const entry = ["Marsh", "Quill"].map((family, at) => ({
      resource: { resourceType: "Patient", id: `p${at}`, name: [{ family, given: ["Ines"] }] },
    }));
    const bytes = encode({ resourceType: "Bundle", type: "collection", entry });
    const about = { title: "Ward list", patientId: patient.id };
    const id = await filed({ name: "ward.json", bytes }, about);
    const page = await window();
    await signInAs(page, "nurse");
    await page.goto(`/documents/${id}`);
    await page.getByText("Held back: this file speaks of several patients").waitFor();
    await page.getByRole("button", { name: "All of it belongs in this chart" }).waitFor();
    await page.context().close();
  });

  const skip = existsSync(TESSERACT) ? false : "tesseract-ocr is not installed";
  it("says of recognised text that a program has read it, and may be wrong", { skip }, async () => {
    const { window, look } = stage();
    const page = await window();
    await page.setContent(
      `<h1 style="font: 64px serif; padding: 3rem">Potassium was high on Monday.</h1>`,
    );
    const bytes = new Uint8Array(await page.screenshot());
    const id = await filed({ name: "fax.png", bytes }, { title: "Fax of the laboratory" });
    await signInAs(page, "nurse");
    await page.goto(`/documents/${id}`);
    await page.getByText("Recognised (OCR): searchable, may contain errors").waitFor();
    await page.getByText("Recognised text (OCR)").click();
    await page.getByText(/It may contain errors: what the picture shows counts/).waitFor();
    await page.getByText(/Potassium was high/).waitFor();
    await look(page, "recognised");
    await page.context().close();
  });
}
