export { defineEvent, type EventDefinition, EventEnvelope } from "./event.ts";
export { type EventHandler, eventRoutes, onEvent } from "./inbox.ts";
export { publish } from "./outbox.ts";
export { type Relay, startRelay } from "./relay.ts";
export { traceIdOf, traceparentOf } from "./trace.ts";
