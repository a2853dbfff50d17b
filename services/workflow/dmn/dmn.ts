/** The folder's public face: models in and out of XML, and their evaluation out of harm's way. */
export { createEvaluator, type Evaluator, type Outcome } from "./evaluator.ts";
export { readDmn } from "./read.ts";
export { writeDmn } from "./write.ts";
