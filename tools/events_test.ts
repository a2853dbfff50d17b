/** The catalogue names every fact once, and sends none to where nobody lives. */
import { deepEqual, equal, ok } from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { collect, toAsyncApi, toMarkdown } from "./events.ts";

type Document = {
  channels: Record<string, { messages: Record<string, { $ref: string }> }>;
  operations: Record<string, { channel: { $ref: string }; messages: { $ref: string }[] }>;
  components: { messages: Record<string, { payload: { properties: { source: unknown } } }> };
};

describe("the catalogue of events", () => {
  it("names each type of event once, told by one service to others that exist", async () => {
    const all = await collect();
    const names = all.map(({ definition }) => `${definition.type} ${definition.version}`);
    ok(names.includes("document.created 1"));
    equal(new Set(names).size, names.length);
    const services = ["communication", "content", "identity", "practice", "workflow"];
    for (const { service, definition } of all) {
      for (const subscriber of definition.subscribers) {
        ok(services.includes(subscriber), `${definition.type}: who is ${subscriber}?`);
        ok(subscriber !== service, `${service} tells itself ${definition.type}`);
      }
    }
  });

  it("is a document in which every reference leads somewhere", async () => {
    const document = toAsyncApi(await collect()) as Document;
    const find = (ref: string) =>
      ref.slice(2).split("/").reduce<unknown>(
        (at, name) => (at as Record<string, unknown> | undefined)?.[name],
        document,
      );
    const refs = [...JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)].map(([, ref]) =>
      ref!
    );
    ok(refs.length > 0);
    deepEqual(refs.filter((ref) => find(ref) === undefined), []);
    deepEqual(
      document.components.messages["document.created.v1"]!.payload.properties.source,
      { const: "/content" },
    );
  });

  it("is written as tables", async () => {
    const text = toMarkdown(await collect());
    ok(text.includes("| `document.created` | 1 | content | communication, workflow |"));
    ok(text.includes("| `patientId` | uuid or null |"));
  });
});
