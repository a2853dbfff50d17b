/** What `/proc` says of a process. */

/** A process by its number and start, so that a number used again is not mistaken for it. */
export type ProcessIdentity = { pid: number; startedAt: string };

/** Fields of /proc/<pid>/stat, counted after the name in brackets (proc(5)). */
const STATE_FIELD = 0;
const PARENT_FIELD = 1;
const START_TIME_FIELD = 19;

/** Undefined when there is no such process, or only what is left until its parent has asked. */
export function see(pid: number): ProcessIdentity & { parent: number } | undefined {
  try {
    const stat = Deno.readTextFileSync(`/proc/${pid}/stat`);
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    // A zombie has ended, though its number is still taken: for good, under a process 1 that
    // does not collect orphans, as in many containers.
    if (fields[STATE_FIELD] === "Z") return undefined;
    return { pid, parent: Number(fields[PARENT_FIELD]), startedAt: fields[START_TIME_FIELD]! };
  } catch {
    return undefined;
  }
}

export function isAlive(process: ProcessIdentity): boolean {
  return see(process.pid)?.startedAt === process.startedAt;
}
