/** Tasks through HTTP. */
import { deepEqual, equal } from "node:assert/strict";
import { newId } from "@praxis/shared/id";
import { after, before, describe, it } from "@std/testing/bdd";
import { type Caller, NOON, openWorkflow, type TestWorkflow } from "../testing.ts";
import type { Task } from "./model.ts";

const PATH = "/api/workflow/tasks";

describe("tasks", () => {
  let t: TestWorkflow;
  before(async () => {
    t = await openWorkflow();
  });
  after(() => t[Symbol.asyncDispose]());

  const taskOf = async (response: Response) => {
    equal(response.status, 200);
    const task = await response.json() as Task;
    equal(response.headers.get("etag"), `"${task.version}"`);
    return task;
  };
  const refusalOf = async (response: Response) => {
    equal(response.headers.get("content-type"), "application/problem+json");
    return `${response.status} ${(await response.json()).type}`;
  };
  const auditOf = async (id: string) =>
    (await t.service.owner`
      select action, actor_id from audit_events where subject_id = ${id} order by seq`)
      .map(({ action, actorId }) => [action, actorId]);
  const factsOf = async (id: string) =>
    (await t.service.owner`select event from outbox_events where aggregate = ${id} order by seq`)
      .map(({ event }) => event);

  it("go from open over claimed to completed, each step recorded", async () => {
    const [ada, organizationId, patientId] = [newId(), newId(), newId()];
    const task = await t.openTask({ organizationId, title: "Letter", patientId });
    const { id } = task;
    const call = t.as(ada, organizationId);

    const claimed = await taskOf(await call("POST", `${PATH}/${id}/claim`));
    deepEqual(claimed, { ...task, state: "claimed", claimedBy: ada, version: 2 });
    deepEqual(await taskOf(await call("POST", `${PATH}/${id}/claim`)), claimed);
    const released = await taskOf(await call("POST", `${PATH}/${id}/release`));
    deepEqual(released, { ...task, version: 3 });
    await taskOf(await call("POST", `${PATH}/${id}/claim`));

    const body = { outcome: "filed", comment: "Nothing to do.\nSee the letter." };
    const completed = await taskOf(await call("POST", `${PATH}/${id}/complete`, { body }));
    deepEqual(completed, {
      ...task,
      ...body,
      state: "completed",
      claimedBy: ada,
      completedBy: ada,
      completedAt: NOON.toISOString(),
      version: 5,
    });
    deepEqual(await taskOf(await call("GET", `${PATH}/${id}`)), completed);

    deepEqual(await auditOf(id), [
      ["task.created", "content"],
      ["task.claimed", ada],
      ["task.released", ada],
      ["task.claimed", ada],
      ["task.completed", ada],
      ["task.read", ada],
    ]);
    deepEqual(
      (await factsOf(id)).map(({ source, type, data }) => ({ source, type, data })),
      [{
        source: "/workflow",
        type: "task.created",
        data: {
          taskId: id,
          subject: task.subject,
          patientId,
          candidatePermission: "tasks:work",
          dueAt: "2026-01-08T12:00:00.000Z",
        },
      }, {
        source: "/workflow",
        type: "task.completed",
        data: { taskId: id, subject: task.subject, patientId, completedBy: ada, outcome: "filed" },
      }],
    );
  });

  it("refuse the wrong step, and are left as they were", async () => {
    const organizationId = newId();
    const ada = t.as(newId(), organizationId);
    const ben = t.as(newId(), organizationId);
    const { id } = await t.openTask({ organizationId });
    const body = {};
    const step = async (call: Caller, kind: string) =>
      await refusalOf(
        await call("POST", `${PATH}/${id}/${kind}`, kind === "complete" ? { body } : {}),
      );
    equal(await step(ada, "release"), "409 /problems/task-not-claimed");
    const claimed = await taskOf(await ada("POST", `${PATH}/${id}/claim`));
    for (const kind of ["claim", "release", "complete"]) {
      equal(await step(ben, kind), "409 /problems/task-claimed", kind);
    }
    deepEqual(await taskOf(await ben("GET", `${PATH}/${id}`)), claimed);
    const completed = await taskOf(await ada("POST", `${PATH}/${id}/complete`, { body }));
    for (const kind of ["claim", "release", "complete"]) {
      equal(await step(ada, kind), "409 /problems/task-ended", kind);
    }
    deepEqual(await taskOf(await ben("GET", `${PATH}/${id}`)), completed);
  });

  it("are claimed by one of many who try at once", async () => {
    const organizationId = newId();
    const { id } = await t.openTask({ organizationId });
    const users = Array.from({ length: 12 }, newId);
    const answers = await Promise.all(
      users.map((userId) => t.as(userId, organizationId)("POST", `${PATH}/${id}/claim`)),
    );
    const statuses = answers.map(({ status }) => status);
    deepEqual(statuses.toSorted(), [200, ...Array(11).fill(409)]);
    const winner = users[statuses.indexOf(200)]!;
    const [task] = await t.service.owner`select claimed_by, version from tasks where id = ${id}`;
    deepEqual({ ...task }, { claimedBy: winner, version: 2 });
    deepEqual((await auditOf(id)).slice(1), [["task.claimed", winner]]);
  });

  it("are completed by one of many who try at once, and told of once", async () => {
    const organizationId = newId();
    const { id } = await t.openTask({ organizationId });
    const answers = await Promise.all(
      Array.from(
        { length: 12 },
        () => t.as(newId(), organizationId)("POST", `${PATH}/${id}/complete`, { body: {} }),
      ),
    );
    deepEqual(answers.map(({ status }) => status).toSorted(), [200, ...Array(11).fill(409)]);
    deepEqual((await factsOf(id)).map(({ type }) => type), ["task.created", "task.completed"]);
  });

  it("take a step only in the version that was read, when one is named", async () => {
    const organizationId = newId();
    const call = t.as(newId(), organizationId);
    const { id } = await t.openTask({ organizationId });
    const claim = (ifMatch: string) =>
      call("POST", `${PATH}/${id}/claim`, { headers: { "if-match": ifMatch } });
    for (const stale of ['"0"', '"2"', 'W/"1"', "x"]) {
      equal(await refusalOf(await claim(stale)), "412 /problems/task-changed", stale);
    }
    equal((await taskOf(await claim('"1"'))).version, 2);
    equal(await refusalOf(await claim('"1"')), "412 /problems/task-changed");
    equal((await taskOf(await claim("*"))).version, 2);
  });

  it("are listed newest first, filtered, a page at a time", async () => {
    const [organizationId, ada, patientId] = [newId(), newId(), newId()];
    const call = t.as(ada, organizationId);
    const [one, two, three] = [
      await t.openTask({ organizationId, title: "1", patientId }),
      await t.openTask({ organizationId, title: "2" }),
      await t.openTask({ organizationId, title: "3", patientId }),
    ];
    await taskOf(await call("POST", `${PATH}/${two.id}/claim`));
    await taskOf(await t.as(newId(), organizationId)("POST", `${PATH}/${three.id}/claim`));

    const titlesOf = async (query: string) => {
      const response = await call("GET", `${PATH}?${query}`);
      equal(response.status, 200, query);
      return (await response.json()).items.map(({ title }: Task) => title.at(-1)).join("");
    };
    equal(await titlesOf(""), "321");
    equal(await titlesOf("state=open"), "1");
    equal(await titlesOf("state=claimed"), "32");
    equal(await titlesOf("state=cancelled"), "");
    equal(await titlesOf("mine=true"), "2");
    equal(await titlesOf("mine=false"), "321");
    equal(await titlesOf(`patientId=${patientId}`), "31");
    equal(await titlesOf(`patientId=${patientId}&state=open`), "1");
    equal(await titlesOf(`subjectId=${one.subject.id}`), "1");
    equal(await titlesOf(`subjectId=${newId()}`), "");

    const first = await (await call("GET", `${PATH}?limit=2`)).json();
    equal(await titlesOf(`limit=2&cursor=${first.nextCursor}&patientId=${patientId}`), "1");
    const rows = await t.service.owner`
      select details from audit_events
      where organization_id = ${organizationId} and action = 'task.listed' and actor_id = ${ada}
      order by seq desc limit 2`;
    deepEqual(rows.map(({ details }) => details), [{ patientId, count: 1 }, { count: 2 }]);
  });

  it("of an organization stay in it", async () => {
    const [clinic, rival] = [newId(), newId()];
    const { id, subject } = await t.openTask({ organizationId: clinic });
    const eve = t.as(newId(), rival);
    for (const query of ["", `?subjectId=${subject.id}`, "?mine=true"]) {
      deepEqual((await (await eve("GET", `${PATH}${query}`)).json()).items, []);
    }
    equal(await refusalOf(await eve("GET", `${PATH}/${id}`)), "404 /problems/task-not-found");
    deepEqual(await auditOf(id), [["task.created", "content"]]);
  });

  it("are not read when the reading cannot be recorded", async () => {
    const organizationId = newId();
    const { id } = await t.openTask({ organizationId });
    await t.service.owner`revoke execute on function append_audit_events(jsonb) from praxis_app`;
    try {
      const call = t.as(newId(), organizationId);
      for (const path of [PATH, `${PATH}/${id}`]) {
        const response = await call("GET", path);
        equal(response.status, 500);
        equal((await response.text()).includes("Review"), false);
      }
      const claim = await call("POST", `${PATH}/${id}/claim`);
      equal(claim.status, 500);
      await claim.body?.cancel();
      const [row] = await t.service.owner`select state, version from tasks where id = ${id}`;
      deepEqual({ ...row }, { state: "open", version: 1 });
    } finally {
      await t.service.owner`grant execute on function append_audit_events(jsonb) to praxis_app`;
    }
  });
});
