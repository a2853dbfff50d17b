/**
 * Half of what two gateways can do, for minutes, while services are killed, sessions end and signing
 * keys change, the last time in an emergency: no answer may be wrong, and memory stays flat.
 */
import type { startPlatform } from "@praxis/local/platform";
import { findFreePort } from "@praxis/local/ports";
import { giveUp, rotate } from "./key_changes.ts";
import { residentMiB, spreadOf } from "./measure.ts";
import { say } from "./report.ts";
import { answers, start } from "./rivals.ts";
import {
  createJudge,
  READS,
  REFUSED_WITHIN_MS,
  type ServiceName,
  type Session,
  signIn,
  signOut,
  statusOf,
} from "./soak_calls.ts";

type Platform = Awaited<ReturnType<typeof startPlatform>>;

const WORKERS = 16;
/** The first half minute says how much the maximum is. */
const MEASURING_MS = 30_000;
const KILL_EVERY_MS = 12_000;
const REVOKE_EVERY_MS = 4_000;
const WRITE_EVERY_MS = 1_000;
const SAMPLE_EVERY_MS = 5_000;
/** Tokens live for ten minutes. */
const TOKEN_MS = 240_000;
/** Parts of the whole: keys rotate, one is given up, and memory has settled (of ten minutes, 2). */
const ROTATE_AT = [0.15, 0.35];
const EMERGENCY_AT = 0.5;
const WARM_AT = 0.2;
/** Over so much of the time memory is averaged. */
const WINDOW = 0.1;
/** What one sample differs from the next is less. */
const GROWTH_MAX = 1.1;

const VICTIMS: readonly ServiceName[] = ["content", "communication", "workflow", "practice"];
const EMAILS = ["physician@demo.praxis.test", "physician@rival.praxis.test"];
const gatewayProgram = new URL("../services/gateway/main.ts", import.meta.url).pathname;

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, Math.max(0, ms)));

export async function soak(platform: Platform, minutes: number): Promise<void> {
  const port = findFreePort();
  const env = { ...platform.env("gateway"), PORT: `${port}`, ADMIN_PORT: `${findFreePort()}` };
  const another = start(Deno.execPath(), ["run", "-A", "--no-check", gatewayProgram], env);
  try {
    const url = `http://127.0.0.1:${port}`;
    await answers(url);
    while ((await fetch(`${url}/ready`)).status !== 200) await pause(100);
    const first = platform.processes().find(({ name }) => name === "gateway")!.pid;
    await run(platform, minutes * 60_000, [
      { url: platform.url, pid: first },
      { url, pid: another.pid },
    ]);
  } finally {
    await another.stop();
  }
}

type Gateway = { url: string; pid: number };

