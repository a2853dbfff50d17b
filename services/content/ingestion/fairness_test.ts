import { equal } from "node:assert/strict";
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
});
