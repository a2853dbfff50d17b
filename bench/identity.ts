/** What signing in costs: beside its one hash, beside better-auth, in memory, and to the others. */
import type { Platform } from "@praxis/local/platform";
import postgres from "postgres";
import { cpuSeconds, measure, residentMiB, type Result, spreadOf } from "./measure.ts";
import { report, say } from "./report.ts";

const PASSWORD = "harbour-lantern-copper-42";
const ROUNDS = 5;
const ROUND_SECONDS = 3;
/** As many as hash at once; more would only wait. */
const PARALLEL = 2;
/** Of each, before anything is measured: compilers take a few hundred calls to settle. */
const WARM_UP = 400;
const HASHES_AT_ONCE = 16;
/** Wrong guesses are counted per account: enough accounts that none reaches its limit. */
const USERS = 120;
const TIMING_SAMPLES = 200;
const FLOOD = 500;
const FLOODS = 3;
const LOGINS = 20_000;
/** How often memory is looked at in a quarter of them. */
const LOOKS = 20;
const PEER_SCHEMA = "better_auth_bench";
const PEER_PORT_STEP = 90;

const round = (value: number) => value >= 100 ? value.toFixed(0) : value.toPrecision(3);
const percentile = (values: number[], part: number) =>
  values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * part))]!;

type Json = Record<string, unknown>;
type Session = { refreshToken: string };

async function post(url: string, body: Json, headers: Record<string, string> = {}) {
  const response = await fetch(url, {
    method: "POST",
    body: JSON.stringify(body),
    headers: { "content-type": "application/json", ...headers },
  });
  return { status: response.status, headers: response.headers, text: await response.text() };
}

const emailOf = (n: number) => `bench-${n % USERS}@bench.praxis.test`;

/** People of one clinic who share a password, so that only one hash has to be made. */
async function addPeople(sql: postgres.Sql): Promise<void> {
  await sql.unsafe(`
    with people as (
      insert into users (id, email, full_name, created_at)
      select gen_random_uuid(), 'bench-' || n || '@bench.praxis.test', 'Bench ' || n, now()
      from generate_series(0, ${USERS - 1}) as n returning id
    ), hashed as (
      insert into credentials (user_id, password_hash, updated_at)
      select people.id, c.password_hash, now()
      from people, credentials c join users u on u.id = c.user_id
      where u.email = 'nurse@demo.praxis.test' returning user_id
    )
    insert into memberships (id, organization_id, user_id, role, started_at)
    select gen_random_uuid(), m.organization_id, hashed.user_id, 'nurse', now()
    from hashed, memberships m join users u on u.id = m.user_id
    where u.email = 'nurse@demo.praxis.test'`);
}

type Child = { pid: number; stop(): Promise<void> };

function startChild(script: string, args: string[]) {
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-prompt", new URL(script, import.meta.url).href, ...args],
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
}

/** Argon2id alone, at the same parallelism. */
async function startHashes(): Promise<Child & { hash(count: number): Promise<void> }> {
  const child = startChild("./identity_hash.ts", [PASSWORD, String(PARALLEL)]);
  const writer = child.stdin.getWriter();
  const reader = child.stdout.getReader();
  let turn: Promise<unknown> = Promise.resolve();
  const hash = async (count: number) => {
    // One line at a time: two might be read as one.
    turn = turn.then(async () => {
      await writer.write(new TextEncoder().encode(`${count}\n`));
      await reader.read();
    });
    await turn;
  };
  await hash(1);
  return {
    pid: child.pid,
    hash,
    async stop() {
      await writer.close();
      await child.status;
      await reader.cancel();
    },
  };
}

async function startPeer(databaseUrl: string, port: number): Promise<Child & { url: string }> {
  const child = startChild("./identity_peer.ts", [databaseUrl, String(port), PEER_SCHEMA]);
  const url = `http://127.0.0.1:${port}/api/auth`;
  const isUp = () => fetch(`${url}/ok`).then((r) => r.body?.cancel(), () => false);
  while (await isUp() === false) await new Promise((resolve) => setTimeout(resolve, 100));
  return {
    pid: child.pid,
    url,
    async stop() {
      child.kill("SIGTERM");
      await child.status;
      await child.stdin.close().catch(() => {});
      await child.stdout.cancel();
    },
  };
}

/** Takes turns among sessions, so that no two exchange one token at once. */
function refresher(url: string, sessions: Session[]) {
  return async () => {
    const session = sessions.shift()!;
    const { status, text } = await post(`${url}/auth/refresh`, session);
    if (status !== 200) throw new Error(`a refresh answered ${status}`);
    sessions.push({ refreshToken: JSON.parse(text).refreshToken });
  };
}

