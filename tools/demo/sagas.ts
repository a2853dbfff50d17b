/** Tasks change hands: a saga that succeeds, one that fails and is undone, one that is watched. */
import { z } from "zod";
import { type SignedIn, signIn, until } from "../client.ts";
import { expect, type Report, say, table } from "./report.ts";

const Me = z.object({ id: z.string(), fullName: z.string() });
const Task = z.object({ id: z.string(), claimedBy: z.string().nullable() });
const TaskPage = z.object({ items: z.array(Task) });
const Saga = z.object({ id: z.string(), state: z.string(), reason: z.string().nullable() });
const SagaDetail = Saga.extend({
  requestId: z.string(),
  history: z.array(z.object({
    at: z.string(),
    step: z.string().nullable(),
    event: z.string(),
    detail: z.string().nullable(),
  })),
});
const AuditPage = z.object({
  items: z.array(z.object({
    action: z.string(),
    subject: z.object({ id: z.string().nullable() }),
    requestId: z.string().nullable(),
  })),
});

type Someone = { client: SignedIn; id: string; fullName: string };

async function meet(url: string, name: string): Promise<Someone> {
  const client = await signIn(url, `${name}@demo.praxis.test`);
  return { client, ...Me.parse(await client.get("/api/identity/users/me")) };
}

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

async function handOver({ client }: Someone, from: Someone, to: Someone): Promise<string> {
  const input = { fromUserId: from.id, toUserId: to.id };
  const answer = await client.post("/api/workflow/sagas", { name: "hand-over-tasks", input });
  return Saga.parse(answer).id;
}

const ended = (client: SignedIn, id: string) =>
  until("the end of the saga", async () => {
    const saga = SagaDetail.parse(await client.get(`/api/workflow/sagas/${id}`));
    return saga.state === "running" || saga.state === "compensating" ? undefined : saga;
  });

function showTimeline({ history }: z.output<typeof SagaDetail>): void {
  const begin = Date.parse(history[0]?.at ?? "");
  table([
    ["  ms", "step", "", ""],
    ...history.map(({ at, step, event, detail }) => [
      String(Date.parse(at) - begin).padStart(4),
      step ?? "",
      event,
      detail ?? "",
    ]),
  ]);
}

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
    const saga = await ended(owner.client, await handOver(owner, physician, nurse));
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
    const saga = await ended(owner.client, await handOver(owner, nurse, auditor));
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
}
