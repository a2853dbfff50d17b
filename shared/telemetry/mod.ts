export { createLog, type Log, silent } from "./log.ts";
export { createMetrics, type Metrics } from "./metrics.ts";