const loginTo = (url: string, email: string, password = PASSWORD, address = "192.0.2.1") =>
  post(`${url}/auth/login`, { email, password, client: "api" }, { "x-forwarded-for": address });

async function expectLogin(url: string, n: number): Promise<string> {
  const { status, text } = await loginTo(url, emailOf(n));
  if (status !== 200) throw new Error(`a sign-in answered ${status}: ${text}`);
  return text;
}

/** One run of everything that is divided by each other. */
async function ratios(url: string, pid: number, peer: Child & { url: string }, database: number) {
  const hashes = await startHashes();
  let n = 0;
  for (; n < WARM_UP; n++) await expectLogin(url, n);
  const sessions: Session[] = [];
  for (let at = 0; at < 2 * PARALLEL; at++) {
    const { refreshToken } = JSON.parse(await expectLogin(url, at));
    sessions.push({ refreshToken });
  }
  const origin = new URL(peer.url).origin;
  const peerPost = (path: string, body: Json) => post(peer.url + path, body, { origin });
  const cookies: string[] = [];
  for (let at = 0; at < 2 * PARALLEL; at++) {
    const body = { name: "Bench", email: `peer-${at}@bench.example`, password: PASSWORD };
    const made = await peerPost("/sign-up/email", body);
    if (made.status !== 200) throw new Error(`better-auth answered ${made.status}: ${made.text}`);
    cookies.push(made.headers.get("set-cookie")!.split(";")[0]!);
  }
  for (let at = 0; at < WARM_UP; at++) {
    await peerPost("/sign-in/email", { email: "peer-0@bench.example", password: PASSWORD });
  }
  const results = await measure([
    { name: "argon2id alone", pids: [hashes.pid], run: () => hashes.hash(HASHES_AT_ONCE) },
    { name: "login", pids: [pid], run: async () => void await expectLogin(url, n++) },
    {
      name: "login, better-auth",
      pids: [peer.pid],
      async run() {
        const email = `peer-${n++ % cookies.length}@bench.example`;
        const { status } = await peerPost("/sign-in/email", { email, password: PASSWORD });
        if (status !== 200) throw new Error(`better-auth answered ${status}`);
      },
    },
    { name: "refresh", pids: [pid], run: refresher(url, sessions) },
    {
      name: "refresh, better-auth",
      pids: [peer.pid],
      async run() {
        const cookie = cookies.shift()!;
        cookies.push(cookie);
        const response = await fetch(`${peer.url}/get-session`, { headers: { cookie } });
        await response.text();
        if (!response.headers.has("set-auth-jwt")) throw new Error("better-auth gave no token");
      },
    },
    {
      name: "login with its Postgres",
      pids: [pid, database],
      run: async () => void await expectLogin(url, n++),
    },
  ], { rounds: ROUNDS, seconds: ROUND_SECONDS, parallel: PARALLEL });
  await hashes.stop();
  const perHash = results.map((result): Result =>
    result.name !== "argon2id alone" ? result : {
      ...result,
      rounds: result.rounds.map(({ perSecond, cpuMicros }) => ({
        perSecond: perSecond * HASHES_AT_ONCE,
        cpuMicros: cpuMicros / HASHES_AT_ONCE,
      })),
    }
  );
  report("Signing in", perHash, [
    ["login", "argon2id alone"],
    ["login", "login, better-auth"],
    ["refresh", "refresh, better-auth"],
  ]);
}

/** From identity's own metrics, so that nothing is counted that was not really hashed. */
async function hashesSoFar(adminPort: string): Promise<number> {
  const text = await (await fetch(`http://127.0.0.1:${adminPort}/metrics`)).text();
  return Number(text.match(/^password_hashes_total\{[^}]*\} (\d+)/m)?.[1]);
}

/** Whether time or work tells which accounts exist. */
async function enumeration(url: string, pid: number, adminPort: string): Promise<void> {
  const kinds = {
    "wrong password": emailOf,
    "unknown user": (n: number) => `nobody-${n}@bench.praxis.test`,
  };
  const seen = Object.fromEntries(
    Object.keys(kinds).map((kind) => [kind, {
      times: [] as number[],
      hashes: 0,
      cpu: 0,
    }]),
  );
  for (let n = 0; n < TIMING_SAMPLES; n++) {
    for (const [kind, email] of Object.entries(kinds)) {
      const [hashes, cpu] = [await hashesSoFar(adminPort), await cpuSeconds(pid)];
      const startedAt = performance.now();
      const address = `198.51.100.${n}`;
      const { status } = await loginTo(url, email(n), "not-the-password-of-anybody", address);
      seen[kind]!.times.push(performance.now() - startedAt);
      if (status !== 401) throw new Error(`${kind} answered ${status}`);
      seen[kind]!.hashes += await hashesSoFar(adminPort) - hashes;
      seen[kind]!.cpu += await cpuSeconds(pid) - cpu;
    }
  }
  say(`\nWho exists? ${TIMING_SAMPLES} refusals of each kind, in turn`);
  for (const [kind, { times, hashes, cpu }] of Object.entries(seen)) {
    const each = round(cpu / TIMING_SAMPLES * 1000);
    say(
      `${kind}: ${hashes} argon2 calls, median ${round(spreadOf(times).median)} ms, CPU ${each} ms`,
    );
  }
  const [wrong, unknown] = Object.values(seen).map(({ times }) => spreadOf(times).median);
  say(`medians, unknown ÷ wrong: ${round(unknown! / wrong!)}`);
}

