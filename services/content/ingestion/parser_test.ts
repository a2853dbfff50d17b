import { deepEqual, equal, ok } from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { read } from "./parser.ts";

describe("read", () => {
  const summary = (title: string, author: string, language: string) =>
    new TextEncoder().encode(
      `<ClinicalDocument xmlns="urn:hl7-org:v3"><title>${title}</title>
       <languageCode code="${language}"/>
       <author><assignedAuthor><assignedPerson><name>${author}</name></assignedPerson></assignedAuthor></author>
       </ClinicalDocument>`,
    );

  it("cuts no character of a title, an author or a language in two", async () => {
    const title = "t".repeat(499);
    const author = "a".repeat(499);
    const language = "l".repeat(34);
    const cut = await read("ccda", summary(`${title}🩺`, `${author}🩺`, `${language}🩺`));
    ok(cut.status === "ready");
    deepEqual([cut.title, cut.author, cut.language], [title, author, language]);
    const whole = await read("ccda", summary(`${title.slice(1)}🩺x`, "Dr 🩺", "de"));
    ok(whole.status === "ready");
    deepEqual([whole.title, whole.author, whole.language], [`${title.slice(1)}🩺`, "Dr 🩺", "de"]);
  });

  it("cuts no character of a long text in two", async () => {
    const words = "a ".repeat(5 * 1024 * 1024 / 2);
    const reading = await read("text", new TextEncoder().encode(`${words.slice(0, -1)}🩺`));
    ok(reading.status === "ready");
    equal(reading.text, words.slice(0, -1));
    deepEqual(reading.cut, ["text"]);
  });
});
