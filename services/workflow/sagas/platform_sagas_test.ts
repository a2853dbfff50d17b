/** What the platform's sagas ask of whom, in which order, and what they take back when one refuses. */
import { deepEqual, equal } from "node:assert/strict";
import { newId } from "@praxis/shared/id";
import { silent } from "@praxis/shared/telemetry";
import { asService } from "@praxis/shared/testing";
import { after, before, describe, it } from "@std/testing/bdd";
import { openWorkflow, type TestWorkflow } from "../testing.ts";
import { definitions } from "./definitions.ts";
import type { Command, Outcome, SagaDetail } from "./model.ts";
import { startRunner } from "./runner.ts";

const organizationId = newId();
const userId = newId();

describe("the platform's sagas", () => {
  let t: TestWorkflow;
  before(async () => {
    t = await openWorkflow({ sagas: definitions });
  });
  after(() => t[Symbol.asyncDispose]());

  /** Runs a saga; calls to a path with one of these ends are refused. */
  async function run(name: string, input: Record<string, unknown>, ...refused: string[]) {
    const asked: Command[] = [];
    const runner = startRunner({
      sql: t.deps.sql,
      ask: (command): Promise<Outcome> => {
        asked.push(command);
        if (refused.some((end) => command.path.endsWith(end))) {
          return Promise.resolve({ kind: "refused", reason: `${command.service} answered 409` });
        }
        const result = command.path.includes("/patients/")
          ? { userIds: [userId] }
          : command.path.startsWith("/internal/tasks/")
          ? { taskIds: [] }
          : null;
        return Promise.resolve({ kind: "done", result });
      },
      definitions,
      now: t.deps.now,
      log: silent,
      isLooking: false,
    });
    try {
      const call = t.as(newId(), organizationId);
      const started = await call("POST", "/api/workflow/sagas", { body: { name, input } });
      equal(started.status, 202, await started.clone().text());
      const { id } = await started.json();
      await runner.drain();
      const saga: SagaDetail = await (await call("GET", `/api/workflow/sagas/${id}`)).json();
      return { saga, asked, paths: asked.map(({ service, path }) => `${service} ${path}`) };
    } finally {
      await runner.stop();
    }
  }

  it("onboard-clinic prepares every service before the owner can enter", async () => {
    const ownerUserIds = [newId()];
    const { saga, asked, paths } = await run("onboard-clinic", { name: "Quay", ownerUserIds });
    equal(saga.state, "completed");
    const clinic = `/internal/organizations/${saga.id}`;
    deepEqual(paths, [
      "identity /internal/organizations",
      `content ${clinic}/prepare`,
      `communication ${clinic}/prepare`,
      `workflow ${clinic}/prepare`,
      `identity ${clinic}/open`,
    ]);
    deepEqual(asked.map(({ body }) => body), [
      { organizationId: saga.id, name: "Quay" },
      {},
      { name: "Quay" },
      {},
      { ownerUserIds, foundedBy: organizationId },
    ]);
  });

  it("onboard-clinic leaves nothing behind when the owner is refused", async () => {
    const input = { name: "Quay", ownerUserIds: [newId()] };
    const { saga, asked, paths } = await run("onboard-clinic", input, "/open");
    equal(saga.state, "compensated");
    const clinic = `/internal/organizations/${saga.id}`;
    deepEqual(paths.slice(5), [
      `workflow ${clinic}/clear`,
      `communication ${clinic}/clear`,
      `content ${clinic}/clear`,
      `identity ${clinic}/close`,
    ]);
    deepEqual(
      asked.slice(5).map(({ body }) => body),
      ["prepare-workflow", "prepare-communication", "prepare-content", "found-clinic"]
        .map((step) => ({ undoOf: `${saga.id}:${step}:forward` })),
    );
  });

  it("offboard-member ends sessions last, and gives all back when nobody takes over", async () => {
    const input = { userId: newId(), successorUserId: newId() };
    const member = `/internal/organizations/${organizationId}/members/${input.userId}`;
    const forward = [
      `identity ${member}/suspend`,
      "content /internal/shares/revoke",
      "communication /internal/members/leave",
      "workflow /internal/tasks/release",
      "workflow /internal/tasks/assign",
    ];
    const good = await run("offboard-member", input);
    equal(good.saga.state, "completed");
    deepEqual(good.paths, [...forward, `identity ${member}/sessions/revoke`]);
    const bad = await run("offboard-member", input, "/assign");
    equal(bad.saga.state, "compensated");
    deepEqual(bad.paths, [
      ...forward,
      "workflow /internal/tasks/restore",
      "communication /internal/members/return",
      "content /internal/shares/restore",
      `identity ${member}/restore`,
    ]);
  });

  it("release-result asks who the patient is, and tells them last", async () => {
    const input = { documentId: newId(), patientId: newId() };
    const { saga, paths, asked } = await run("release-result", input);
    equal(saga.state, "completed");
    const document = `/internal/documents/${input.documentId}`;
    deepEqual(paths, [
      `practice /internal/patients/${input.patientId}/users?organizationId=${organizationId}`,
      `content ${document}/release`,
      "communication /internal/results/tell",
    ]);
    deepEqual((asked[1]!.body as { userIds: string[] }).userIds, [userId]);
    equal((asked[2]!.body as { eventId: string }).eventId, saga.id);
  });

  it("release-result withdraws what nobody could be told of", async () => {
    const input = { documentId: newId(), patientId: newId() };
    const { saga, paths } = await run("release-result", input, "/tell");
    equal(saga.state, "compensated");
    equal(paths.at(-1), `content /internal/documents/${input.documentId}/withdraw`);
    deepEqual(saga.steps.map(({ state }) => state), ["done", "undone", "refused"]);
  });

  it("release-result is a person's when the patient has read what should be withdrawn", async () => {
    const input = { documentId: newId(), patientId: newId() };
    const { saga } = await run("release-result", input, "/tell", "/withdraw");
    equal(saga.state, "stuck");
    equal(saga.reason, "not undone: release-document");
  });

  it("refuses to start without the permission or with input of another shape", async () => {
    const as = (permissions: string[]) =>
      t.service.headersOf({ organizationId, permissions: permissions as never });
    const start = async (headers: Record<string, string>, body: unknown) => {
      const response = await t.app.request("/api/workflow/sagas", {
        method: "POST",
        body: JSON.stringify(body),
        headers: { "content-type": "application/json", ...headers },
      });
      await response.body?.cancel();
      return response.status;
    };
    const leave = { userId: newId(), successorUserId: newId() };
    const offboard = { name: "offboard-member", input: leave };
    equal(await start(as(["workflows:start"]), offboard), 403);
    equal(await start(as(["members:manage"]), offboard), 403);
    const manager = as(["workflows:start", "members:manage"]);
    const himself = { ...leave, successorUserId: leave.userId };
    equal(await start(manager, { name: "offboard-member", input: himself }), 422);
    equal(await start(manager, { name: "offboard-member", input: {} }), 422);
    equal(await start(manager, { name: "close-clinic", input: {} }), 404);
  });

  it("lets runs start only what changes nobody's membership, and no other service anything", async () => {
    const inputs = {
      "hand-over-tasks": { fromUserId: newId(), toUserId: newId() },
      "offboard-member": { userId: newId(), successorUserId: newId() },
      "onboard-clinic": { name: "Quay", ownerUserIds: [newId()] },
      "release-result": { documentId: newId(), patientId: newId() },
    };
    deepEqual(definitions.map(({ name }) => name).toSorted(), Object.keys(inputs));
    const startedBy = async (service: string) => {
      const started: string[] = [];
      for (const [name, input] of Object.entries(inputs)) {
        const response = await t.app.request("/internal/sagas", {
          method: "POST",
          body: JSON.stringify({ name, input, organizationId }),
          headers: {
            ...asService(service),
            "content-type": "application/json",
            "idempotency-key": newId(),
          },
        });
        await response.body?.cancel();
        if (response.status === 202) started.push(name);
        else equal(response.status, 403);
      }
      return started;
    };
    deepEqual(await startedBy("workflow"), ["hand-over-tasks", "release-result"]);
    for (const service of ["practice", "identity", "content", "communication"]) {
      deepEqual(await startedBy(service), []);
    }
  });
});
