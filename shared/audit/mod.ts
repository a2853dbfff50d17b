export { createReadAudit, type ReadAudit, record } from "./audit.ts";
export { type AuditEntry, PLATFORM } from "./model.ts";
export { auditRoutes } from "./routes.ts";
