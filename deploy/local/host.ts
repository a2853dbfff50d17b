/** What this machine and its environment give: the one place here that reads environment variables. */
import { StackFailure } from "./failure.ts";

export type Host = {
  /** The repository. */
  root: string;
  /** Where programs are looked for, as in PATH. */
  path: string;
  /** What a Deno process needs from its surroundings: its cache, home and temporary folder. */
  denoEnvironment: Record<string, string>;
  /** What a developer may set for the services: provider keys, telemetry, limits. */
  serviceEnvironment: Record<string, string>;
  settings: {
    dataDir: string;
    testDataDir: string;
    portOffset: number;
    /** Services speak mutual TLS to one another. */
    usesMtls: boolean;
  };
};

const SYSTEM_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
const DENO_NAMES = ["HOME", "DENO_DIR", "XDG_CACHE_HOME", "TMPDIR", "NO_COLOR"];
const SERVICE_NAME =
  /^(RESEND_|SENDGRID_|MAILGUN_|TWILIO_|OVH_|FIREBASE_|OPENAI_|ANTHROPIC_|OTEL_|RATE_LIMIT_|CORS_ORIGINS$|CONSUL_HTTP_ADDR$|TRUSTED_PROXIES$|VERSION_WEIGHTS$|SERVICE_INSTANCES$|REGIONS$)/;
/** Service ports reach 8005 and metrics 9005; beyond this the sum would leave the range of ports. */
const PORT_OFFSET_MAX = 50_000;

export function readHost(): Host {
  const environment = Deno.env.toObject();
  const root = new URL("../..", import.meta.url).pathname.replace(/\/$/, "");
  const path = [...new Set(`${environment.PATH ?? ""}:${SYSTEM_PATH}`.split(":"))]
    .filter((folder) => folder !== "").join(":");
  const denoEnvironment: Record<string, string> = { PATH: path };
  for (const name of DENO_NAMES) {
    if (environment[name] !== undefined) denoEnvironment[name] = environment[name];
  }
  return {
    root: decodeURIComponent(root),
    path,
    denoEnvironment,
    serviceEnvironment: Object.fromEntries(
      Object.entries(environment).filter(([name]) => SERVICE_NAME.test(name)),
    ),
    settings: {
      dataDir: absolute(environment.PRAXIS_DATA || ".data", decodeURIComponent(root)),
      testDataDir: absolute(environment.PRAXIS_TEST_DATA || ".data/test", decodeURIComponent(root)),
      portOffset: parsePortOffset(environment.PRAXIS_PORT_OFFSET),
      usesMtls: environment.PRAXIS_MTLS === "1",
    },
  };
}

export function parsePortOffset(text: string | undefined): number {
  if (text === undefined || text === "") return 0;
  const offset = Number(text);
  if (!Number.isInteger(offset) || offset < 0 || offset > PORT_OFFSET_MAX) {
    throw new StackFailure(
      `PRAXIS_PORT_OFFSET must be a whole number from 0 to ${PORT_OFFSET_MAX}.`,
    );
  }
  return offset;
}

/** The embedded PostgreSQL is built for this one platform. */
export function isSupported(build: { os: string; arch: string }): boolean {
  return build.os === "linux" && build.arch === "x86_64";
}

function absolute(path: string, root: string): string {
  return path.startsWith("/") ? path : `${root}/${path}`;
}
