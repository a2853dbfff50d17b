/** A trace's names, for whoever tells facts. */
export { traceIdOf, traceparentOf } from "../telemetry/trace.ts";
