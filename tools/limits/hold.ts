/** Holds processes to a container's limits: half a processor, 512 MiB. */

export type Held = {
  /** How it is held, for the report. */
  how: string;
  /** This process, and what it starts from now on. */
  take(pid: number): Promise<void>;
  /** Periods of 100 ms, and in how many of them it had to wait for the next. */
  throttled(): Promise<{ periods: number; throttled: number }>;
  release(): Promise<void>;
};

const PERIOD_US = 100_000;
const V1 = "/sys/fs/cgroup/cpu";
const V2 = "/sys/fs/cgroup";

/** A group of its own for the processor, in whichever version of cgroups may be written here. */
export async function holdProcessor(name: string, share: number): Promise<Held | undefined> {
  const quota = Math.round(share * PERIOD_US);
  const candidates = [
    {
      folder: `${V1}/praxis-${name}`,
      how: "cgroup v1",
      set: { "cpu.cfs_period_us": PERIOD_US, "cpu.cfs_quota_us": quota },
    },
    {
      folder: `${V2}/praxis-${name}`,
      how: "cgroup v2",
      set: { "cpu.max": `${quota} ${PERIOD_US}` },
    },
  ];
  for (const { folder, how, set } of candidates) {
    try {
      await Deno.mkdir(folder);
    } catch {
      continue;
    }
    try {
      for (const [file, value] of Object.entries(set)) {
        await Deno.writeTextFile(`${folder}/${file}`, String(value), { create: false });
      }
    } catch {
      await Deno.remove(folder).catch(() => {});
      continue;
    }
    return {
      how,
      take: (pid) => Deno.writeTextFile(`${folder}/cgroup.procs`, String(pid), { create: false }),
      async throttled() {
        const text = await Deno.readTextFile(`${folder}/cpu.stat`);
        const read = (name: string) => Number(text.match(new RegExp(`${name} (\\d+)`))?.[1] ?? 0);
        return { periods: read("nr_periods"), throttled: read("nr_throttled") };
      },
      // The kernel refuses while a process is left in it.
      release: () => Deno.remove(folder),
    };
  }
}

/** Memory of a process and of everything below it, in bytes; what they share counts once. */
export function residentBytes(pid: number): number {
  let sum = 0;
  try {
    // Proportional set size (proc(5)).
    const status = Deno.readTextFileSync(`/proc/${pid}/smaps_rollup`);
    sum += Number(status.match(/^Pss:\s+(\d+) kB/m)?.[1] ?? 0) * 1024;
    const children = Deno.readTextFileSync(`/proc/${pid}/task/${pid}/children`);
    for (const child of children.trim().split(" ").filter(Boolean)) {
      sum += residentBytes(Number(child));
    }
  } catch {
    // Ended between two looks.
  }
  return sum;
}

const LOOK_EVERY_MS = 100;

/**
 * Looks at a process and its children ten times a second, and ends it when they are over the limit
 * together, as the kernel would.
 */
export function watchMemory(pid: number, limitBytes: number) {
  let peak = 0;
  let isOver = false;
  const timer = setInterval(() => {
    const now = residentBytes(pid);
    peak = Math.max(peak, now);
    if (now <= limitBytes || isOver) return;
    isOver = true;
    Deno.kill(pid, "SIGKILL");
  }, LOOK_EVERY_MS);
  return { peak: () => peak, isOver: () => isOver, stop: () => clearInterval(timer) };
}
