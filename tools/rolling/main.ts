/** `deno run -A tools/rolling/main.ts [requests]`: restarts all services under load, and counts. */
import { findFreeOffset } from "@praxis/local/stand-ins";
import { SERVICES } from "@praxis/local/services";
import { rollUnderLoad } from "./rolling.ts";

const REQUESTS = 20_000;
const say = (text: string) => Deno.stdout.writeSync(new TextEncoder().encode(`${text}\n`));

const requests = Number(Deno.args[0] ?? REQUESTS);
const dataDir = await Deno.makeTempDir({ prefix: "praxis-rolling-" });
try {
  const { answered, failed, restarts } = await rollUnderLoad({
    dataDir,
    portOffset: findFreeOffset(),
    requests,
    services: SERVICES.map(({ name }) => name),
    say,
  });
  const lost = [...failed.values()].reduce((sum, count) => sum + count, 0);
  say(`${lost} failed of ${answered + lost}, during ${restarts} restarts`);
  for (const [what, count] of failed) say(`  ${count} × ${what}`);
  if (lost > 0) Deno.exitCode = 1;
} finally {
  await Deno.remove(dataDir, { recursive: true });
}
