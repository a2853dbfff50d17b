/** The `npx` and `deno task` above this process: whoever kills one of them means the platform. */
import { isAlive, type ProcessIdentity, see } from "./process_table.ts";

const POLL_MS = 500;

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
export function findLaunchers(pid = Deno.pid): ProcessIdentity[] {
  const line: ProcessIdentity[] = [];
  for (let parent = see(pid)?.parent; parent && isLauncher(parent); parent = see(parent)?.parent) {
    const launcher = see(parent);
    if (launcher) line.push(launcher);
  }
  return line;
}

/** Calls `onGone` once when a launcher has ended, whatever ended it; the timer holds nothing up. */
export function watchLaunchers(onGone: () => void): void {
  const launchers = findLaunchers();
  const timer = setInterval(() => {
    if (launchers.every(isAlive)) return;
    clearInterval(timer);
    onGone();
  }, POLL_MS);
  Deno.unrefTimer(timer as unknown as number);
}
