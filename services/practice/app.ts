/** The table of contents of practice. */
import { auditRoutes } from "@praxis/shared/audit";
import { type Api, createService, type Surroundings } from "@praxis/shared/http";
import { jobRoutes } from "@praxis/shared/jobs";
import { appointmentRoutes } from "./appointments/routes.ts";
import { calendarRoutes } from "./calendars/routes.ts";
import { chartRoutes } from "./charts/routes.ts";
import type { Deps } from "./deps.ts";
import { feedRoutes } from "./feeds/routes.ts";
import { fhirRoutes } from "./fhir/routes.ts";
import { importRoutes } from "./imports/routes.ts";
import { locationRoutes } from "./locations/routes.ts";
import { mergeRoutes } from "./merges/routes.ts";
import { participationRoutes } from "./participation/routes.ts";
import { patientUserRoutes } from "./patient_users/routes.ts";
import { patientRoutes } from "./patients/routes.ts";
import { practitionerRoutes } from "./practitioners/routes.ts";
import { waitingRoutes } from "./waiting/routes.ts";

export function createApp(deps: Deps, surroundings: Surroundings): Api {
  return createService({
    name: "practice",
    features: [
      patientRoutes(deps),
      mergeRoutes(deps),
      practitionerRoutes(deps),
      locationRoutes(deps),
      calendarRoutes(deps),
      appointmentRoutes(deps),
      waitingRoutes(deps),
      feedRoutes(deps),
      importRoutes(deps),
      chartRoutes(deps),
      patientUserRoutes(deps),
      fhirRoutes(deps),
      participationRoutes(deps),
      jobRoutes("practice", deps),
      auditRoutes("practice", deps),
    ],
    ...surroundings,
  });
}
