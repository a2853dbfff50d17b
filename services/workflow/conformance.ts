/** What a conformance run needs of the engine, without a database. */
export { evaluateDecision } from "./dmn/evaluate.ts";
export { readDmn } from "./dmn/read.ts";
export { writeDmn } from "./dmn/write.ts";
export { type Element, parseXml } from "./dmn/xml.ts";
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
export { compilePlan } from "./pathways/compiling.ts";
export { findingsOf, Plan } from "./pathways/plan.ts";
export { emptyPlaces, hookRequest } from "./hooks/model.ts";
export { hookOf } from "./hooks/services.ts";
export { compute, findScore } from "./scores/scores.ts";
export { SimulationInput } from "./runs/model.ts";
export { simulate } from "./runs/simulator.ts";
