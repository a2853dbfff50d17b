/** `dbos_worker.ts <package> <database URL> <runs> <width>`: the same work on DBOS Transact. */
const [specifier, url, runs, width] = Deno.args as [string, string, string, string];
// Not a dependency of the platform: it is fetched when the comparison is made.
const { DBOS } = await import(specifier);

const STEPS = 10;
async function work(): Promise<number> {
  let sum = 0;
  for (let n = 0; n < STEPS; n++) {
    sum += await DBOS.runStep(() => Promise.resolve(n), { name: `step${n}` });
  }
  return sum;
}
const workflow = DBOS.registerWorkflow(work, { name: "ten-steps" });
DBOS.setConfig({ name: "bench", systemDatabaseUrl: url, logLevel: "error", runAdminServer: false });
await DBOS.launch();
const run = async () => await (await DBOS.startWorkflow(workflow)()).getResult();
await Promise.all(Array.from({ length: Number(width) }, run));
const startedAt = performance.now();
let left = Number(runs);
await Promise.all(Array.from({ length: Number(width) }, async () => {
  while (left-- > 0) await run();
}));
const perSecond = Number(runs) * STEPS / (performance.now() - startedAt) * 1000;
await Deno.stdout.write(new TextEncoder().encode(`\nRESULT ${perSecond}\n`));
await DBOS.shutdown();
Deno.exit(0);
