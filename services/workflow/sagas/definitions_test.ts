/** The platform's own sagas, on the routes that they call: done, undone, and told twice. */
import { deepEqual, equal } from "node:assert/strict";
import { newId } from "@praxis/shared/id";
import { asService } from "@praxis/shared/testing";
import { silent } from "@praxis/shared/telemetry";
import { after, before, describe, it } from "@std/testing/bdd";
import { createAsk } from "../clients/participants.ts";
import { openWorkflow, type TestWorkflow } from "../testing.ts";
import { definitions } from "./definitions.ts";
import { keyOf, type SagaDetail } from "./model.ts";
import { type Runner, startRunner } from "./runner.ts";

const [ada, grace, outsider] = [newId(), newId(), newId()];

describe("hand-over-tasks", () => {
  let t: TestWorkflow;
  let runner: Runner;
  let server: Deno.HttpServer<Deno.NetAddr>;
  before(async () => {
    t = await openWorkflow({ sagas: definitions, workers: [ada, grace] });
    server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, t.app.fetch);
    runner = startRunner({
      sql: t.deps.sql,
      ask: createAsk({
        discover: () => `http://127.0.0.1:${server.addr.port}`,
        serviceToken: () => Promise.resolve("service-workflow"),
      }),
      definitions,
      now: t.deps.now,
      log: silent,
      isLooking: false,
    });
  });
  after(async () => {
    await runner.stop();
    await server.shutdown();
    await t[Symbol.asyncDispose]();
  });

  async function claimedBy(userId: string, organizationId: string): Promise<string> {
    const { id } = await t.openTask({ organizationId });
    await t.as(userId, organizationId)("POST", `/api/workflow/tasks/${id}/claim`);
    return id;
  }
  async function handOver(organizationId: string, toUserId: string): Promise<SagaDetail> {
    const call = t.as(newId(), organizationId);
    const body = { name: "hand-over-tasks", input: { fromUserId: ada, toUserId } };
    const { id } = await (await call("POST", "/api/workflow/sagas", { body })).json();
    await runner.drain();
    return await (await call("GET", `/api/workflow/sagas/${id}`)).json();
  }
  const holderOf = async (id: string) =>
    (await t.service.owner`select claimed_by from tasks where id = ${id}`)[0]!.claimedBy;

  it("gives everything that one has claimed to the other, and nothing else", async () => {
    const organizationId = newId();
    const ids = [await claimedBy(ada, organizationId), await claimedBy(ada, organizationId)];
    const others = await claimedBy(outsider, organizationId);
    const elsewhere = await claimedBy(ada, newId());
    const saga = await handOver(organizationId, grace);
    equal(saga.state, "completed", saga.reason ?? "");
    deepEqual(await Promise.all(ids.map(holderOf)), [grace, grace]);
    deepEqual([await holderOf(others), await holderOf(elsewhere)], [outsider, ada]);
    const actions = await t.service.owner`
      select action, actor_id, request_id from audit_events where subject_id = ${ids[0]!}
      order by seq offset 2`;
    deepEqual(actions.map((row) => ({ ...row })), [
      { action: "task.released", actorId: "workflow", requestId: saga.requestId },
      { action: "task.assigned", actorId: "workflow", requestId: saga.requestId },
    ]);
  });

  it("moves nothing when the other may not work tasks", async () => {
    const organizationId = newId();
    const id = await claimedBy(ada, organizationId);
    const saga = await handOver(organizationId, outsider);
    equal(saga.state, "compensated");
    equal(
      saga.reason,
      "assign-tasks: workflow answered 409: This member may not work tasks",
    );
    equal(await holderOf(id), ada);
  });

  const order = (path: string, key: string, body: unknown, from = "workflow") =>
    t.app.request(`/internal/tasks/${path}`, {
      method: "POST",
      body: JSON.stringify(body),
      headers: {
        ...asService(from),
        "content-type": "application/json",
        "idempotency-key": key,
      },
    });
  const moved = async (...told: Parameters<typeof order>) => {
    const response = await order(...told);
    equal(response.status, 200);
    return (await response.json()).taskIds as string[];
  };
  const restored = async (...told: [key: string, body: unknown]) =>
    equal((await order("restore", ...told)).status, 204);
  const releaseKey = () => keyOf(newId(), "release-tasks", "forward");

  it("answers a release that is told twice as the first time, and gives back just that", async () => {
    const organizationId = newId();
    const member = { organizationId, userId: ada };
    const id = await claimedBy(ada, organizationId);
    const key = releaseKey();
    deepEqual(await moved("release", key, member), [id]);
    const later = await claimedBy(ada, organizationId);
    deepEqual(await moved("release", key, member), [id]);
    equal(await holderOf(later), ada);
    await restored(newId(), { ...member, undoOf: key });
    equal(await holderOf(id), ada);
    await t.as(ada, organizationId)("POST", `/api/workflow/tasks/${id}/release`);
    await restored(newId(), { ...member, undoOf: key });
    equal(await holderOf(id), null, "it was given back once already");
  });

  it("lets a release do nothing that arrives after it was undone", async () => {
    const organizationId = newId();
    const member = { organizationId, userId: ada };
    const id = await claimedBy(ada, organizationId);
    const key = releaseKey();
    await restored(newId(), { ...member, undoOf: key });
    deepEqual(await moved("release", key, member), []);
    equal(await holderOf(id), ada);
  });

  it("answers what was assigned as it was, also when the member may work no more tasks", async () => {
    const organizationId = newId();
    const id = await claimedBy(ada, organizationId);
    await moved("release", releaseKey(), { organizationId, userId: ada });
    const assigning = { organizationId, userId: grace, taskIds: [id] };
    const key = newId();
    deepEqual(await moved("assign", key, assigning), [id]);
    const { identity } = t.deps;
    t.deps.identity = { listMembers: () => Promise.resolve([]) };
    try {
      deepEqual(await moved("assign", key, assigning), [id]);
      equal((await order("assign", newId(), assigning)).status, 409);
    } finally {
      t.deps.identity = identity;
    }
  });

  it("takes orders of workflow alone", async () => {
    const organizationId = newId();
    const member = { organizationId, userId: ada };
    const id = await claimedBy(ada, organizationId);
    const bodies = {
      release: member,
      restore: { ...member, undoOf: newId() },
      assign: { ...member, taskIds: [id] },
    };
    for (const [path, body] of Object.entries(bodies)) {
      const refused = await order(path, newId(), body, "practice");
      equal(`${refused.status} ${(await refused.json()).type}`, "403 /problems/not-permitted");
    }
    equal(await holderOf(id), ada);
  });
});
