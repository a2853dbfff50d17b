/** Hooks with many rules and with none: what `deno task bench decisions` measures. */
import { newId } from "@praxis/shared/id";
import { publish, pulseRule, sickPatient } from "./decisions/testing.ts";
import { createEvaluator } from "./dmn/dmn.ts";
import { openWorkflow } from "./testing.ts";
import { createCdsClient, patientView } from "./hooks/testing.ts";

const PUBLIC_URL = "https://praxis.test/cds-services/patient-view";

/** A clinic with `rules` active rules, and one without any, on one database. */
export async function openHookBench(rules: number) {
  const t = await openWorkflow();
  // As in production, with the budget of production.
  const evaluator = createEvaluator();
  await evaluator.warm();
  t.deps.evaluator = evaluator;

  async function clinic(count: number) {
    const organizationId = newId();
    const people = [t.as(newId(), organizationId), t.as(newId(), organizationId)] as const;
    const client = await createCdsClient(`https://ehr.test/${newId()}`, "ES256");
    await people[0]("POST", "/api/workflow/cds-clients", { body: client.registration });
    // Each is asked; few fire, as it should be.
    for (let n = 0; n < count; n++) {
      await publish(people, pulseRule(`rule-${n}`, 118 + n));
    }
    return client;
  }
  const [many, none] = [await clinic(rules), await clinic(0)];
  let asked = 0;

  /** Milliseconds from the request to its answer; making the request is not in it. */
  async function time(client: typeof many): Promise<number> {
    const patientId = newId();
    const prefetch = sickPatient(patientId, 60 + asked++ % 60);
    const request = {
      method: "POST",
      headers: {
        "content-type": "application/json",
        authorization: `Bearer ${await client.token(PUBLIC_URL, t.deps.now())}`,
      },
      body: JSON.stringify(patientView(patientId, { prefetch })),
    };
    const begun = performance.now();
    const response = await t.app.request("/cds-services/patient-view", request);
    const { extension } = await response.json();
    const took = performance.now() - begun;
    if (response.status !== 200 || extension) throw new Error("a hook was not answered in full");
    return took;
  }

  return {
    withRules: () => time(many),
    withoutRules: () => time(none),
    /** A signed-in read that finds nothing, for comparison. */
    async emptyRead(): Promise<number> {
      const call = t.as(newId(), newId());
      const begun = performance.now();
      await (await call("GET", "/api/workflow/alert-policy")).json();
      return performance.now() - begun;
    },
    async close() {
      await evaluator.close();
      await t[Symbol.asyncDispose]();
    },
  };
}
