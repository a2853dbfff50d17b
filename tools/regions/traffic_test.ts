/** Every request on a connection is seen, with its headers. */
import { deepEqual, equal } from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { requestsIn } from "./traffic.ts";

describe("requests on a wire", () => {
  it("are read one after another, bodies between them", () => {
    const wire = "GET /a?b=c HTTP/1.1\r\nHost: x\r\nX-Request-ID: one\r\n\r\n" +
      'POST /d HTTP/1.1\r\ncontent-length: 8\r\n\r\n{"a": 1}DELETE /e HTTP/1.1\r\nhost: y\r\n\r\n';
    const seen = requestsIn(wire);
    deepEqual(seen.map(({ method, target }) => `${method} ${target}`), [
      "GET /a?b=c",
      "POST /d",
      "DELETE /e",
    ]);
    equal(seen[0]!.headers.get("x-request-id"), "one");
    equal(seen[1]!.headers.get("content-length"), "8");
  });

  it("are none in an answer, or in half a head", () => {
    deepEqual(requestsIn("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n"), []);
    deepEqual(requestsIn("GET /a HTTP/1.1\r\nhost: x\r\n"), []);
  });
});
