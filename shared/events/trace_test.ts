import { equal, match, notEqual } from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { traceIdOf, traceparentOf } from "./trace.ts";

describe("trace", () => {
  it("reads a request id that is a UUID as the trace id", () => {
    const requestId = "01936D2E-0000-7000-8000-000000000001";
    equal(traceIdOf(requestId), "01936d2e000070008000000000000001");
  });

  it("gives any other request id a trace id that is always the same", () => {
    equal(traceIdOf("request-1"), traceIdOf("request-1"));
    notEqual(traceIdOf("request-1"), traceIdOf("request-2"));
  });

  it("is written as W3C Trace Context says, with a span for each fact", () => {
    match(traceparentOf("request-1", "a"), /^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
    notEqual(traceparentOf("request-1", "a"), traceparentOf("request-1", "b"));
  });
});
