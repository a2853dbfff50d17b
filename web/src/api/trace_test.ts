/** What the browser sends, as the services read it. */
import { equal, match, notEqual } from "node:assert/strict";
import { requestIdOf } from "@praxis/shared/http";
import { describe, it } from "@std/testing/bdd";
import { createClient } from "./client.ts";
import type { Session } from "./session.ts";
import { newTraceparent } from "./trace.ts";

describe("a trace that a browser begins", () => {
  it("names the request in the services, and is another each time", () => {
    const traceparent = newTraceparent();
    const requestId = requestIdOf(new Headers({ traceparent }));
    equal(requestId.replaceAll("-", ""), traceparent.split("-")[1]);
    notEqual(newTraceparent(), traceparent);
  });

  it("goes with every request", async () => {
    const seen: (string | null)[] = [];
    const fetcher = (_: unknown, init?: RequestInit) => {
      seen.push(new Headers(init?.headers).get("traceparent"));
      return Promise.resolve(Response.json({ items: [], nextCursor: null }));
    };
    const session = { bearer: () => Promise.resolve("token") } as unknown as Session;
    const client = createClient(session, fetcher as typeof fetch);
    await client.get("/api/workflow/tasks", { query: { limit: 1 } });
    match(seen[0] ?? "", /^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
  });
});
