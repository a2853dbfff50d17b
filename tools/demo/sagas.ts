/** Sagas that succeed, that fail and are undone, and one that is watched as it happens. */
import { z } from "zod";
import { until } from "../client.ts";
import { tellClinicSagas } from "./clinic_sagas.ts";
import { expect, type Report, say } from "./report.ts";
import { meet, sagaEnd, showTimeline, type Someone, startSaga } from "./saga_timeline.ts";

const Task = z.object({ id: z.string(), claimedBy: z.string().nullable() });
const TaskPage = z.object({ items: z.array(Task) });
const AuditPage = z.object({
  items: z.array(z.object({
    action: z.string(),
    subject: z.object({ id: z.string().nullable() }),
    requestId: z.string().nullable(),
  })),
});

/** Files a letter and claims the task that follows from it. */
async function holdTask({ client }: Someone): Promise<string> {
  const text = `Letter of ${new Date().toISOString()}\nPlease look at this.`;
  const bytes = new TextEncoder().encode(text);
  const { id } = await client.upload({ name: "letter.txt", bytes });
  const task = await until("the task about the letter", async () => {
    const { items } = TaskPage.parse(await client.get(`/api/workflow/tasks?subjectId=${id}`));
    return items[0];
  });
  await client.post(`/api/workflow/tasks/${task.id}/claim`, undefined);
  return task.id;
}

const handOver = (owner: Someone, from: Someone, to: Someone): Promise<string> =>
  startSaga(owner, "hand-over-tasks", { fromUserId: from.id, toUserId: to.id });

async function holderOf({ client }: Someone, id: string): Promise<string | null> {
  return Task.parse(await client.get(`/api/workflow/tasks/${id}`)).claimedBy;
}

/** Runs the story at the gateway `url`. Steps are counted by `report`. */
export async function tellSagasStory(report: Report, url: string): Promise<void> {
  say("\nTasks change hands");
  const people = await report.step(
    "owner, physician, nurse and auditor sign in",
    () => Promise.all(["owner", "physician", "nurse", "auditor"].map((name) => meet(url, name))),
  );
  if (!people) return;
  const [owner, physician, nurse, auditor] = people as [Someone, Someone, Someone, Someone];
  const task = await report.step(
    `${physician.fullName} claims the review of a letter`,
    () => holdTask(physician),
  );
  if (!task) return;

  await report.step(`everything of theirs goes to ${nurse.fullName}`, async () => {
    const saga = await sagaEnd(owner.client, await handOver(owner, physician, nurse));
    showTimeline(saga);
    expect(saga.state === "completed", `the saga is ${saga.state}: ${saga.reason}`);
    expect(await holderOf(nurse, task) === nurse.id, "the task is with somebody else");
    const path = `/api/workflow/audit-events?subjectId=${task}&action=task.assigned`;
    const { items } = AuditPage.parse(await auditor.client.get(path));
    expect(
      items[0]?.requestId === saga.requestId,
      "the audit does not name the request that it began with",
    );
  });

  say(`\nThe same, to ${auditor.fullName}, who may not work tasks`);
  await report.step("is refused in its second step, and the first is undone", async () => {
    const saga = await sagaEnd(owner.client, await handOver(owner, nurse, auditor));
    showTimeline(saga);
    expect(saga.state === "compensated", `the saga is ${saga.state}: ${saga.reason}`);
    expect(await holderOf(nurse, task) === nurse.id, "the task was not given back");
  });

  await report.step("and back again, watched as it happens", async () => {
    const id = await handOver(owner, nurse, physician);
    const response = await owner.client.request(`/api/workflow/sagas/${id}/progress`);
    const events = [...(await response.text()).matchAll(/^event: (\w+)$/gm)].map(([, one]) => one);
    expect(events.at(-1) === "state", "the stream does not end with the saga's state");
    return `${events.length - 1} events`;
  });

  await report.step("an operator sees what waits and what was given up", async () => {
    const Operations = z.object({
      queues: z.array(z.unknown()),
      deadJobs: z.array(z.unknown()),
      deadEvents: z.array(z.unknown()),
    });
    const seen = Operations.parse(await owner.client.get("/api/workflow/jobs"));
    return `${seen.deadJobs.length} dead jobs, ${seen.deadEvents.length} dead events`;
  });

  await tellClinicSagas(report, url, [owner, physician, auditor]);
}
