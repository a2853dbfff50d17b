/** `deno task regions`: two whole platforms, an ocean between them, and what they know of each other. */
import { createReport, say } from "../demo/report.ts";
import { dieAndReturn } from "./death.ts";
import { openNetwork } from "./network.ts";
import { liveSideBySide, measureDistance, startBoth } from "./story.ts";
import { checkPackets, checkWhatStays } from "./traces.ts";
import { openWorld } from "./world.ts";

const network = await openNetwork();
say(
  network.shared === undefined
    ? "Each region has a network namespace of its own."
    : `Both regions share this machine's network, for want of namespaces: ${network.shared}`,
);
say("The ocean is a relay that holds every byte back: this needs no netem in the kernel.");
const folder = await Deno.realPath(await Deno.makeTempDir({ prefix: "praxis-regions-" }));
const world = openWorld(network, folder);
const report = createReport();
try {
  const residents = await startBoth(report, world) && await liveSideBySide(report, world);
  if (residents) {
    await measureDistance(report, world, residents);
    await checkPackets(report, world, residents);
    await checkWhatStays(report, world, residents);
    await dieAndReturn(report, world, residents);
    await checkPackets(report, world, residents, { isAllExpected: false });
    await checkWhatStays(report, world, residents, { isTabled: false });
  }
} finally {
  await world.close();
  await Deno.remove(folder, { recursive: true });
}
const { passed, failed } = report.counts();
say(`\n${passed} passed, ${failed} failed`);
Deno.exit(failed === 0 ? 0 : 1);
