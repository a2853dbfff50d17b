/** Which name a request gets. */
import { equal, match, notEqual } from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { traceIdOf } from "../events/trace.ts";
import { requestIdOf } from "./request_id.ts";

const trace = "0af7651916cd43dd8448eb211c80319c";
const traceparent = `00-${trace}-b7ad6b7169203331-01`;
const idOf = (headers: Record<string, string>) => requestIdOf(new Headers(headers));

describe("requestIdOf", () => {
  it("goes on with the trace that a browser has begun", () => {
    const id = idOf({ traceparent });
    equal(id, "0af76519-16cd-43dd-8448-eb211c80319c");
    equal(traceIdOf(id), trace);
  });

  it("prefers the name that a request has already", () => {
    equal(idOf({ traceparent, "x-request-id": "request-of-the-upload" }), "request-of-the-upload");
  });

  it("gives a new name where there is none, or none that can be repeated", () => {
    const strange = [
      {},
      { "x-request-id": "a b" },
      { "x-request-id": "x".repeat(65) },
      { traceparent: "00-" },
      { traceparent: `00-${"0".repeat(32)}-b7ad6b7169203331-01` },
      { traceparent: `ff-${trace}-b7ad6b7169203331-01` },
      { traceparent: traceparent.toUpperCase() },
    ];
    for (const headers of strange as Record<string, string>[]) {
      match(idOf(headers), /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
      notEqual(idOf(headers), idOf(headers));
    }
  });
});
