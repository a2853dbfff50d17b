/**
 * The gateway beside HAProxy and nginx from Debian: same machine, same run, same upstream. Needs
 * `wrk`, `haproxy` and `nginx` on this machine; says so and does nothing where one is missing.
 */
import type { startPlatform } from "@praxis/local/platform";
import { findFreePort } from "@praxis/local/ports";
import { exportJWK, exportSPKI, generateKeyPair, SignJWT } from "jose";
import { ISSUER, standInIdentity } from "../services/gateway/testing.ts";
import { residentMiB } from "./measure.ts";
import { report, say } from "./report.ts";
import {
  answers,
  bareServer,
  haproxyConfig,
  nginxConfig,
  type Process,
  start,
  upstreamConfig,
} from "./rivals.ts";
import { type Load, measureLoads } from "./wrk.ts";

type Platform = Awaited<ReturnType<typeof startPlatform>>;

const PLAN = { rounds: 3, seconds: 2 };
const TOKENS = 2_000;
const PARALLEL = 32;
const PATH = "/api/content/documents?limit=1";
const PROGRAMS = { wrk: "wrk", haproxy: "/usr/sbin/haproxy", nginx: "/usr/sbin/nginx" };

export async function benchGateway(platform: Platform): Promise<void> {
  const missing = await missingPrograms();
  if (missing.length > 0) {
    say(`Not measured: ${missing.join(", ")} is missing (apt-get install wrk haproxy nginx-light)`);
    return;
  }
  const folder = await Deno.makeTempDir({ prefix: "praxis-bench-gateway-" });
  const running: Process[] = [];
  const identity = await standInIdentity();
  try {
    await run(platform, folder, identity, (process) => {
      running.push(process);
      return process;
    });
  } finally {
    await Promise.all(running.map((process) => process.stop()));
    await identity.close();
    await Deno.remove(folder, { recursive: true });
  }
}

async function missingPrograms(): Promise<string[]> {
  const found = await Promise.all(
    Object.entries(PROGRAMS).map(async ([name, path]) => {
      const { success } = await new Deno.Command("sh", { args: ["-c", `command -v ${path}`] })
        .output();
      return success ? undefined : name;
    }),
  );
  return found.filter((name) => name !== undefined);
}

type Keep = (process: Process) => Process;

