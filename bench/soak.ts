/** Load through the gateway while services are killed and sessions end: no answer may be wrong. */
import type { startPlatform } from "@praxis/local/platform";
import { DEMO_PASSWORD, signIn } from "@praxis/tools/client";
import { residentMiB } from "./measure.ts";
import { say } from "./report.ts";

type Platform = Awaited<ReturnType<typeof startPlatform>>;

const WORKERS = 8;
const PAUSE_MS = 40;
const KILL_EVERY_MS = 12_000;
const REVOKE_EVERY_MS = 4_000;
/** A session that ended is refused from here on. */
const REVOKED_WITHIN_MS = 1_000;
/** Tokens live for ten minutes. */
const TOKEN_MS = 240_000;
const EMAIL = "physician@demo.praxis.test";

const PATHS = {
  content: "/api/content/documents?limit=1",
  communication: "/api/communication/notifications?limit=1",
  workflow: "/api/workflow/tasks?limit=1",
  practice: "/api/practice/patients?q=a",
  identity: "/api/identity/users/me",
};
type Name = keyof typeof PATHS;
const VICTIMS: readonly Name[] = ["content", "communication", "workflow", "practice"];

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** How long a session that ends is still let in is measured from the answer to its sign-out. */
export async function soak(platform: Platform, minutes: number): Promise<void> {
  const endsAt = performance.now() + minutes * 60_000;
  const goesOn = () => performance.now() < endsAt;
  const gateway = () => platform.processes().find(({ name }) => name === "gateway")!.pid;
  const disturbed = new Set<Name>();
  const wrong: string[] = [];
  const counts = { right: 0, unavailable: 0, revoked: 0, kills: 0 };
  let slowestMs = 0;
  let token = (await signIn(platform.url, EMAIL)).accessToken;
  let takenAt = performance.now();

  async function statusOf(path: string, bearer: string): Promise<number> {
    const headers = { authorization: `Bearer ${bearer}` };
    const answer = await fetch(platform.url + path, { headers });
    await answer.body?.cancel();
    return answer.status;
  }

  async function work(): Promise<void> {
    const names = Object.keys(PATHS) as Name[];
    for (let i = 0; goesOn(); i++) {
      const name = names[i % names.length]!;
      const wasDisturbed = disturbed.has(name);
      const status = await statusOf(PATHS[name], token);
      if (status === 200) counts.right++;
      else if (status === 503 && (wasDisturbed || disturbed.has(name))) counts.unavailable++;
      else wrong.push(`${name} answered ${status}`);
      await pause(PAUSE_MS);
    }
  }

  async function disturb(): Promise<void> {
    for (let i = 0; goesOn(); i++) {
      await pause(KILL_EVERY_MS);
      const name = VICTIMS[i % VICTIMS.length]!;
      disturbed.add(name);
      await platform.kill(name);
      await pause(1_000);
      await platform.restart(name);
      while (await statusOf(PATHS[name], token) !== 200) await pause(100);
      // The breaker may still try: what was refused before belongs to the disturbance.
      await pause(1_000);
      disturbed.delete(name);
      counts.kills++;
    }
  }

  async function revoke(): Promise<void> {
    while (goesOn()) {
      await pause(REVOKE_EVERY_MS);
      if (performance.now() - takenAt > TOKEN_MS) {
        token = (await signIn(platform.url, EMAIL)).accessToken;
        takenAt = performance.now();
      }
      const tokens = await login(platform.url);
      if (await statusOf(PATHS.identity, tokens.accessToken) !== 200) wrong.push("new session");
      const out = await fetch(`${platform.url}/auth/logout`, {
        method: "POST",
        headers: {
          "content-type": "application/json",
          authorization: `Bearer ${tokens.accessToken}`,
        },
        body: JSON.stringify({ refreshToken: tokens.refreshToken }),
      });
      await out.body?.cancel();
      if (out.status !== 204) wrong.push(`sign-out answered ${out.status}`);
      const endedAt = performance.now();
      while (await statusOf(PATHS.identity, tokens.accessToken) === 200) await pause(10);
      const tookMs = performance.now() - endedAt;
      slowestMs = Math.max(slowestMs, tookMs);
      if (tookMs > REVOKED_WITHIN_MS) wrong.push(`revoked after ${Math.round(tookMs)} ms`);
      counts.revoked++;
    }
  }

  async function watch(): Promise<void> {
    while (goesOn()) {
      say(`gateway: ${(await residentMiB(gateway())).toFixed(0)} MiB resident`);
      await pause(30_000);
    }
  }

  await Promise.all([...Array.from({ length: WORKERS }, work), disturb(), revoke(), watch()]);
  say(`gateway: ${(await residentMiB(gateway())).toFixed(0)} MiB resident at the end`);
  say(
    `${minutes} min: ${counts.right} right, ${counts.unavailable} unavailable while their service ` +
      `was dead (${counts.kills} kills), ${counts.revoked} sessions ended, the slowest to be ` +
      `refused ${slowestMs.toFixed(0)} ms after`,
  );
  say(
    `${wrong.length} wrong answers${wrong.length > 0 ? `: ${wrong.slice(0, 10).join("; ")}` : ""}`,
  );
}

async function login(url: string): Promise<{ accessToken: string; refreshToken: string }> {
  const answer = await fetch(`${url}/auth/login`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ email: EMAIL, password: DEMO_PASSWORD, client: "api" }),
  });
  return await answer.json();
}
