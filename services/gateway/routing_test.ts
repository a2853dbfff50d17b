import { equal } from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { isHidden, routeOf } from "./routing.ts";

const owners: [path: string, service: string | undefined][] = [
  ["/auth/login", "identity"],
  ["/oauth/token", "identity"],
  ["/.well-known/jwks.json", "identity"],
  ["/api/identity/users/me", "identity"],
  ["/api/content", "content"],
  ["/api/content/documents", "content"],
  ["/dicom-web/studies", "content"],
  ["/fhir/R4/DocumentReference", "content"],
  ["/fhir/R4/Binary/1", "content"],
  ["/fhir/R4/ImagingStudy/1", "content"],
  ["/api/communication/notifications", "communication"],
  ["/hooks/twilio", "communication"],
  ["/api/workflow/tasks", "workflow"],
  ["/cds-services", "workflow"],
  ["/cds-services/sepsis", "workflow"],
  ["/authx", undefined],
  ["/auth.", undefined],
  ["/AUTH/login", undefined],
  ["/api/contents", undefined],
  ["/api/content-x/documents", undefined],
  ["/api", undefined],
  ["/fhir/R4/BinaryX", undefined],
  ["/fhir/R4/Unknown", undefined],
  ["/cds-services-x", undefined],
  ["/internal/events", undefined],
  ["/metrics", undefined],
  ["/", undefined],
];

describe("a path", () => {
  for (const [path, service] of owners) {
    it(`${path} belongs to ${service ?? "nobody"}`, () => equal(routeOf(path)?.service, service));
  }
  for (const path of ["/internal", "/internal/events", "/metrics", "/metrics/x"]) {
    it(`${path} is hidden`, () => equal(isHidden(path), true));
  }
  it("is not hidden because it begins alike", () => equal(isHidden("/internals"), false));
});