async function run(
  platform: Platform,
  folder: string,
  identity: Awaited<ReturnType<typeof standInIdentity>>,
  keep: Keep,
): Promise<void> {
  const port = {
    upstream: findFreePort(),
    plain: findFreePort(),
    rs256: findFreePort(),
    es256: findFreePort(),
    nginx: findFreePort(),
    verifier: findFreePort(),
    gateway: findFreePort(),
    telemetry: findFreePort(),
    pair: findFreePort(),
    serve: findFreePort(),
    fetch: findFreePort(),
  };
  const at = (name: keyof typeof port, path = PATH) => `http://127.0.0.1:${port[name]}${path}`;
  const config = async (name: string, text: string) => {
    await Deno.writeTextFile(`${folder}/${name}`, text);
    return `${folder}/${name}`;
  };

  const upstream = await config("upstream.conf", upstreamConfig(folder, port.upstream));
  keep(start(PROGRAMS.nginx, ["-c", upstream, "-p", folder]));
  const tokens = { RS256: "", ES256: "" };
  for (const algorithm of ["RS256", "ES256"] as const) {
    const { publicKey, privateKey } = await generateKeyPair(algorithm);
    await Deno.writeTextFile(`${folder}/${algorithm}.pem`, await exportSPKI(publicKey));
    const { claims } = await identity.token();
    tokens[algorithm] = await new SignJWT({ ...claims }).setProtectedHeader({ alg: algorithm })
      .sign(privateKey);
    await exportJWK(publicKey);
  }
  const haproxyFile = await config("haproxy.cfg", haproxyConfig({ ...port, folder }));
  const haproxy = keep(start(PROGRAMS.haproxy, ["-db", "-f", haproxyFile]));

  const gateways = gatewayStarter(platform, identity.url, port.upstream);
  const gateway = keep(gateways(port.gateway));
  const observed = keep(gateways(port.telemetry, {
    OTEL_DENO: "true",
    OTEL_TRACES_SAMPLER: "parentbased_always_off",
    OTEL_PROPAGATORS: "none",
    OTEL_DENO_CONSOLE: "ignore",
    OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port.upstream}`,
  }));
  const pair = [keep(gateways(port.pair, { REUSE_PORT: "1" }))];
  pair.push(keep(gateways(port.pair, { REUSE_PORT: "1" })));
  // The verifier that nginx asks is our own gateway: the same checks, its answer kept for a minute.
  const nginxFile = await config(
    "nginx.conf",
    nginxConfig({ folder, port: port.nginx, upstream: port.upstream, verifier: port.gateway }),
  );
  const nginx = keep(start(PROGRAMS.nginx, ["-c", nginxFile, "-p", folder]));
  const bare = async (name: "serve" | "fetch", text: string) =>
    keep(start(Deno.execPath(), ["run", "-A", await config(`${name}.ts`, text)]));
  const served = await bare("serve", bareServer(port.serve));
  const fetched = await bare("fetch", bareServer(port.fetch, port.upstream));

  const { token } = await identity.token();
  const ours = { authorization: `Bearer ${token}` };
  for (const name of ["gateway", "telemetry", "pair", "serve", "fetch", "plain"] as const) {
    await answers(at(name, "/health"));
  }
  for (const name of ["gateway", "telemetry"] as const) await expect200(at(name), ours);
  // Either process of the pair must have followed revocations before it lets anybody in.
  for (let i = 0; i < 50; i++) await expect200(at("pair"), ours);

  const load = (
    name: string,
    url: string,
    pids: number[],
    headers: Record<string, string> = {},
    over: Partial<Load> = {},
  ): Load => ({ name, url, pids, headers, connections: PARALLEL, ...over });
  const bearer = (text: string) => ({ authorization: `Bearer ${text}` });
  const loads: Load[] = [
    load("ours, warm token", at("gateway"), [gateway.pid], ours),
    load("HAProxy RS256", at("rs256"), [haproxy.pid], bearer(tokens.RS256)),
    load("HAProxy ES256", at("es256"), [haproxy.pid], bearer(tokens.ES256)),
    load("HAProxy without checks", at("plain"), [haproxy.pid]),
    load("nginx auth_request, cached", at("nginx"), [nginx.pid, gateway.pid], ours),
    load("ours, 1 connection", at("gateway"), [gateway.pid], ours, { connections: 1 }),
    load("HAProxy RS256, 1 connection", at("rs256"), [haproxy.pid], bearer(tokens.RS256), {
      connections: 1,
    }),
    load("ours, telemetry on", at("telemetry"), [observed.pid], ours),
    load("ours, 2 processes", at("pair"), pair.map(({ pid }) => pid), ours),
    load("ours, 401", at("gateway"), [gateway.pid], bearer("bad"), { isRefused: true }),
    load("Deno, answers only", at("serve"), [served.pid]),
    load("Deno, bare fetch", at("fetch"), [fetched.pid]),
  ];
  for (const { url, headers, isRefused } of loads) if (!isRefused) await expect200(url, headers);
  report("The gateway", await measureLoads(loads, PLAN), [
    ["ours, warm token", "HAProxy RS256"],
    ["ours, warm token", "HAProxy ES256"],
    ["ours, warm token", "HAProxy without checks"],
    ["ours, warm token", "nginx auth_request, cached"],
    ["ours, warm token", "Deno, bare fetch"],
    ["Deno, bare fetch", "Deno, answers only"],
    ["ours, 1 connection", "HAProxy RS256, 1 connection"],
    ["ours, telemetry on", "ours, warm token"],
    ["ours, 2 processes", "ours, warm token"],
    ["ours, 401", "ours, warm token"],
  ]);
  say(`gateway: ${(await residentMiB(gateway.pid)).toFixed(0)} MiB resident after the run`);

  await firstSeen(at("gateway"), at("es256"), identity);
  await coldStart(gateways, keep);
}

async function expect200(url: string, headers: Record<string, string> = {}): Promise<void> {
  const endsAt = performance.now() + 20_000;
  for (;;) {
    const answer = await fetch(url, { headers });
    await answer.body?.cancel();
    if (answer.status === 200) return;
    if (performance.now() > endsAt) throw new Error(`${url} answered ${answer.status}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** Starts gateways like the platform's own, whose content is the upstream, on a port. */
function gatewayStarter(platform: Platform, identityUrl: string, upstream: number) {
  const services = ["CONTENT", "COMMUNICATION", "WORKFLOW", "PRACTICE"];
  const url = `http://127.0.0.1:${upstream}`;
  return (port: number, over: Record<string, string> = {}, entry = main) => {
    const env = {
      ...platform.env("gateway"),
      PORT: String(port),
      ADMIN_PORT: String(findFreePort()),
      PUBLIC_URL: ISSUER,
      IDENTITY_SERVICE_URL: identityUrl,
      ...Object.fromEntries(services.map((name) => [`${name}_SERVICE_URL`, url])),
      RATE_LIMIT_USER: "1000000/1000000",
      RATE_LIMIT_ORGANIZATION: "1000000/1000000",
      RATE_LIMIT_ADDRESS: "1000000/1000000",
      ...over,
    };
    return start(Deno.execPath(), ["run", "-A", "--unstable-net", "--no-check", entry], env);
  };
}

const main = new URL("../services/gateway/main.ts", import.meta.url).pathname;

/** Tokens that nobody has seen before: a signature each, and a question to identity. */
async function firstSeen(
  ours: string,
  haproxy: string,
  identity: Awaited<ReturnType<typeof standInIdentity>>,
): Promise<void> {
  const list = await Promise.all(Array.from({ length: TOKENS }, () => identity.token()));
  const pass = async (url: string, isOurs: boolean) => {
    let at = 0;
    const startedAt = performance.now();
    await Promise.all(Array.from({ length: PARALLEL }, async () => {
      while (at < list.length) {
        const { token } = list[at++]!;
        const answer = await fetch(url, { headers: { authorization: `Bearer ${token}` } });
        await answer.body?.cancel();
        if (isOurs && answer.status !== 200) throw new Error(`answered ${answer.status}`);
      }
    }));
    return TOKENS / (performance.now() - startedAt) * 1000;
  };
  const [first, again] = [await pass(ours, true), await pass(ours, true)];
  say(
    `\n${TOKENS} tokens, from one client of ours: first seen ${first.toFixed(0)}/s, ` +
      `again ${again.toFixed(0)}/s, ratio ${(first / again).toFixed(2)}; ` +
      `the same client towards HAProxy (refuses EdDSA unread): ` +
      `${(await pass(haproxy, false)).toFixed(0)}/s`,
  );
}

async function coldStart(
  gateways: ReturnType<typeof gatewayStarter>,
  keep: Keep,
): Promise<void> {
  const timed = async (entry: string) => {
    const port = findFreePort();
    const startedAt = performance.now();
    const process = keep(gateways(port, {}, entry));
    await answers(`http://127.0.0.1:${port}/health`);
    const tookMs = performance.now() - startedAt;
    await process.stop();
    return tookMs;
  };
  const bundle = new URL("../deploy/edge/dist/gateway.js", import.meta.url).pathname;
  const hasBundle = await Deno.stat(bundle).then(() => true, () => false);
  for (const entry of [main, ...(hasBundle ? [bundle] : [])]) {
    const times = [await timed(entry), await timed(entry), await timed(entry)];
    say(
      `from start to the first answer, ${entry.split("/").at(-1)}: ` +
        `${Math.min(...times).toFixed(0)} ms (least of 3)`,
    );
  }
}
