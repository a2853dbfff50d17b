/** What definitions call of other services: which request it becomes, and who may write it. */
import { deepEqual, equal, match } from "node:assert/strict";
import { newId } from "@praxis/shared/id";
import { after, before, describe, it } from "@std/testing/bdd";
import { stringify } from "yaml";
import type { Command, Outcome } from "../sagas/model.ts";
import { openWorkflow, publishVersion, type TestWorkflow } from "../testing.ts";

const BASE = "/api/workflow";

describe("calls of other services", () => {
  let t: TestWorkflow;
  let asked: { key: string; service: string; path: string; body: unknown }[] = [];
  let answer: (command: Command) => Outcome;
  before(async () => {
    t = await openWorkflow({
      ask: (command, { key }) => {
        const { service, path, body } = command as Command & { path: string; body: unknown };
        asked.push({ key, service, path, body });
        return Promise.resolve(answer(command));
      },
    });
  });
  after(() => t[Symbol.asyncDispose]());

  const sourceOf = (tasks: unknown) =>
    stringify({
      document: { dsl: "1.0.3", namespace: "clinic", name: "calls", version: "1.0.0" },
      evaluate: { language: "cel" },
      do: tasks,
    });

  async function run(tasks: unknown) {
    const [organizationId, authorId] = [newId(), newId()];
    const [call, approver] = [t.as(authorId, organizationId), t.as(newId(), organizationId)];
    const bodyOf = async (response: Promise<Response>) => await (await response).json();
    const nurses = [newId(), newId()].sort();
    await bodyOf(
      call("PUT", `${BASE}/task-pools?name=nurses`, { body: { members: nurses } }),
    );
    const source = sourceOf(tasks);
    const draft = await bodyOf(call("POST", `${BASE}/definitions`, { body: { source } }));
    deepEqual(draft.findings, []);
    const path = `${BASE}/definitions/calls/versions/1`;
    await publishVersion([call, approver], path);
    const input = { patientId: newId(), practitionerId: newId() };
    asked = [];
    const { id } = await bodyOf(call("POST", `${BASE}/runs`, { body: { key: "calls", input } }));
    await t.runner.drain();
    const ended = await bodyOf(call("GET", `${BASE}/runs/${id}`));
    return { organizationId, authorId, nurses, input, id, ended, call };
  }

  const letter = {
    letter: {
      call: "content.createDocument",
      with: {
        title: "Recall",
        text: "${ 'Dear ' + 'patient' }",
        patientId: "${ input.patientId }",
      },
    },
  };
  const visit = {
    visit: {
      call: "practice.bookAppointment",
      with: {
        patientId: "${ input.patientId }",
        practitionerId: "${ input.practitionerId }",
        startsAt: "2026-02-02T09:00:00Z",
        endsAt: "2026-02-02T09:30:00Z",
      },
      metadata: { class: "compensatable", compensate: { call: "practice.cancelBooking" } },
    },
  };
  const tell = {
    tell: {
      call: "communication.sendMessage",
      with: {
        template: "recall",
        patientIds: ["${ input.patientId }"],
        pools: ["nurses"],
        data: { when: "${ visit.startsAt }" },
      },
      metadata: { class: "compensatable", compensate: { call: "communication.stopMessage" } },
    },
  };

  it("file, book and tell, each under the key of its step and for the run's clinic", async () => {
    answer = ({ service }) => ({
      kind: "done",
      result: service === "practice" ? { startsAt: "2026-02-02T09:00:00.000Z" } : {},
    });
    const { organizationId, authorId, nurses, input, id, ended } = await run([letter, visit, tell]);
    equal(ended.status, "completed", ended.reason);
    const [filed, booked, told] = asked;
    deepEqual(filed, {
      key: `${id}:/do/0/letter:1:forward`,
      service: "content",
      path: "/internal/letters",
      body: {
        title: "Recall",
        text: "Dear patient",
        patientId: input.patientId,
        organizationId,
        createdBy: authorId,
      },
    });
    deepEqual([booked!.service, booked!.path], ["practice", "/internal/appointments"]);
    const { recipients, dedupeKey, template, data } = told!.body as Record<string, never>;
    deepEqual(recipients, [
      { id: input.patientId, kind: "patient" },
      ...nurses.map((id) => ({ id, kind: "user" })),
    ]);
    deepEqual([template, dedupeKey], ["recall", told!.key]);
    deepEqual(data, { when: "2026-02-02T09:00:00.000Z" });
  });

  it("are taken back newest first, each by the key of what it takes back", async () => {
    const last = { last: { ...letter.letter } };
    answer = ({ service }) =>
      service === "content"
        ? { kind: "refused", reason: "content answered 409" }
        : { kind: "done", result: { startsAt: "x" } };
    const { id, ended } = await run([visit, tell, last]);
    equal(ended.status, "compensated");
    const undone = asked.slice(-2).map(({ path, body }) => ({ path, body }));
    const [stopped, unbooked] = undone as { path: string; body: Record<string, string> }[];
    equal(stopped!.path, "/internal/messages/cancel");
    deepEqual(stopped!.body.id, `${id}:/do/1/tell:1:forward`.slice(-100));
    deepEqual([unbooked!.path, unbooked!.body.undoOf], [
      "/internal/appointments/undo",
      `${id}:/do/0/visit:1:forward`,
    ]);
  });

  it("put a task in front of people and go on", async () => {
    const { id, ended, call } = await run([{
      later: { call: "clinic.createTask", with: { title: "Scan the letter", due: "P1D" } },
    }]);
    equal(ended.status, "completed");
    const listed = await (await call("GET", `${BASE}/tasks?runId=${id}`)).json();
    const [task] = listed.items;
    deepEqual([task.title, task.state], ["Scan the letter", "open"]);
    const done = await call("POST", `${BASE}/tasks/${task.id}/complete`, { body: {} });
    equal(done.status, 200);
    await t.runner.drain();
    equal((await (await call("GET", `${BASE}/runs/${id}`)).json()).status, "completed");
  });

  it("are written only by who may do the same, undoing included", async () => {
    const organizationId = newId();
    const headers = t.service.headersOf({
      organizationId,
      permissions: ["workflows:author", "notifications:send"],
    });
    const validate = async (tasks: unknown) => {
      const response = await t.app.request(`${BASE}/definitions/validate`, {
        method: "POST",
        body: JSON.stringify({ source: sourceOf(tasks) }),
        headers: { ...headers, "content-type": "application/json" },
      });
      const { findings } = await response.json();
      return findings.map(({ pointer, rule }: { pointer: string; rule: string }) =>
        `${pointer} ${rule}`
      );
    };
    deepEqual(await validate([letter, visit, tell]), [
      "/do/0/letter/call author-rights",
      "/do/1/visit/call author-rights",
      "/do/1/visit/metadata/compensate/call author-rights",
    ]);
    match(
      (await validate([{ x: { call: "communication.sendMessage", with: { template: "a1" } } }]))
        .join(),
      /arguments/,
    );
  });
});
