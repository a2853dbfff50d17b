/** Facts as they arrive: whom they start, and whom they wake. */
import { type Db, read, type Sql, transaction } from "@praxis/shared/postgres";
import type { Log } from "@praxis/shared/telemetry";
import * as arrivals from "../arrivals/arrivals.ts";
import * as definitions from "../definitions/definitions.ts";
import { asRecord, type Json, type Sandbox } from "../language/language.ts";
import { DEPTH_MAX, patientOf, start, whyNoMore } from "./starting.ts";
import * as steps from "../steps/steps.ts";

const BATCH = 20;
const LEASE_SECONDS = 30;

type Options = { sql: Sql; sandbox: Sandbox; now: () => Date; log: Log };

/** Sees to the facts that have come in. */
export function createIntake({ sql, sandbox, now, log }: Options) {
  async function take(event: arrivals.KeptEvent): Promise<void> {
    const { organizationId, id, depth } = event;
    const scope = { organizationId };
    const heard = arrivals.toHeard(event);
    const [started, listening] = await read(sql, scope, (tx) =>
      Promise.all([
        definitions.listStartedBy(tx, organizationId, event.type),
        arrivals.listListening(tx, organizationId, event),
      ]));
    const fitting: typeof started = [];
    for (const definition of depth < DEPTH_MAX ? started : []) {
      const filter = asRecord(asRecord(definition.document.schedule).on).one ?? null;
      if (await arrivals.matches(sandbox.evaluate, filter, heard)) fitting.push(definition);
    }
    const woken: { stepId: string; filter: number }[] = [];
    for (const step of listening) {
      for (const [at, filter] of (step.data.filters ?? []).entries()) {
        if (await arrivals.matches(sandbox.evaluate, filter, heard)) {
          woken.push({ stepId: step.id, filter: at });
          break;
        }
      }
    }
    const data = asRecord(event.data);
    const input = { ...data, event: heard } as unknown as Json;
    const at = now();
    await transaction(sql, scope, async (tx) => {
      for (const { stepId, filter } of woken) {
        const payload = { filter, event: heard } as unknown as Json;
        await steps.deliver(tx, { organizationId, stepId, id, kind: "event", payload, at });
      }
      await arrivals.finish(tx, event);
      const requestId = event.requestId ?? id;
      for (const definition of fitting) {
        const reason = await whyNoMore(tx, { organizationId, requestId, depth, at });
        if (reason !== undefined) {
          log.error("run not started", new Error(reason), { eventId: id, key: definition.key });
          break;
        }
        await start(tx, at, { kind: "service", service: "workflow" }, {
          definition,
          organizationId,
          input,
          consumed: [id],
          subject: { type: event.type.split(".")[0]!, id: event.subject },
          patientId: patientOf(input),
          startedBy: { kind: "event", id },
          requestId,
          startKey: `event ${definition.version} ${id}`,
          depth: depth + 1,
        });
      }
    });
  }

  return {
    /** Those that nobody has seen to, for us to see to before the lease ends. */
    claim: (tx: Db) => arrivals.claim(tx, BATCH, LEASE_SECONDS),
    async takeAll(events: readonly arrivals.KeptEvent[]): Promise<void> {
      for (const event of events) {
        await take(event).catch((error) =>
          log.error("event not taken in", error, { eventId: event.id })
        );
      }
    },
  };
}
