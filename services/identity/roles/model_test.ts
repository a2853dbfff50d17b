import { deepEqual, equal, ok } from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { permissions } from "@praxis/shared/auth";
import { permissionsOf, roles, rolesGranting } from "./model.ts";

const clinical = permissions.filter((name) => /^(documents|patients|appointments)/.test(name));

describe("permissionsOf()", () => {
  it("grants a patient and an unknown role nothing", () => {
    deepEqual(permissionsOf("patient"), []);
    deepEqual(permissionsOf("surgeon"), []);
    deepEqual(permissionsOf("__proto__"), []);
  });

  it("keeps an auditor away from everything clinical", () => {
    for (const permission of clinical) ok(!permissionsOf("auditor").includes(permission));
    ok(permissionsOf("auditor").includes("audit:verify"));
  });

  it("lets nobody both declare an emergency and review it", () => {
    for (const role of roles) {
      const both = ["emergency-access:activate", "emergency-access:review"] as const;
      ok(!both.every((permission) => permissionsOf(role).includes(permission)), role);
    }
  });

  it("lets the front desk file documents and not read them", () => {
    ok(permissionsOf("receptionist").includes("documents:write"));
    ok(!permissionsOf("receptionist").includes("documents:read"));
    ok(!permissionsOf("receptionist").includes("tasks:read"));
  });

  it("names no permission twice", () => {
    for (const role of roles) {
      equal(new Set(permissionsOf(role)).size, permissionsOf(role).length, role);
    }
  });
});

describe("rolesGranting()", () => {
  it("finds exactly the roles that hold a permission", () => {
    deepEqual(rolesGranting("documents:read"), ["owner", "physician", "nurse"]);
    deepEqual(rolesGranting("emergency-access:activate"), ["physician"]);
  });
});
