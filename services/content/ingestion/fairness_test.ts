import { deepEqual, equal } from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { type Jobs, startJobs } from "@praxis/shared/jobs";
import { silent } from "@praxis/shared/telemetry";
import { fixtures } from "../fixtures.ts";
import { file, openTestContent, testUser } from "../testing.ts";
import * as ingestion from "./ingestion.ts";
import { NATIVE, READ_AT_ONCE_MAX, type Reading } from "./model.ts";

describe("the queue of what is to be read", () => {
  it("reads one organization's note while another's files hang, however many they are", async () => {
    const [bulk, other] = [testUser(), testUser()];
    const release = Promise.withResolvers<void>();
    const isRead = Promise.withResolvers<void>();
    let hanging = 0;
    let most = 0;
    let jobs: Jobs;
    await using content = await openTestContent(async (service) => {
      jobs = await startJobs({ url: service.appUrl, queues: ingestion.queues, log: silent });
      return {
        jobs,
        readFile: async ({ organizationId }): Promise<Reading> => {
          if (organizationId === other.organizationId) isRead.resolve();
          else {
            most = Math.max(most, ++hanging);
            await release.promise;
            hanging--;
          }
          return { status: "ready", text: "", vectors: [], ...NATIVE };
        },
      };
    });
    const stop = await ingestion.work(content.deps, jobs!);
    try {
      for (let at = 0; at < 12; at++) await file(content, bulk, fixtures.textNote(`${at}`));
      await file(content, other, fixtures.textNote());
      await isRead.promise;
      equal(most <= READ_AT_ONCE_MAX, true, `${most} of one organization's at once`);
    } finally {
      release.resolve();
      stop();
      await jobs!.stop();
    }
  });

  it("takes large messages one by one, like files, and small ones together", async () => {
    const sent: [queue: string, count: number][] = [];
    await using content = await openTestContent(() => ({
      jobs: {
        send: (_tx, { name }, data) => {
          const { documentIds = [""] } = data as { documentIds?: string[] };
          sent.push([name, documentIds.length]);
          return Promise.resolve();
        },
      },
    }));
    const user = testUser();
    const post = async (controlId: string, chars: number) => {
      const note = "x".repeat(chars);
      const response = await content.app.request("/api/content/hl7", {
        method: "POST",
        body: `MSH|^~\\&|LAB|H|P|P|2026||ORU^R01|${controlId}|P|2.5\rPID|1||1\rNTE|1||${note}\r`,
        headers: {
          "content-type": "x-application/hl7-v2+er7",
          ...content.service.headersOf(user),
        },
      });
      equal(response.status, 200);
      await response.body?.cancel();
    };
    await post("small", 10);
    await Promise.all(["a", "b", "c"].map((id) => post(id, 100 * 1024)));
    deepEqual(sent, [
      ["content.ingest_messages", 1],
      ...Array(3).fill(["content.ingest", 1]),
    ]);
  });
});
