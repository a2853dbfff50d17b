/** An import through real jobs: each chunk asks for the next. */
import { deepEqual, equal, ok } from "node:assert/strict";
import { startJobs } from "@praxis/shared/jobs";
import { newId } from "@praxis/shared/id";
import { silent } from "@praxis/shared/telemetry";
import { describe, it } from "@std/testing/bdd";
import { createApp } from "../app.ts";
import { openPractice } from "../testing.ts";
import * as imports from "./imports.ts";
import { importQueue } from "./model.ts";

const DEADLINE_MS = 30_000;

describe("import jobs", () => {
  it("work until every row is settled", async () => {
    await using t = await openPractice();
    const jobs = await startJobs({ url: t.service.appUrl, queues: [importQueue], log: silent });
    try {
      const deps = { ...t.deps, jobs };
      const app = createApp(deps, { identify: t.service.identify });
      await imports.work(deps, jobs);
      const headers = {
        ...t.service.headersOf({ organizationId: newId() }),
        "content-type": "text/csv",
      };
      const rows = Array.from({ length: 230 }, (_, n) => `Family${n},Given${n}`);
      const body = `family,given\n${rows.join("\n")}`;
      const response = await app.request("/api/practice/imports", {
        method: "POST",
        body,
        headers,
      });
      equal(response.status, 202);
      const { id } = await response.json();
      const deadline = performance.now() + DEADLINE_MS;
      for (;;) {
        const answer = await app.request(`/api/practice/imports/${id}`, { headers });
        const { status, counts } = await answer.json();
        if (status === "done") {
          deepEqual([counts.total, counts.registered, counts.staged], [230, 230, 0]);
          break;
        }
        ok(performance.now() < deadline, "the import was not done in time");
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    } finally {
      await jobs.stop();
    }
  });
});
