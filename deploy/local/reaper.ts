/** Finds every process of a stack by the mark in its environment, and stops them in order. */
import { type Role, ROLE_VARIABLE, STACK_VARIABLE } from "./process.ts";
import { see } from "./process_table.ts";

export type MarkedProcess = { pid: number; parent: number; role: Role };

type Step = { roles: Role[]; signals: Partial<Record<Role, Deno.Signal>>; limitMs: number };

/** Services first, so that they can finish what they have with their databases still there. */
const STEPS: readonly Step[] = [
  { roles: ["service"], signals: { service: "SIGTERM" }, limitMs: 12_000 },
  {
    roles: ["service", "bridge", "redis", "postgres"],
    signals: { service: "SIGKILL", bridge: "SIGTERM", redis: "SIGTERM", postgres: "SIGINT" },
    limitMs: 8_000,
  },
  {
    roles: ["service", "bridge", "redis", "postgres"],
    signals: { service: "SIGKILL", bridge: "SIGKILL", redis: "SIGKILL", postgres: "SIGQUIT" },
    limitMs: 4_000,
  },
  {
    roles: ["service", "bridge", "redis", "postgres"],
    signals: { service: "SIGKILL", bridge: "SIGKILL", redis: "SIGKILL", postgres: "SIGKILL" },
    limitMs: 4_000,
  },
];
const SCAN_INTERVAL_MS = 40;
/** A process between fork and exec does not carry its mark yet; the next look finds it. */
const QUIET_SCANS = 3;

export function findMarked(stack: string): MarkedProcess[] {
  const found: MarkedProcess[] = [];
  for (const entry of Deno.readDirSync("/proc")) {
    const pid = Number(entry.name);
    if (!Number.isInteger(pid) || pid === Deno.pid) continue;
    try {
      const environment = Deno.readTextFileSync(`/proc/${pid}/environ`).split("\0");
      if (!environment.includes(`${STACK_VARIABLE}=${stack}`)) continue;
      const role = environment.find((text) => text.startsWith(`${ROLE_VARIABLE}=`))
        ?.slice(ROLE_VARIABLE.length + 1) as Role | undefined;
      found.push({ pid, parent: see(pid)?.parent ?? 0, role: role ?? "service" });
    } catch {
      // Ended while we looked, or somebody else's.
    }
  }
  return found;
}

/** Returns how many processes it found at first. */
export async function stopMarked(stack: string): Promise<number> {
  const foundAtFirst = findMarked(stack).length;
  for (const step of STEPS) {
    const signalled = new Set<number>();
    const endsAt = performance.now() + step.limitMs;
    let quiet = 0;
    while (quiet < QUIET_SCANS && performance.now() < endsAt) {
      const marked = findMarked(stack).filter(({ role }) => step.roles.includes(role));
      quiet = marked.length === 0 ? quiet + 1 : 0;
      const pids = new Set(marked.map(({ pid }) => pid));
      for (const { pid, parent, role } of marked) {
        // A server ends its own children; signalled one by one they would count as crashed.
        const signal = step.signals[role];
        if (!signal || signalled.has(pid) || (pids.has(parent) && signal !== "SIGKILL")) continue;
        signalled.add(pid);
        sendSignal(pid, signal);
      }
      if (quiet < QUIET_SCANS) {
        await new Promise((resolve) => setTimeout(resolve, SCAN_INTERVAL_MS));
      }
    }
    if (quiet >= QUIET_SCANS && step !== STEPS[0]) break;
  }
  return foundAtFirst;
}

function sendSignal(pid: number, signal: Deno.Signal): void {
  try {
    Deno.kill(pid, signal);
  } catch {
    // Gone already.
  }
}