async function run(platform: Platform, lastsMs: number, gateways: Gateway[]): Promise<void> {
  const judge = createJudge();
  const startedAt = performance.now();
  const goesOn = () => performance.now() - startedAt < lastsMs;
  const untilPart = (part: number) => pause(lastsMs * part - (performance.now() - startedAt));
  const names = Object.keys(READS) as ServiceName[];
  const sessions = new Map<string, Session & { takenAt: number }>();
  const keys = new Set<string>();
  const slowest = { revoked: 0, givenUp: 0, signedIn: 0 };
  const done = { kills: 0, revocations: 0, writes: 0 };
  let emergencies = 0;

  /** Signs in until what comes of it is believed at every gateway. */
  async function renew(email: string): Promise<void> {
    for (;;) {
      const session = await signIn(gateways[0]!.url, email);
      keys.add(session.kid);
      const all = await Promise.all(gateways.map(({ url }) => statusOf(url, session)));
      if (all.every((status) => status === 200)) {
        sessions.set(email, { ...session, takenAt: performance.now() });
        return;
      }
      if (!judge.givenUp.has(session.kid)) judge.wrong.push(`a new session got ${all}`);
      await pause(250);
    }
  }

  /** One after another: each gateway, each service, each person in turn. */
  let turn = 0;
  async function readOne(): Promise<void> {
    const at = turn++;
    const email = EMAILS[Math.floor(at / 2) % 2]!;
    const { url } = gateways[at % 2]!;
    await judge.read(url, names[at % names.length]!, sessions.get(email)!, email);
  }

  async function measureMaximum(): Promise<number> {
    const endsAt = performance.now() + Math.min(MEASURING_MS, lastsMs / 4);
    const [from, before] = [performance.now(), turn];
    await Promise.all(Array.from({ length: WORKERS }, async () => {
      while (performance.now() < endsAt) await readOne();
    }));
    return (turn - before) / (performance.now() - from) * 1000;
  }

  async function work(perSecond: number): Promise<void> {
    const everyMs = WORKERS / perSecond * 1000;
    let due = performance.now() + Math.random() * everyMs;
    while (goesOn()) {
      await pause(due - performance.now());
      await readOne();
      // What came too late is not made up for: the load is what was said, or less.
      due = Math.max(performance.now(), due + everyMs);
    }
  }

  async function write(): Promise<void> {
    for (let i = 0; goesOn(); i++) {
      await judge.write(gateways[i % 2]!.url, sessions.get(EMAILS[0]!)!);
      done.writes++;
      await pause(WRITE_EVERY_MS);
    }
  }

  async function disturb(): Promise<void> {
    for (let i = 0; goesOn(); i++) {
      await pause(KILL_EVERY_MS);
      const name = VICTIMS[i % VICTIMS.length]!;
      const isUp = async () => {
        const { accessToken } = sessions.get(EMAILS[0]!)!;
        const headers = { authorization: `Bearer ${accessToken}` };
        const all = await Promise.all(gateways.map(async ({ url }) => {
          const answer = await fetch(url + READS[name], { headers });
          await answer.body?.cancel();
          return answer.status;
        }));
        return all.every((status) => status === 200);
      };
      judge.disturbed.add(name);
      await platform.kill(name);
      await pause(1_000);
      await platform.restart(name);
      while (!await isUp()) await pause(100);
      // The breaker may still try: what was refused before belongs to the disturbance.
      await pause(1_000);
      judge.disturbed.delete(name);
      done.kills++;
    }
  }

  /** How long it is let in at the gateway that learns of it last, in ms. */
  async function untilRefused(session: Session): Promise<number> {
    const endedAt = performance.now();
    await Promise.all(gateways.map(async ({ url }) => {
      while (await statusOf(url, session) === 200) await pause(10);
    }));
    return performance.now() - endedAt;
  }

  async function revoke(): Promise<void> {
    while (goesOn()) {
      await pause(REVOKE_EVERY_MS);
      for (const [email, { takenAt }] of sessions) {
        if (performance.now() - takenAt > TOKEN_MS) await renew(email);
      }
      const { url } = gateways[done.revocations % 2]!;
      const session = await signIn(url, EMAILS[0]!);
      keys.add(session.kid);
      if (judge.givenUp.has(session.kid)) continue;
      if (await statusOf(url, session) !== 200) judge.wrong.push("a new session is refused");
      const status = await signOut(url, session);
      if (status !== 204) judge.wrong.push(`a sign-out answered ${status}`);
      const tookMs = await untilRefused(session);
      if (tookMs > REFUSED_WITHIN_MS) judge.wrong.push(`revoked after ${Math.round(tookMs)} ms`);
      slowest.revoked = Math.max(slowest.revoked, tookMs);
      done.revocations++;
    }
  }

  async function changeKeys(): Promise<void> {
    for (const part of ROTATE_AT) {
      await untilPart(part);
      await rotate(platform);
    }
    await untilPart(EMERGENCY_AT);
    // What signs now, so that everybody's next sign-in needs another.
    await renew(EMAILS[0]!);
    const old = sessions.get(EMAILS[0]!)!;
    // It may be refused from somewhere within this call on, and must be after it.
    judge.givenUp.set(old.kid, Infinity);
    await giveUp(platform, old.kid);
    const from = performance.now();
    judge.givenUp.set(old.kid, from);
    emergencies++;
    slowest.givenUp = await untilRefused(old);
    if (slowest.givenUp > REFUSED_WITHIN_MS) judge.wrong.push("a key given up is still believed");
    for (const email of EMAILS) await renew(email);
    slowest.signedIn = performance.now() - from;
  }

  const samples: { atMs: number; mib: number[] }[] = [];
  async function watch(): Promise<void> {
    while (goesOn()) {
      const mib = await Promise.all(gateways.map(({ pid }) => residentMiB(pid)));
      samples.push({ atMs: performance.now() - startedAt, mib });
      await pause(SAMPLE_EVERY_MS);
    }
  }
  const memoryFrom = (part: number, which: number) =>
    spreadOf(
      samples.filter(({ atMs }) => atMs >= part * lastsMs && atMs <= (part + WINDOW) * lastsMs)
        .map(({ mib }) => mib[which]!),
    ).median;

  for (const email of EMAILS) await renew(email);
  const watching = watch();
  const maximum = await measureMaximum();
  say(`at most ${maximum.toFixed(0)} answers/s through ${gateways.length} gateways; half from now`);
  const [from, before] = [performance.now(), turn];
  const perSecond = maximum / 2;
  await Promise.all([
    ...Array.from({ length: WORKERS }, () => work(perSecond)),
    ...[write(), disturb(), revoke(), changeKeys(), watching],
  ]);
  const { counts, wrong } = judge;
  const rate = (turn - before) / (performance.now() - from) * 1000;
  say(
    `${lastsMs / 60_000} min, after the first part ${rate.toFixed(0)} reads/s and a write each s`,
  );
  say(`${counts.right} right; ${done.writes} were writes`);
  say(`${counts.unavailable} unavailable while their service was dead (${done.kills} kills)`);
  say(
    `${done.revocations} sessions ended, the last refused ${slowest.revoked.toFixed(0)} ms after`,
  );
  say(
    `${keys.size} keys signed (${ROTATE_AT.length} rotations, ${emergencies} emergency); the one ` +
      `given up refused after ${slowest.givenUp.toFixed(0)} ms (${counts.givenUp} answers), new ` +
      `sessions good ${(slowest.signedIn / 1000).toFixed(1)} s after`,
  );
  for (const [which] of gateways.entries()) {
    const [warm, end] = [memoryFrom(WARM_AT, which), memoryFrom(1 - WINDOW, which)];
    say(
      `gateway ${which + 1}: ${warm.toFixed(0)} MiB resident when warm, ${end.toFixed(0)} at the ` +
        `end, ratio ${(end / warm).toFixed(2)}: ${end / warm <= GROWTH_MAX ? "flat" : "grew"}`,
    );
  }
  say(`${wrong.length} wrong answers`);
  for (const [text, list] of Map.groupBy(wrong, (one) => one)) say(`  ${list.length} × ${text}`);
}
