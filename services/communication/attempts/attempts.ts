/** Tries at deliveries: on record before a provider is called, ended once, settled when in doubt. */
export * from "./store.ts";
