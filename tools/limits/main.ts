/**
 * `deno run -A tools/limits/main.ts [seconds]`: every service held at 512 MiB and half a processor
 * while people work, with readers as in a pod; prints what each used, and whether it lived.
 */
import { findFreeOffset } from "@praxis/local/stand-ins";
import { type ServiceName, SERVICES } from "@praxis/local/services";
import { READERS } from "../../deploy/k8s/environment.ts";
import { type Fleet, startFleet } from "../rolling/fleet.ts";
import { work } from "../rolling/load.ts";
import { type Held, holdProcessor, watchMemory } from "./hold.ts";

const SECONDS = 60;
const WORKERS = 16;
const SHARE = 0.5;
const LIMIT_BYTES = 512 * 1024 * 1024;
const MIB = 1024 * 1024;

const say = (text: string) => Deno.stdout.writeSync(new TextEncoder().encode(`${text}\n`));

const seconds = Number(Deno.args[0] ?? SECONDS);
const dataDir = await Deno.makeTempDir({ prefix: "praxis-limits-" });
const held = new Map<
  ServiceName,
  { cpu: Held | undefined; memory: ReturnType<typeof watchMemory> }
>();
let fleet: Fleet | undefined;
try {
  fleet = await startFleet({
    dataDir,
    portOffset: findFreeOffset(),
    environment: Object.fromEntries(READERS.map(({ name, value }) => [name, value])),
    async onStart(service, pid) {
      const cpu = await holdProcessor(`${service}-${pid}`, SHARE);
      await cpu?.take(pid);
      held.set(service, { cpu, memory: watchMemory(pid, LIMIT_BYTES) });
    },
  });
  const endsAt = performance.now() + seconds * 1000;
  const { answered, failed } = await work(fleet.url, WORKERS, () => performance.now() > endsAt);
  say(`${answered} requests in ${seconds} s by ${WORKERS} workers, each service held:`);
  for (const { name } of SERVICES) {
    const { cpu, memory } = held.get(name)!;
    const { periods, throttled } = await cpu?.throttled() ?? { periods: 0, throttled: 0 };
    const lives = fleet.instances(name).length === 1 && !memory.isOver();
    say(
      `  ${name.padEnd(14)} ${lives ? "lived" : "ENDED"}  peak ${
        (memory.peak() / MIB).toFixed(0).padStart(4)
      } of 512 MiB (watched)  half a processor by ${cpu?.how ?? "nothing: no cgroup here"}, ` +
        `waited in ${throttled} of ${periods} periods`,
    );
    if (!lives) Deno.exitCode = 1;
  }
  for (const [what, count] of failed) say(`  failed ${count} × ${what}`);
} finally {
  for (const { memory } of held.values()) memory.stop();
  await fleet?.stop();
  for (const { cpu } of held.values()) await cpu?.release();
  await Deno.remove(dataDir, { recursive: true });
}
