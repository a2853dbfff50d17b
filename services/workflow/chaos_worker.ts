/** A worker that can be killed: `chaos_worker.ts <database URL> <port of the participant>`. */
import { connect } from "@praxis/shared/postgres";
import { silent } from "@praxis/shared/telemetry";
import { z } from "zod";
import { createAsk } from "./clients/participants.ts";
import { catalogue, type CatalogueFunction, createSandbox } from "./language/language.ts";
import { startRunner } from "./runs/runner.ts";

const LEASE_SECONDS = 2;

const input = z.record(z.string(), z.unknown());
const permission = "workflows:author";

const act: CatalogueFunction = {
  name: "chaos.act",
  title: "Does something elsewhere",
  permission,
  input,
  request: (body: unknown) => ({ service: "chaos", method: "POST", path: "/act", body }),
};
const undo: CatalogueFunction = {
  name: "chaos.undo",
  title: "Undoes it",
  permission,
  input,
  request: (body: unknown) => ({ service: "chaos", method: "POST", path: "/undo", body }),
};
/** What runs call while their workers are killed. */
export const chaosFunctions = [...catalogue, act, undo];

if (import.meta.main) {
  const [url, port] = Deno.args as [string, string];
  startRunner({
    sql: connect(url),
    sandbox: createSandbox({ processes: 1, limitMs: 20_000 }),
    functions: chaosFunctions,
    ask: createAsk({
      discover: () => `http://127.0.0.1:${port}`,
      serviceToken: () => Promise.resolve("chaos"),
    }),
    now: () => new Date(),
    log: silent,
    leaseSeconds: LEASE_SECONDS,
  });
}
