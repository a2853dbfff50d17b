/** The system roles and what each may do, and what programs may do. Roles that a clinic makes itself will stand beside them. */
import { isPermission, type Permission, permissions } from "@praxis/shared/auth";

export const roles = ["owner", "physician", "nurse", "receptionist", "auditor", "patient"] as const;
export type Role = typeof roles[number];

const isRole = (name: string): name is Role => (roles as readonly string[]).includes(name);

/**
 * The owner runs the clinic. Declaring an emergency and reviewing it are kept apart: who treats
 * declares, the owner reviews. Likewise a signature is the physician's.
 */
const OWNER_LACKS: readonly Permission[] = [
  "emergency-access:activate",
  "documents:sign",
];

/** What everyone who works in the clinic has. */
const STAFF: readonly Permission[] = [
  "organizations:read",
  "members:read",
  "appointments:read",
  "patients:read",
  "notifications:read",
  "messages:read",
  "messages:write",
  "threads:read",
  "threads:write",
  "templates:read",
  "schedules:read",
  "preferences:read",
  "preferences:write",
];

/** Tasks speak of documents by their titles: they are for those who may read these. */
const TASKS: readonly Permission[] = ["tasks:read", "tasks:work"];

const GRANTS: Record<Role, readonly Permission[]> = {
  owner: permissions.filter((permission) => !OWNER_LACKS.includes(permission)),
  physician: [
    ...STAFF,
    ...TASKS,
    "documents:read",
    "documents:write",
    "documents:share",
    "documents:sign",
    "patients:write",
    "appointments:write",
    "notifications:send",
    "consents:read",
    "consents:write",
    "tasks:assign",
    "workflows:read",
    "workflows:author",
    "workflows:start",
    "pathways:read",
    "pathways:write",
    "rules:read",
    "rules:write",
    "decisions:evaluate",
    "compliance:read",
    "compliance:write",
    "analytics:read",
    "assistants:use",
    "assistants:decide",
    "emergency-access:activate",
  ],
  nurse: [
    ...STAFF,
    ...TASKS,
    "documents:read",
    "documents:write",
    "patients:write",
    "appointments:write",
    "notifications:send",
    "consents:read",
    "consents:write",
    "workflows:read",
    "workflows:start",
    "pathways:read",
    "rules:read",
    "decisions:evaluate",
    "assistants:use",
  ],
  // The front desk files what is scanned; it does not read it.
  receptionist: [
    ...STAFF,
    "documents:write",
    "patients:write",
    "appointments:write",
    "notifications:send",
    "consents:read",
  ],
  // Sees what was done, never what it was done to.
  auditor: ["organizations:read", "audit:read", "audit:export", "audit:verify"],
  // Patients see what was released to them, never the organization's.
  patient: [],
};

/** What the role called `name` grants; nothing for a name that is not known. */
export function permissionsOf(name: string): readonly Permission[] {
  return isRole(name) ? GRANTS[name] : [];
}

export function rolesGranting(permission: Permission): readonly Role[] {
  return roles.filter((role) => GRANTS[role].includes(permission));
}

/**
 * What a program of others may do by itself, without a user (RFC 6749 §4.4): exchange data. What is
 * not on the list takes a person: to sign, approve, decide, share, merge, declare an emergency, work
 * on a task, speak with people, or rule over people, programs and policies. A person who
 * registers a program is thereby never two persons.
 */
const PROGRAM: ReadonlySet<Permission> = new Set<Permission>([
  "organizations:read",
  "members:read",
  "audit:read",
  "audit:export",
  "audit:verify",
  "documents:read",
  "documents:write",
  "patients:read",
  "patients:write",
  "appointments:read",
  "appointments:write",
  "notifications:send",
  "templates:read",
  "schedules:read",
  "consents:read",
  "webhooks:read",
  "workflows:read",
  "workflows:start",
  "pathways:read",
  "rules:read",
  "decisions:evaluate",
  "compliance:read",
  "analytics:read",
  "analytics:export",
  "jobs:read",
  "sagas:read",
]);

/** What is left, for a program by itself, of the permissions that it was registered with. */
export function permissionsOfProgram(registered: readonly string[]): readonly Permission[] {
  return registered.filter(isPermission).filter((permission) => PROGRAM.has(permission));
}
