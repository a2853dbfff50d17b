/** Starts workflow: read the environment, open the connections, work, tell its facts, serve. */
import { loadConfig } from "@praxis/shared/config";
import { createDiscovery } from "@praxis/shared/discovery";
import { startRelay } from "@praxis/shared/events";
import { serve } from "@praxis/shared/http";
import { startJobs } from "@praxis/shared/jobs";
import { openService, recognizeCallers } from "@praxis/shared/service";
import { createApp } from "./app.ts";
import { openAssistance } from "./assistance/opening.ts";
import { createIdentityClient } from "./clients/identity.ts";
import { createAsk } from "./clients/participants.ts";
import { startWatch } from "./compliance/compliance.ts";
import { Config } from "./config.ts";
import { createEvaluator } from "./dmn/dmn.ts";
import { createFhirFetcher } from "./fhir_servers/fhir_servers.ts";
import { catalogue, createSandbox } from "./language/language.ts";
import { startMover } from "./run_migrations/mover.ts";
import { runTick } from "./runs/model.ts";
import { startRunner as startRunRunner } from "./runs/runner.ts";
import { definitions } from "./sagas/definitions.ts";
import { NOBODY, sagaTick } from "./sagas/model.ts";
import { startRunner } from "./sagas/runner.ts";

const config = loadConfig(Config);
const { deps: base, metrics, serviceToken, ready, close } = await openService(
  "workflow",
  config,
  new URL("./migrations/", import.meta.url),
);
const { sql, log, now } = base;
const callers = recognizeCallers("workflow", config, serviceToken);
const discover = createDiscovery(config);
const relay = await startRelay({ sql, discover, serviceToken, log });
const jobs = await startJobs({ url: config.DATABASE_URL, queues: [sagaTick, runTick], log });
const ask = createAsk({ discover, serviceToken });
const runner = startRunner({
  sql,
  ask,
  definitions,
  now,
  log,
});
// The job says only that there may be something to do: the rows say what.
await jobs.work(sagaTick, () => runner.look());
const sandbox = createSandbox();
const evaluator = createEvaluator();
void evaluator.warm();
const onOvertaken = metrics.counter(
  "workflow_overtaken_workers_total",
  "Workers whose step was taken up by another before they came back",
);
const runs = startRunRunner({ sql, sandbox, functions: catalogue, ask, now, log, onOvertaken });
const mover = startMover({ sql, now, log });
await jobs.work(runTick, async () => {
  // A migration of many runs takes longer than a job may.
  void mover.look();
  await runs.look();
});
const compliance = startWatch({ sql, now, log });
const deps = {
  ...base,
  identity: createIdentityClient({ identityUrl: config.IDENTITY_SERVICE_URL, serviceToken }),
  sagas: definitions,
  wakeSagas: (tx: Parameters<typeof jobs.send>[0]) =>
    jobs.send(tx, sagaTick, {}, { organizationId: NOBODY }),
  sandbox,
  evaluator,
  fetchFhir: createFhirFetcher({
    hostsInside: config.FHIR_HOSTS_INSIDE.split(",").filter((name) => name !== ""),
  }),
  publicUrl: config.PUBLIC_URL,
  isProduction: config.PRAXIS_ENV === "production",
  functions: catalogue,
  assistance: await openAssistance(config, { discover, serviceToken, ask, now }),
  wakeRuns: (tx: Parameters<typeof jobs.send>[0]) =>
    jobs.send(tx, runTick, {}, { organizationId: NOBODY }),
};
serve({
  port: config.PORT,
  adminPort: config.ADMIN_PORT ?? config.PORT + 1_000,
  drainSeconds: config.DRAIN_SECONDS,
  hostname: config.HOST,
  fetch: createApp(deps, { identify: callers.identify, ready, log, metrics }).fetch,
  metrics,
  log,
  close: async () => {
    callers.stop();
    await Promise.all([
      relay.stop(),
      jobs.stop(),
      runner.stop(),
      runs.stop(),
      mover.stop(),
      compliance.stop(),
    ]);
    await Promise.all([sandbox.close(), evaluator.close()]);
    await close();
  },
});