/** Sign-ins by the hundred, while others want to know whether identity lives and who may do what. */
async function flood(url: string, token: string, userId: string): Promise<void> {
  const quick: Record<string, number[]> = { "/health": [], "/auth/validate": [] };
  const statuses = new Map<number, number>();
  let isOver = false;
  const ask = async (path: string, run: () => Promise<Response>) => {
    while (!isOver) {
      const startedAt = performance.now();
      const response = await run();
      await response.text();
      if (response.status !== 200) throw new Error(`${path} answered ${response.status}`);
      quick[path]!.push(performance.now() - startedAt);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  };
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  const body = JSON.stringify({ user_id: userId });
  const watching = Promise.all([
    ask("/health", () => fetch(`${url}/health`)),
    ask("/auth/validate", () => fetch(`${url}/auth/validate`, { method: "POST", headers, body })),
  ]);
  const startedAt = performance.now();
  for (let time = 0; time < FLOODS; time++) {
    await Promise.all(Array.from({ length: FLOOD }, async (_, n) => {
      const { status } = await loginTo(url, emailOf(n));
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
    }));
  }
  const took = performance.now() - startedAt;
  isOver = true;
  await watching;
  const answers = [...statuses].sort().map(([status, count]) => `${count} × ${status}`).join(", ");
  say(`\n${FLOODS} × ${FLOOD} parallel sign-ins in ${round(took / 1000)} s: ${answers}`);
  for (const [path, times] of Object.entries(quick)) {
    say(
      `${path} meanwhile, ${times.length} times: median ${round(percentile(times, 0.5))} ms, ` +
        `p99 ${round(percentile(times, 0.99))} ms, most ${round(Math.max(...times))} ms`,
    );
  }
}

/**
 * V8 collects its old objects once they have doubled or so, which makes teeth of some thousand
 * sign-ins: what is kept for good lifts their lowest points.
 */
async function memory(url: string, pid: number): Promise<void> {
  const lowest: number[] = [];
  say(`\nMemory over ${LOGINS} sign-ins`);
  for (let quarter = 1; quarter <= 4; quarter++) {
    const seen: number[] = [];
    while (seen.length < LOOKS) {
      let left = LOGINS / 4 / LOOKS;
      await Promise.all(Array.from({ length: 2 * PARALLEL }, async () => {
        while (left-- > 0) await expectLogin(url, left);
      }));
      seen.push(await residentMiB(pid));
    }
    lowest.push(Math.min(...seen));
    say(
      `until ${quarter * LOGINS / 4}: ${lowest.at(-1)!.toFixed(0)} to ` +
        `${Math.max(...seen).toFixed(0)} MiB resident`,
    );
  }
  say(`lowest of the last quarter ÷ of the first: ${round(lowest[3]! / lowest[0]!)}`);
}

export async function identity(platform: Platform): Promise<void> {
  const env = platform.env("identity");
  const url = platform.urls.identity!;
  const pidOf = (name: string) => platform.processes().find((one) => one.name === name)!.pid;
  const pid = pidOf("identity");
  const sql = postgres(env.DATABASE_MIGRATION_URL!, { max: 1 });
  let peer: Awaited<ReturnType<typeof startPeer>> | undefined;
  try {
    await sql.unsafe(`create schema ${PEER_SCHEMA}`);
    await addPeople(sql);
    peer = await startPeer(env.DATABASE_MIGRATION_URL!, Number(env.PORT) + PEER_PORT_STEP);
    await ratios(url, pid, peer, pidOf("identity-db"));
    await enumeration(url, pid, env.ADMIN_PORT!);
    const { accessToken } = JSON.parse(await expectLogin(url, 0));
    const payload = Uint8Array.fromBase64(accessToken.split(".")[1], { alphabet: "base64url" });
    await flood(url, accessToken, JSON.parse(new TextDecoder().decode(payload)).sub);
    await memory(url, pid);
  } finally {
    await peer?.stop();
    await sql.end();
  }
}
