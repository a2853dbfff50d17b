/** Practice, content, communication and workflow together: a merge, its undoing, and the chart. */
import { deepEqual, equal } from "node:assert/strict";
import { startRelay } from "@praxis/shared/events";
import { newId } from "@praxis/shared/id";
import { silent } from "@praxis/shared/telemetry";
import { after, before, describe, it } from "@std/testing/bdd";
import { openCommunication, type TestCommunication } from "../../communication/testing.ts";
import { fixtures } from "../../content/fixtures.ts";
import { file, openTestContent, type TestContent, testUser } from "../../content/testing.ts";
import { openWorkflow, type TestWorkflow } from "../../workflow/testing.ts";
import { createChartSources } from "../clients/sources.ts";
import { type Answer, openPractice, PATIENTS, type TestPractice } from "../testing.ts";

type App = { fetch(request: Request): Response | Promise<Response> };

describe("a merge and those who follow it", () => {
  const addresses = new Map<string, string>();
  const closing: (() => Promise<unknown>)[] = [];
  let content: TestContent;
  let communication: TestCommunication;
  let workflow: TestWorkflow;
  let t: TestPractice;
  /** Delivers what the outboxes hold, until nothing is left. */
  let tellAll: () => Promise<void>;
  let stopContent: () => Promise<void>;
  /** A chart shows the tasks of those who may work them. */
  const workers: string[] = [];

  const discover = (service: string) => addresses.get(service)!;
  function serve(name: string, app: App) {
    const server = Deno.serve(
      { port: 0, hostname: "127.0.0.1", onListen: () => {} },
      (request) => app.fetch(request),
    );
    addresses.set(name, `http://127.0.0.1:${server.addr.port}`);
    let isStopped: Promise<void> | undefined;
    const stop = () => isStopped ??= server.shutdown();
    closing.push(stop);
    return stop;
  }

  before(async () => {
    const as = (service: string) => () => Promise.resolve(`service-${service}`);
    [content, communication, workflow, t] = await Promise.all([
      openTestContent(),
      openCommunication(),
      openWorkflow({ workers }),
      openPractice(createChartSources({ discover, serviceToken: as("practice") })),
    ]);
    stopContent = serve("content", content.app);
    serve("communication", communication.app);
    serve("workflow", workflow.app);
    const relays = await Promise.all(
      ([["practice", t.deps.sql], ["content", content.deps.sql]] as const).map(([name, sql]) =>
        startRelay({ sql, discover, serviceToken: as(name), log: silent })
      ),
    );
    closing.unshift(() => Promise.all(relays.map((relay) => relay.stop())));
    tellAll = async () => {
      for (const relay of relays) await relay.drain();
    };
  });
  after(async () => {
    for (const close of closing) await close();
    for (const service of [t, content, communication, workflow]) {
      await service[Symbol.asyncDispose]();
    }
  });

  it("moves documents, tasks and messages, and its undoing moves exactly these back", async () => {
    const userId = newId();
    workers.push(userId);
    const organizationId = communication.addOrganization(userId);
    const call = t.as({ organizationId, userId });
    const user = testUser({ organizationId, userId });
    const register = (family: string) => t.post(call, PATIENTS, { name: { family } });
    const [twin, patient] = [await register("Twin"), await register("Patient")];
    const filed = async (patientId: string, title: string) => {
      const fields = { patientId, title };
      const { id } = await file(content, user, fixtures.textNote(), { fields });
      await content.ingestAll();
      await tellAll();
      return id as string;
    };
    const chart = async ({ id }: { id: string }) => {
      const found = await t.get(call, `${PATIENTS}/${id}/summary`);
      deepEqual(found.unavailable, []);
      const titles = (items: { title: string }[]) => items.map(({ title }) => title).sort();
      return [titles(found.documents), titles(found.messages), titles(found.tasks)];
    };
    const all = (...titles: string[]) => [
      titles,
      titles.map((title) => `New document: ${title}`),
      titles.map((title) => `Review: ${title}`),
    ];
    await filed(twin.id, "A letter");
    await filed(patient.id, "B letter");
    const before = [await chart(twin), await chart(patient)];
    deepEqual(before, [all("A letter"), all("B letter")]);

    const merge = await t.post(call, "/api/practice/merges", {
      patientId: twin.id,
      intoPatientId: patient.id,
    });
    await tellAll();
    deepEqual(await chart(patient), all("A letter", "B letter"));
    equal((await call("GET", `${PATIENTS}/${twin.id}/summary`)).status, 409);
    // Somebody still has the old page open.
    await filed(twin.id, "C late letter");
    deepEqual(await chart(patient), all("A letter", "B letter", "C late letter"));

    await t.post(call, `/api/practice/merges/${merge.id}/undo`, undefined);
    await tellAll();
    deepEqual(await chart(twin), all("A letter", "C late letter"));
    deepEqual(await chart(patient), all("B letter"));
    const deliveries = await t.service.owner`
      select subscriber, state from outbox_deliveries join outbox_events using (seq)
      where outbox_events.organization_id = ${organizationId} and event->>'type' like '%merged'
      order by seq, subscriber`;
    deepEqual(
      deliveries.map(({ subscriber, state }) => `${subscriber} ${state}`),
      Array(2).fill(["communication", "content", "workflow"]).flat().map((name) =>
        `${name} delivered`
      ),
    );
  });

  it("leaves a chart that names the service that is gone", async () => {
    await stopContent();
    const call = t.as({ organizationId: newId() });
    const patient: Answer = await t.post(call, PATIENTS, { name: { family: "Alone" } });
    const chart = await t.get(call, `${PATIENTS}/${patient.id}/summary`);
    deepEqual([chart.unavailable, chart.documents, chart.messages, chart.tasks], [
      ["content"],
      null,
      [],
      [],
    ]);
  });
});
