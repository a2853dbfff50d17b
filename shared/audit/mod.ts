export { createReadAudit, type ReadAudit, record } from "./audit.ts";
export { type AuditEntry, type NewAuditEvent, PLATFORM, toEvent } from "./model.ts";
export { auditRoutes } from "./routes.ts";
