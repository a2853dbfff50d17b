/** The `npx` and `deno task` above this process: whoever kills one of them means the platform. */

const POLL_MS = 500;

type Seen = { pid: number; parent: number; startedAt: string };

/** What `/proc` says of a process, or undefined when there is none. */
function see(pid: number): Seen | undefined {
  try {
    const stat = Deno.readTextFileSync(`/proc/${pid}/stat`);
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return { pid, parent: Number(fields[1]), startedAt: fields[19]! };
  } catch {
    return undefined;
  }
}

function isLauncher(pid: number): boolean {
  try {
    // `npm exec deno@2.9.6 task dev`, its shell, the npm package's start script, `deno task dev`.
    const words = Deno.readTextFileSync(`/proc/${pid}/cmdline`).split("\0").join(" ");
    return /\bdeno\b/.test(words) && /\btask\b/.test(words);
  } catch {
    return false;
  }
}

/** The unbroken line of launchers above `pid`, nearest first. */
export function findLaunchers(pid = Deno.pid): Seen[] {
  const line: Seen[] = [];
  for (let parent = see(pid)?.parent; parent && isLauncher(parent); parent = see(parent)?.parent) {
    line.push(see(parent)!);
  }
  return line;
}

/** Calls `onGone` once when a launcher has ended, whatever ended it; the timer holds nothing up. */
export function watchLaunchers(onGone: () => void): void {
  const launchers = findLaunchers();
  const timer = setInterval(() => {
    if (launchers.every(({ pid, startedAt }) => see(pid)?.startedAt === startedAt)) return;
    clearInterval(timer);
    onGone();
  }, POLL_MS);
  Deno.unrefTimer(timer as unknown as number);
}
