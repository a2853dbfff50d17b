import { deepEqual, equal } from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { createDocument, mergeDocuments } from "./openapi.ts";
import { services } from "./routing.ts";
import { documentOf, listen } from "./testing.ts";

describe("the merged document", () => {
  it("keeps components of the same name apart, and what they refer to", () => {
    const { paths, components } = mergeDocuments({
      content: documentOf("content"),
      workflow: documentOf("workflow"),
    });
    deepEqual(components.schemas, {
      "content.Thing": { type: "object", properties: { from: { const: "content" } } },
      "workflow.Thing": { type: "object", properties: { from: { const: "workflow" } } },
    });
    deepEqual(Object.keys(paths), ["/api/content/things/{id}", "/api/workflow/things/{id}"]);
    equal(
      JSON.stringify(paths["/api/workflow/things/{id}"]).match(/#[^"]+/)?.[0],
      "#/components/schemas/workflow.Thing",
    );
  });

  it("takes a path only from the service that the gateway sends it to", () => {
    const { paths } = mergeDocuments({
      workflow: { paths: { "/api/content/documents": {}, "/health": {}, "/cds-services": {} } },
    });
    deepEqual(Object.keys(paths), ["/cds-services"]);
  });

  it("is asked for once in 30 seconds, sooner while a service is missing", async () => {
    let asked = 0;
    let isWhole = false;
    let nowMs = 0;
    const service = listen(() => {
      asked++;
      return isWhole ? Response.json(documentOf("content")) : new Response(null, { status: 503 });
    });
    const read = createDocument({
      directory: { instances: () => [{ id: "one", url: service.url }] },
      nowMs: () => nowMs,
    });
    const each = services.length;
    try {
      await Promise.all([read(), read(), read()]);
      equal(asked, each);
      isWhole = true;
      nowMs = 1_999;
      await read();
      equal(asked, each);
      nowMs = 2_000;
      await read();
      equal(asked, 2 * each);
      nowMs = 31_999;
      await read();
      equal(asked, 2 * each);
      nowMs = 32_000;
      await read();
      equal(asked, 3 * each);
    } finally {
      await service.close();
    }
  });
});
