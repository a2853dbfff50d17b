/** The ocean is cut, and mended; a region dies, and comes back: the other one does not notice. */
import { z } from "zod";
import { until } from "../client.ts";
import { expect, type Report, say, table } from "../demo/report.ts";
import { REGIONS } from "./canaries.ts";
import { call, good, isUnavailable, leaveThings, register, signIn } from "./people.ts";
import type { Resident, Residents } from "./story.ts";
import { abroad, atHome, urlOf, type World } from "./world.ts";

/** Requests that wait for a region that does not answer, while others ask at home. */
const WAITING = 20;
const ANSWERS_PER_PHASE = 200;
const PAUSE_MS = 10;
const PHASE_LIMIT_MS = 120_000;
/** The gateway's own limit for an answer to begin, and some company on the machine. */
const REFUSED_WITHIN_MS = 35_000;
const AUDITED = ["identity", "content", "communication", "workflow", "practice"];

const Verified = z.object({ ok: z.boolean(), checked: z.number() });

type Phase = { name: string; right: number; wrong: string[]; slowestMs: number };

/** Somebody at home who does not stop asking, and knows the right answers. */
function startAsking(world: World, { person, left }: Resident) {
  const phases: Phase[] = [];
  let isOver = false;
  const enter = (name: string) => void phases.push({ name, right: 0, wrong: [], slowestMs: 0 });
  const questions: [path: string, isRight: (text: string) => boolean][] = [
    ["/api/identity/users/me", (text) => text.includes(person.userId)],
    [`/api/content/documents/${left.documentId}/content`, (text) => text === left.content],
    [`/api/practice/patients/${left.patientId}`, (text) => text.includes(left.family)],
    [`/api/workflow/tasks?subjectId=${left.documentId}`, (text) => text.includes(left.documentId)],
    [`/api/communication/messages/${left.messageId}`, (text) => text.includes(left.messageId)],
  ];
  async function askOne(path: string, isRight: (text: string) => boolean): Promise<void> {
    const phase = phases.at(-1)!;
    const startedAt = performance.now();
    try {
      const { status, text } = await atHome(world, person)(path, { token: person.token });
      if (status === 200 && isRight(text)) phase.right++;
      else phase.wrong.push(`${path} answered ${status}`);
    } catch (error) {
      phase.wrong.push(`${path}: ${error}`);
    }
    phase.slowestMs = Math.max(phase.slowestMs, performance.now() - startedAt);
  }
  enter("before");
  const asking = (async () => {
    for (let round = 0; !isOver; round++) {
      await askOne(...questions[round % questions.length]!);
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  })();
  return {
    enter,
    phases,
    /** Resolves when this phase has seen enough answers to speak of it. */
    enough: () =>
      until(
        "answers",
        () => {
          const { right, wrong } = phases.at(-1)!;
          return Promise.resolve(right + wrong.length >= ANSWERS_PER_PHASE || undefined);
        },
        PHASE_LIMIT_MS,
      ),
    async stop() {
      isOver = true;
      await asking;
    },
  };
}

type Asking = ReturnType<typeof startAsking>;

async function cutOcean(report: Report, world: World, { eu, ca }: Residents, asking: Asking[]) {
  say("\nThe ocean is cut: nothing is refused, nothing arrives");
  for (const one of asking) one.enter("cut");
  for (const region of REGIONS) world.oceans[region].cut();
  const ask = abroad(world, ca.traveller.person);
  const me = () => ask("/api/identity/users/me", { token: ca.traveller.person.token });
  await report.step(`${WAITING} of ca's people wait in eu, and are told`, async () => {
    const answers = await Promise.all(Array.from({ length: WAITING }, me));
    expect(answers.every(isUnavailable), answers.map(({ status }) => status).join(" "));
    const slowest = Math.max(...answers.map(({ ms }) => ms));
    expect(slowest < REFUSED_WITHIN_MS, `after ${Math.round(slowest)} ms`);
    return `503 after ${Math.round(slowest)} ms at the latest`;
  });
  await report.step("both regions go on at home", async () => {
    for (const one of asking) await one.enough();
  });
  for (const region of REGIONS) world.oceans[region].mend();
  for (const one of asking) one.enter("mended");
  for (const { person } of [eu.traveller, ca.traveller]) {
    await report.step(`mended, ${person.region}'s traveller is answered again`, async () => {
      let refused = 0;
      await until("an answer from home", async () => {
        const path = "/api/identity/users/me";
        const { status } = await abroad(world, person)(path, { token: person.token });
        if (status !== 200) refused++;
        return status === 200 || undefined;
      });
      return refused === 0 ? "at once" : `after ${refused} refusals`;
    });
  }
}

async function whileDead(report: Report, world: World, { eu, ca }: Residents): Promise<void> {
  await report.step("ca's people are told so in eu", async () => {
    const { token } = ca.traveller.person;
    const times: number[] = [];
    for (let round = 0; round < 5; round++) {
      const answer = await abroad(world, ca.traveller.person)("/api/identity/users/me", { token });
      expect(isUnavailable(answer), `answered ${answer.status}: ${answer.text.slice(0, 200)}`);
      expect(answer.ms < REFUSED_WITHIN_MS, `after ${Math.round(answer.ms)} ms`);
      times.push(answer.ms);
    }
    return `503, Retry-After, after ${times.map((ms) => `${Math.round(ms)} ms`).join(", ")}`;
  });
  await report.step("eu's people find ca's door closed", async () => {
    const startedAt = performance.now();
    const failure = await abroad(world, eu.traveller.person)("/api/identity/users/me")
      .then(({ status }) => `answered ${status}`, () => undefined);
    expect(failure === undefined, failure ?? "");
    return `after ${Math.round(performance.now() - startedAt)} ms`;
  });
  await report.step("eu's traveller works at home meanwhile", async () => {
    const { person } = eu.traveller;
    const { accessToken } = await signIn(urlOf(world, "eu"), person.email, person.password);
    person.token = accessToken;
    person.canaries.push({
      region: "eu",
      what: "signature of an access token",
      text: accessToken.split(".")[2]!,
      travels: true,
    });
    await leaveThings(person, atHome(world, person));
  });
  await report.step(
    "somebody new registers in eu",
    async () => void await register(urlOf(world, "eu"), "eu", { travels: true }),
  );
  await report.step("eu is ready", async () => {
    const { status } = await call(urlOf(world, "eu"), "/ready");
    expect(status === 200, `answered ${status}`);
  });
}

async function comeBack(report: Report, world: World, { eu, ca }: Residents): Promise<void> {
  await report.step("ca comes back from its own disks", async () => {
    const startedAt = performance.now();
    await world.start("ca");
    return `after ${Math.round((performance.now() - startedAt) / 1000)} s`;
  });
  for (const { person, left } of [ca.traveller, eu.traveller]) {
    await report.step(`${person.region}'s traveller reads abroad what they left`, async () => {
      const path = `/api/content/documents/${left.documentId}/content`;
      await until("the document", async () => {
        const { status, text } = await abroad(world, person)(path, { token: person.token });
        return status === 200 && text === left.content || undefined;
      });
    });
  }
  for (const service of AUDITED) {
    await report.step(`ca's audit chain of ${service} verifies`, async () => {
      const { person } = ca.homebody;
      const path = `/api/${service}/audit-events/verify`;
      const answer = atHome(world, person)(path, { token: person.token });
      const { ok, checked } = await good(answer, Verified);
      expect(ok, "it does not");
      return `${checked} events`;
    });
  }
}

export async function dieAndReturn(
  report: Report,
  world: World,
  residents: Residents,
): Promise<void> {
  for (const region of REGIONS) {
    // What follows takes longer than the first tokens last.
    for (const { person } of Object.values(residents[region])) {
      const { accessToken } = await signIn(urlOf(world, region), person.email, person.password);
      person.token = accessToken;
    }
  }
  const atEu = startAsking(world, residents.eu.homebody);
  const atCa = startAsking(world, residents.ca.homebody);
  await atEu.enough();
  await cutOcean(report, world, residents, [atEu, atCa]);
  await atCa.stop();

  say("\nca dies");
  await report.step("every process of it is killed", async () => {
    await atEu.enough();
    atEu.enter("ca dead");
    const killed = await world.regions.get("ca")!.kill(await world.network.processesIn("ca"));
    await until("the last of them", async () => {
      return (await world.network.processesIn("ca")).length === 0 || undefined;
    });
    return `${killed} processes`;
  });
  await whileDead(report, world, residents);
  await atEu.enough();

  say("\nca comes back");
  atEu.enter("ca back");
  await comeBack(report, world, residents);
  await atEu.enough();
  await atEu.stop();

  say("\nWhat those at home noticed");
  const seen = [["eu", atEu], ["ca", atCa]] as const;
  table([
    ["   ", "at", "while", "right", "wrong", "slowest ms"],
    ...seen.flatMap(([region, { phases }]) =>
      phases.map(({ name, right, wrong, slowestMs }) => [
        ...["   ", region, name, `${right}`, `${wrong.length}`, `${Math.round(slowestMs)}`],
      ])
    ),
  ]);
  for (const [region, { phases }] of seen) {
    await report.step(`every answer at home in ${region} was right`, async () => {
      const wrong = phases.flatMap((phase) => phase.wrong);
      expect(wrong.length === 0, `${wrong.length} were not: ${wrong.slice(0, 3).join("; ")}`);
      await Promise.resolve();
    });
  }
}
