export { createLog, type Log, silent } from "./log.ts";
export { inSpan, parentOf, type TracedSpan } from "./trace.ts";
export { createMetrics, type Metrics } from "./metrics.ts";
