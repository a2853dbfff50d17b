/** What a conformance run needs of the engine, without a database. */
export { heardEvents } from "./definitions/heard.ts";
export {
  catalogue,
  checkDefinition,
  createSandbox,
  type Document,
  parseDefinition,
  parseText,
  type Sandbox,
} from "./language/language.ts";
export { applyPlan } from "./pathways/apply.ts";
export { compilePlan, findingsOf, Plan } from "./pathways/plan.ts";
export { SimulationInput } from "./runs/model.ts";
export { simulate } from "./runs/simulator.ts";
