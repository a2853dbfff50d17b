/** The folder's public face: how definitions are read, checked, and what their words mean. */
export * from "./catalogue.ts";
export { checkDefinition, type Known } from "./check.ts";
export { durationMs } from "./durations.ts";
export { type Graph, type GraphEdge, type GraphNode, graphOf } from "./graph.ts";
export * from "./model.ts";
export {
  checkSchema,
  type Finding,
  findUnsafe,
  odd,
  parseDefinition,
  parseText,
  wrong,
} from "./parse.ts";
export { spawnConfined } from "./process.ts";
export { createSandbox, type Evaluated, type Sandbox } from "./sandbox.ts";
export * from "./values.ts";
