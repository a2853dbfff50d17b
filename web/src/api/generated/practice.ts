/** Generated from docs/openapi/practice.json by web/generate_api.ts. */
// deno-lint-ignore-file
export interface paths {
  "/api/practice/appointment-series": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Book a series at the same local time: all of it, or 409 and nothing */
    post: {
      parameters: {
        query?: never;
        header?: {
          "idempotency-key"?: string;
        };
        path?: never;
        cookie?: never;
      };
      requestBody: {
        content: {
          "application/json": components["schemas"]["SeriesInput"];
        };
      };
      responses: {
        /** @description Booked */
        201: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/json": components["schemas"]["Series"];
          };
        };
        /** @description Problem */
        default: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/problem+json": components["schemas"]["Problem"];
          };
        };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/practice/appointment-series/{id}/cancel": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Cancel what of a series is yet to come */
    post: {
      parameters: {
        query?: never;
        header?: never;
        path: {
          id: string;
        };
        cookie?: never;
      };
      requestBody: {
        content: {
          "application/json": components["schemas"]["AppointmentCancellation"];
        };
      };
      responses: {
        /** @description Cancelled */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/json": components["schemas"]["CancelledAppointments"];
          };
        };
        /** @description Problem */
        default: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/problem+json": components["schemas"]["Problem"];
          };
        };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/practice/appointments": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** List appointments in order of their beginning */
    get: {
      parameters: {
        query?: {
          cursor?: string;
          /** @description Those that begin at or after. */
          from?: string;
          limit?: number;
          locationId?: string;
          patientId?: string;
          practitionerId?: string;
          seriesId?: string;
          status?: "booked" | "confirmed" | "arrived" | "fulfilled" | "cancelled" | "missed";
          /** @description Those that begin before. */
          to?: string;
        };
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description OK */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/json": components["schemas"]["AppointmentPage"];
          };
        };
        /** @description Problem */
        default: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/problem+json": components["schemas"]["Problem"];
          };
        };
      };
    };
    put?: never;
    /** Book an appointment; 409 when the time is taken */
    post: {
      parameters: {
        query?: never;
        header?: {
          "idempotency-key"?: string;
        };
        path?: never;
        cookie?: never;
      };
      requestBody: {
        content: {
          "application/json": components["schemas"]["AppointmentInput"];
        };
      };
      responses: {
        /** @description Booked */
        201: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/json": components["schemas"]["BookedAppointment"];
          };
        };
        /** @description Problem */
        default: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/problem+json": components["schemas"]["Problem"];
          };
        };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/practice/appointments/{id}": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Read an appointment */
    get: {
      parameters: {
        query?: never;
        header?: never;
        path: {
          id: string;
        };
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description OK */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/json": components["schemas"]["Appointment"];
          };
        };
        /** @description Problem */
        default: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/problem+json": components["schemas"]["Problem"];
          };
        };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/practice/appointments/{id}/arrive": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** The patient is here */
    post: {
      parameters: {
        query?: never;
        header?: {
          "if-match"?: string;
        };
        path: {
          id: string;
        };
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description Done */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/json": components["schemas"]["Appointment"];
          };
        };
        /** @description Problem */
        default: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/problem+json": components["schemas"]["Problem"];
          };
        };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/practice/appointments/{id}/cancel": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Cancel an appointment; its time is free again */
    post: {
      parameters: {
        query?: never;
        header?: {
          "if-match"?: string;
        };
        path: {
          id: string;
        };
        cookie?: never;
      };
      requestBody: {
        content: {
          "application/json": components["schemas"]["AppointmentCancellation"];
        };
      };
      responses: {
        /** @description Cancelled */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/json": components["schemas"]["Appointment"];
          };
        };
        /** @description Problem */
        default: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/problem+json": components["schemas"]["Problem"];
          };
        };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/practice/appointments/{id}/confirm": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** The patient will come */
    post: {
      parameters: {
        query?: never;
        header?: {
          "if-match"?: string;
        };
        path: {
          id: string;
        };
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description Done */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/json": components["schemas"]["Appointment"];
          };
        };
        /** @description Problem */
        default: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/problem+json": components["schemas"]["Problem"];
          };
        };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/practice/appointments/{id}/fulfil": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** The patient was seen */
    post: {
      parameters: {
        query?: never;
        header?: {
          "if-match"?: string;
        };
        path: {
          id: string;
        };
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description Done */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/json": components["schemas"]["Appointment"];
          };
        };
        /** @description Problem */
        default: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/problem+json": components["schemas"]["Problem"];
          };
        };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/practice/appointments/{id}/move": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Give an appointment another time, practitioner or location */
    post: {
      parameters: {
        query?: never;
        header?: {
          "if-match"?: string;
        };
        path: {
          id: string;
        };
        cookie?: never;
      };
      requestBody: {
        content: {
          "application/json": components["schemas"]["AppointmentMove"];
        };
      };
      responses: {
        /** @description Moved */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/json": components["schemas"]["BookedAppointment"];
          };
        };
        /** @description Problem */
        default: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/problem+json": components["schemas"]["Problem"];
          };
        };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/practice/appointments/{id}/no-show": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** The patient did not come */
    post: {
      parameters: {
        query?: never;
        header?: {
          "if-match"?: string;
        };
        path: {
          id: string;
        };
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description Done */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/json": components["schemas"]["Appointment"];
          };
        };
        /** @description Problem */
        default: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/problem+json": components["schemas"]["Problem"];
          };
        };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/practice/audit-events": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** List what happened in your organization, newest first */
    get: {
      parameters: {
        query?: {
          action?: string;
          clientId?: string;
          cursor?: string;
          limit?: number;
          subjectId?: string;
        };
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description OK */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/json": components["schemas"]["AuditEventPage"];
          };
        };
        /** @description Problem */
        default: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/problem+json": components["schemas"]["Problem"];
          };
        };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/practice/audit-events/verify": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Recompute the hash chain of your organization */
    get: {
      parameters: {
        query?: never;
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description OK */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/json": components["schemas"]["AuditVerification"];
          };
        };
        /** @description Problem */
        default: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/problem+json": components["schemas"]["Problem"];
          };
        };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/practice/calendar-feeds/{id}": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    post?: never;
    /** Revoke a link to a calendar */
    delete: {
      parameters: {
        query?: never;
        header?: never;
        path: {
          id: string;
        };
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description Revoked */
        204: {
          headers: {
            [name: string]: unknown;
          };
          content?: never;
        };
        /** @description Problem */
        default: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/problem+json": components["schemas"]["Problem"];
          };
        };
      };
    };
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/practice/duplicates": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Who might be the same person as somebody who is about to be registered */
    post: {
      parameters: {
        query?: never;
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody: {
        content: {
          "application/json": components["schemas"]["PatientInput"];
        };
      };
      responses: {
        /** @description OK */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/json": components["schemas"]["PossibleDuplicates"];
          };
        };
        /** @description Problem */
        default: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/problem+json": components["schemas"]["Problem"];
          };
        };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/practice/events/{id}/redrive": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Tell a dead event again, to those who have not heard it */
    post: {
      parameters: {
        query?: never;
        header?: never;
        path: {
          id: string;
        };
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description It will be told */
        204: {
          headers: {
            [name: string]: unknown;
          };
          content?: never;
        };
        /** @description Problem */
        default: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/problem+json": components["schemas"]["Problem"];
          };
        };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/practice/events/redrive": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Tell the dead events of your organization again, the oldest first */
    post: {
      parameters: {
        query?: never;
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody: {
        content: {
          "application/json": {
            /** @description Only what this one has not heard; everybody's unless given. */
            subscriber?: string;
          };
        };
      };
      responses: {
        /** @description OK */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/json": components["schemas"]["Redriven"];
          };
        };
        /** @description Problem */
        default: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/problem+json": components["schemas"]["Problem"];
          };
        };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/practice/holidays": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** List the holidays to come */
    get: {
      parameters: {
        query?: never;
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description OK */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/json": components["schemas"]["Holidays"];
          };
        };
        /** @description Problem */
        default: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/problem+json": components["schemas"]["Problem"];
          };
        };
      };
    };
    put?: never;
    /** Close for a day, everywhere or at one location */
    post: {
      parameters: {
        query?: never;
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody: {
        content: {
          "application/json": components["schemas"]["HolidayInput"];
        };
      };
      responses: {
        /** @description Added */
        201: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/json": components["schemas"]["Holiday"];
          };
        };
        /** @description Problem */
        default: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/problem+json": components["schemas"]["Problem"];
          };
        };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/practice/holidays/{id}": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    post?: never;
    /** Open on a holiday after all */
    delete: {
      parameters: {
        query?: never;
        header?: never;
        path: {
          id: string;
        };
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description Removed */
        204: {
          headers: {
            [name: string]: unknown;
          };
          content?: never;
        };
        /** @description Problem */
        default: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/problem+json": components["schemas"]["Problem"];
          };
        };
      };
    };
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/practice/imports": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** List imports, newest first */
    get: {
      parameters: {
        query?: {
          cursor?: string;
          limit?: number;
        };
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description OK */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/json": components["schemas"]["ImportPage"];
          };
        };
        /** @description Problem */
        default: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/problem+json": components["schemas"]["Problem"];
          };
        };
      };
    };
    put?: never;
    /** Import patients from a CSV file or a FHIR bundle; dryRun=true only reports */
    post: {
      parameters: {
        query?: {
          dryRun?: "true" | "false";
          onDuplicate?: "register" | "skip";
          skipBroken?: "true" | "false";
        };
        header?: {
          "idempotency-key"?: string;
        };
        path?: never;
        cookie?: never;
      };
      requestBody: {
        content: {
          "application/fhir+json": string;
          "text/csv": string;
        };
      };
      responses: {
        /** @description Staged as a whole, under way */
        202: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/json": components["schemas"]["Import"];
          };
        };
        /** @description Problem */
        default: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/problem+json": components["schemas"]["Problem"];
          };
        };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/practice/imports/{id}": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** How far an import is, and what became of its rows */
    get: {
      parameters: {
        query?: never;
        header?: never;
        path: {
          id: string;
        };
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description OK */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/json": components["schemas"]["Import"];
          };
        };
        /** @description Problem */
        default: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/problem+json": components["schemas"]["Problem"];
          };
        };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/practice/imports/{id}/resume": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Take up an import that stopped */
    post: {
      parameters: {
        query?: never;
        header?: never;
        path: {
          id: string;
        };
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description OK */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/json": components["schemas"]["Import"];
          };
        };
        /** @description Problem */
        default: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/problem+json": components["schemas"]["Problem"];
          };
        };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/practice/imports/{id}/rows": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** What became of each row: broken ones, possible duplicates, who was registered */
    get: {
      parameters: {
        query?: {
          cursor?: string;
          /** @description Only those with a likeness. */
          isDuplicate?: "true";
          limit?: number;
          status?: "staged" | "registered" | "known" | "duplicate" | "broken";
        };
        header?: never;
        path: {
          id: string;
        };
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description OK */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/json": components["schemas"]["ImportRowPage"];
          };
        };
        /** @description Problem */
        default: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/problem+json": components["schemas"]["Problem"];
          };
        };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/practice/jobs": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Count the jobs and events of your organization, and list those that were given up */
    get: {
      parameters: {
        query?: never;
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description OK */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/json": components["schemas"]["Operations"];
          };
        };
        /** @description Problem */
        default: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/problem+json": components["schemas"]["Problem"];
          };
        };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/practice/jobs/{id}/redrive": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Try a dead job again */
    post: {
      parameters: {
        query?: never;
        header?: never;
        path: {
          id: string;
        };
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description It will be tried */
        204: {
          headers: {
            [name: string]: unknown;
          };
          content?: never;
        };
        /** @description Problem */
        default: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/problem+json": components["schemas"]["Problem"];
          };
        };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/practice/locations": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** List the locations of your organization */
    get: {
      parameters: {
        query?: {
          cursor?: string;
          limit?: number;
        };
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description OK */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/json": components["schemas"]["LocationPage"];
          };
        };
        /** @description Problem */
        default: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/problem+json": components["schemas"]["Problem"];
          };
        };
      };
    };
    put?: never;
    /** Add a site or a room */
    post: {
      parameters: {
        query?: never;
        header?: {
          "idempotency-key"?: string;
        };
        path?: never;
        cookie?: never;
      };
      requestBody: {
        content: {
          "application/json": components["schemas"]["LocationInput"];
        };
      };
      responses: {
        /** @description Added */
        201: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/json": components["schemas"]["Location"];
          };
        };
        /** @description Problem */
        default: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/problem+json": components["schemas"]["Problem"];
          };
        };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/practice/locations/{id}": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Read a location */
    get: {
      parameters: {
        query?: never;
        header?: never;
        path: {
          id: string;
        };
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description OK */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/json": components["schemas"]["Location"];
          };
        };
        /** @description Problem */
        default: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/problem+json": components["schemas"]["Problem"];
          };
        };
      };
    };
    /** Change a location; If-Match says which version was read */
    put: {
      parameters: {
        query?: never;
        header?: {
          "if-match"?: string;
        };
        path: {
          id: string;
        };
        cookie?: never;
      };
      requestBody: {
        content: {
          "application/json": components["schemas"]["LocationInput"];
        };
      };
      responses: {
        /** @description Changed */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/json": components["schemas"]["Location"];
          };
        };
        /** @description Problem */
        default: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/problem+json": components["schemas"]["Problem"];
          };
        };
      };
    };
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/practice/me/appointments": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Your own appointments */
    get: {
      parameters: {
        query?: {
          cursor?: string;
          limit?: number;
        };
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description OK */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/json": components["schemas"]["OwnAppointmentPage"];
          };
        };
        /** @description Problem */
        default: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/problem+json": components["schemas"]["Problem"];
          };
        };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/practice/me/patient": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Who you are as a patient */
    get: {
      parameters: {
        query?: never;
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description OK */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/json": components["schemas"]["OwnPatient"];
          };
        };
        /** @description Problem */
        default: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/problem+json": components["schemas"]["Problem"];
          };
        };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/practice/merges": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** List merges, newest first */
    get: {
      parameters: {
        query?: {
          cursor?: string;
          limit?: number;
          patientId?: string;
        };
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description OK */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/json": components["schemas"]["MergePage"];
          };
        };
        /** @description Problem */
        default: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/problem+json": components["schemas"]["Problem"];
          };
        };
      };
    };
    put?: never;
    /** Merge a patient into another who is the same person */
    post: {
      parameters: {
        query?: never;
        header?: {
          "idempotency-key"?: string;
        };
        path?: never;
        cookie?: never;
      };
      requestBody: {
        content: {
          "application/json": components["schemas"]["MergeInput"];
        };
      };
      responses: {
        /** @description Merged */
        201: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/json": components["schemas"]["Merge"];
          };
        };
        /** @description Problem */
        default: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/problem+json": components["schemas"]["Problem"];
          };
        };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/practice/merges/{id}/undo": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Undo a merge: exactly what moved moves back */
    post: {
      parameters: {
        query?: never;
        header?: never;
        path: {
          id: string;
        };
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description Undone */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/json": components["schemas"]["Merge"];
          };
        };
        /** @description Problem */
        default: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/problem+json": components["schemas"]["Problem"];
          };
        };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/practice/patients": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Find patients by name, identifier or birth date; without any, the newest */
    get: {
      parameters: {
        query?: {
          birthDate?: string;
          cursor?: string;
          /** @description A value, or `system|value`, exactly. */
          identifier?: string;
          /** @description These patients, by their ids with commas between, at most 100. */
          ids?: string;
          limit?: number;
          /** @description Names or their beginnings in any order; what sounds alike is found, too. */
          q?: string;
        };
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description OK */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/json": components["schemas"]["PatientPage"];
          };
        };
        /** @description Problem */
        default: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/problem+json": components["schemas"]["Problem"];
          };
        };
      };
    };
    put?: never;
    /** Register a patient; warns of those who might be the same person */
    post: {
      parameters: {
        query?: never;
        header?: {
          "idempotency-key"?: string;
        };
        path?: never;
        cookie?: never;
      };
      requestBody: {
        content: {
          "application/json": components["schemas"]["PatientInput"];
        };
      };
      responses: {
        /** @description Registered */
        201: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/json": components["schemas"]["RegisteredPatient"];
          };
        };
        /** @description Problem */
        default: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/problem+json": components["schemas"]["Problem"];
          };
        };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/practice/patients/{id}": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Read a patient; one who was merged says into whom */
    get: {
      parameters: {
        query?: never;
        header?: never;
        path: {
          id: string;
        };
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description OK */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/json": components["schemas"]["Patient"];
          };
        };
        /** @description Problem */
        default: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/problem+json": components["schemas"]["Problem"];
          };
        };
      };
    };
    /** Replace what is known of a patient; If-Match says which version was read */
    put: {
      parameters: {
        query?: never;
        header?: {
          "if-match"?: string;
        };
        path: {
          id: string;
        };
        cookie?: never;
      };
      requestBody: {
        content: {
          "application/json": components["schemas"]["PatientInput"];
        };
      };
      responses: {
        /** @description Changed */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/json": components["schemas"]["Patient"];
          };
        };
        /** @description Problem */
        default: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/problem+json": components["schemas"]["Problem"];
          };
        };
      };
    };
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/practice/patients/{id}/summary": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** The chart: what every service knows of a patient, as far as it answers in time */
    get: {
      parameters: {
        query?: never;
        header?: never;
        path: {
          id: string;
        };
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description OK */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/json": components["schemas"]["Chart"];
          };
        };
        /** @description Problem */
        default: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/problem+json": components["schemas"]["Problem"];
          };
        };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/practice/patients/{id}/users": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Say which user this patient is: that user then sees their own */
    post: {
      parameters: {
        query?: never;
        header?: never;
        path: {
          id: string;
        };
        cookie?: never;
      };
      requestBody: {
        content: {
          "application/json": components["schemas"]["PatientUserInput"];
        };
      };
      responses: {
        /** @description Linked */
        201: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/json": components["schemas"]["PatientUser"];
          };
        };
        /** @description Problem */
        default: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/problem+json": components["schemas"]["Problem"];
          };
        };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/practice/patients/{id}/users/{userId}": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    post?: never;
    /** Take that back */
    delete: {
      parameters: {
        query?: never;
        header?: never;
        path: {
          id: string;
          userId: string;
        };
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description Unlinked */
        204: {
          headers: {
            [name: string]: unknown;
          };
          content?: never;
        };
        /** @description Problem */
        default: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/problem+json": components["schemas"]["Problem"];
          };
        };
      };
    };
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/practice/practitioners": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** List the practitioners of your organization */
    get: {
      parameters: {
        query?: {
          cursor?: string;
          limit?: number;
          userId?: string;
        };
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description OK */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/json": components["schemas"]["PractitionerPage"];
          };
        };
        /** @description Problem */
        default: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/problem+json": components["schemas"]["Problem"];
          };
        };
      };
    };
    put?: never;
    /** Add a practitioner, with their calendar */
    post: {
      parameters: {
        query?: never;
        header?: {
          "idempotency-key"?: string;
        };
        path?: never;
        cookie?: never;
      };
      requestBody: {
        content: {
          "application/json": components["schemas"]["NewPractitioner"];
        };
      };
      responses: {
        /** @description Added */
        201: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/json": components["schemas"]["Practitioner"];
          };
        };
        /** @description Problem */
        default: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/problem+json": components["schemas"]["Problem"];
          };
        };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/practice/practitioners/{id}": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Read a practitioner */
    get: {
      parameters: {
        query?: never;
        header?: never;
        path: {
          id: string;
        };
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description OK */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/json": components["schemas"]["Practitioner"];
          };
        };
        /** @description Problem */
        default: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/problem+json": components["schemas"]["Problem"];
          };
        };
      };
    };
    /** Change a practitioner; If-Match says which version was read */
    put: {
      parameters: {
        query?: never;
        header?: {
          "if-match"?: string;
        };
        path: {
          id: string;
        };
        cookie?: never;
      };
      requestBody: {
        content: {
          "application/json": components["schemas"]["PractitionerInput"];
        };
      };
      responses: {
        /** @description Changed */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/json": components["schemas"]["Practitioner"];
          };
        };
        /** @description Problem */
        default: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/problem+json": components["schemas"]["Problem"];
          };
        };
      };
    };
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/practice/practitioners/{id}/absences": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** List when a practitioner is or will be away */
    get: {
      parameters: {
        query?: never;
        header?: never;
        path: {
          id: string;
        };
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description OK */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/json": components["schemas"]["Absences"];
          };
        };
        /** @description Problem */
        default: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/problem+json": components["schemas"]["Problem"];
          };
        };
      };
    };
    put?: never;
    /** Say when a practitioner is away; booked appointments stay as they are */
    post: {
      parameters: {
        query?: never;
        header?: {
          "idempotency-key"?: string;
        };
        path: {
          id: string;
        };
        cookie?: never;
      };
      requestBody: {
        content: {
          "application/json": components["schemas"]["AbsenceInput"];
        };
      };
      responses: {
        /** @description Added */
        201: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/json": components["schemas"]["Absence"];
          };
        };
        /** @description Problem */
        default: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/problem+json": components["schemas"]["Problem"];
          };
        };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/practice/practitioners/{id}/absences/{absenceId}": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    post?: never;
    /** Take an absence back */
    delete: {
      parameters: {
        query?: never;
        header?: never;
        path: {
          absenceId: string;
          id: string;
        };
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description Removed */
        204: {
          headers: {
            [name: string]: unknown;
          };
          content?: never;
        };
        /** @description Problem */
        default: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/problem+json": components["schemas"]["Problem"];
          };
        };
      };
    };
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/practice/practitioners/{id}/calendar": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    /** Set when a practitioner works; If-Match says which version was read */
    put: {
      parameters: {
        query?: never;
        header?: {
          "if-match"?: string;
        };
        path: {
          id: string;
        };
        cookie?: never;
      };
      requestBody: {
        content: {
          "application/json": components["schemas"]["Calendar"];
        };
      };
      responses: {
        /** @description Set */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/json": components["schemas"]["Practitioner"];
          };
        };
        /** @description Problem */
        default: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/problem+json": components["schemas"]["Problem"];
          };
        };
      };
    };
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/practice/practitioners/{id}/feeds": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Make a link under which a calendar program fetches a practitioner's appointments */
    post: {
      parameters: {
        query?: never;
        header?: {
          "idempotency-key"?: string;
        };
        path: {
          id: string;
        };
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description Made */
        201: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/json": components["schemas"]["NewCalendarFeed"];
          };
        };
        /** @description Problem */
        default: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/problem+json": components["schemas"]["Problem"];
          };
        };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/practice/public/calendars/{token}": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** A practitioner's appointments as iCalendar: when and where, never who or why */
    get: {
      parameters: {
        query?: never;
        header?: never;
        path: {
          token: string;
        };
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description OK */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "text/calendar": unknown;
          };
        };
        /** @description Problem */
        default: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/problem+json": components["schemas"]["Problem"];
          };
        };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/practice/slots": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** The free times of a practitioner */
    get: {
      parameters: {
        query: {
          durationMinutes?: number;
          from: string;
          locationId?: string;
          practitionerId: string;
          to: string;
        };
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description OK */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/json": components["schemas"]["Slots"];
          };
        };
        /** @description Problem */
        default: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/problem+json": components["schemas"]["Problem"];
          };
        };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/practice/waiting-entries": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Who waits, longest first; or whom a free time would suit */
    get: {
      parameters: {
        query?: {
          cursor?: string;
          endsAt?: string;
          limit?: number;
          /** @description Only those whom this practitioner suits. */
          practitionerId?: string;
          /** @description With endsAt: whom this time suits. */
          startsAt?: string;
        };
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description OK */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/json": components["schemas"]["WaitingPage"];
          };
        };
        /** @description Problem */
        default: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/problem+json": components["schemas"]["Problem"];
          };
        };
      };
    };
    put?: never;
    /** Put a patient on the waiting list */
    post: {
      parameters: {
        query?: never;
        header?: {
          "idempotency-key"?: string;
        };
        path?: never;
        cookie?: never;
      };
      requestBody: {
        content: {
          "application/json": components["schemas"]["WaitingInput"];
        };
      };
      responses: {
        /** @description Waiting */
        201: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/json": components["schemas"]["WaitingEntry"];
          };
        };
        /** @description Problem */
        default: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/problem+json": components["schemas"]["Problem"];
          };
        };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/practice/waiting-entries/{id}/book": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Book for who waits; 409 when the time is taken */
    post: {
      parameters: {
        query?: never;
        header?: never;
        path: {
          id: string;
        };
        cookie?: never;
      };
      requestBody: {
        content: {
          "application/json": components["schemas"]["WaitingBooking"];
        };
      };
      responses: {
        /** @description Booked */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/json": components["schemas"]["BookedFromWaiting"];
          };
        };
        /** @description Problem */
        default: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/problem+json": components["schemas"]["Problem"];
          };
        };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/practice/waiting-entries/{id}/withdraw": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Take a patient off the waiting list */
    post: {
      parameters: {
        query?: never;
        header?: never;
        path: {
          id: string;
        };
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description Withdrawn */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/json": components["schemas"]["WaitingEntry"];
          };
        };
        /** @description Problem */
        default: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/problem+json": components["schemas"]["Problem"];
          };
        };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/fhir/R4/Appointment": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Search appointments */
    get: {
      parameters: {
        query?: {
          _count?: number;
          _cursor?: string;
          date?: string | string[];
          location?: string;
          patient?: string;
          practitioner?: string;
          status?: "booked" | "arrived" | "fulfilled" | "cancelled" | "noshow";
        };
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description OK */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/json": components["schemas"]["FhirResource"];
          };
        };
        /** @description Problem */
        default: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/problem+json": components["schemas"]["Problem"];
          };
        };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/fhir/R4/Appointment/{id}": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Read a Appointment */
    get: {
      parameters: {
        query?: never;
        header?: never;
        path: {
          id: string;
        };
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description OK */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/json": components["schemas"]["FhirResource"];
          };
        };
        /** @description Problem */
        default: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/problem+json": components["schemas"]["Problem"];
          };
        };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/fhir/R4/Location": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Search locations */
    get: {
      parameters: {
        query?: {
          _count?: number;
          _cursor?: string;
          name?: string;
        };
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description OK */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/json": components["schemas"]["FhirResource"];
          };
        };
        /** @description Problem */
        default: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/problem+json": components["schemas"]["Problem"];
          };
        };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/fhir/R4/Location/{id}": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Read a Location */
    get: {
      parameters: {
        query?: never;
        header?: never;
        path: {
          id: string;
        };
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description OK */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/json": components["schemas"]["FhirResource"];
          };
        };
        /** @description Problem */
        default: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/problem+json": components["schemas"]["Problem"];
          };
        };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/fhir/R4/Patient": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Search patients */
    get: {
      parameters: {
        query?: {
          _count?: number;
          _cursor?: string;
          _id?: string;
          birthdate?: string;
          family?: string;
          given?: string;
          identifier?: string;
          name?: string;
        };
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description OK */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/json": components["schemas"]["FhirResource"];
          };
        };
        /** @description Problem */
        default: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/problem+json": components["schemas"]["Problem"];
          };
        };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/fhir/R4/Patient/{id}": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Read a Patient */
    get: {
      parameters: {
        query?: never;
        header?: never;
        path: {
          id: string;
        };
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description OK */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/json": components["schemas"]["FhirResource"];
          };
        };
        /** @description Problem */
        default: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/problem+json": components["schemas"]["Problem"];
          };
        };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/fhir/R4/Practitioner": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Search practitioners */
    get: {
      parameters: {
        query?: {
          _count?: number;
          _cursor?: string;
          identifier?: string;
          name?: string;
        };
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description OK */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/json": components["schemas"]["FhirResource"];
          };
        };
        /** @description Problem */
        default: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/problem+json": components["schemas"]["Problem"];
          };
        };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/fhir/R4/Practitioner/{id}": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Read a Practitioner */
    get: {
      parameters: {
        query?: never;
        header?: never;
        path: {
          id: string;
        };
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description OK */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/json": components["schemas"]["FhirResource"];
          };
        };
        /** @description Problem */
        default: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/problem+json": components["schemas"]["Problem"];
          };
        };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/internal/appointments": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Book an appointment */
    post: {
      parameters: {
        query?: never;
        header: {
          "idempotency-key": string;
        };
        path?: never;
        cookie?: never;
      };
      requestBody: {
        content: {
          "application/json": components["schemas"]["BookOrder"];
        };
      };
      responses: {
        /** @description Booked */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/json": components["schemas"]["OrderedAppointment"];
          };
        };
        /** @description Problem */
        default: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/problem+json": components["schemas"]["Problem"];
          };
        };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/internal/appointments/undo": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Call off what was booked under a key */
    post: {
      parameters: {
        query?: never;
        header: {
          "idempotency-key": string;
        };
        path?: never;
        cookie?: never;
      };
      requestBody: {
        content: {
          "application/json": components["schemas"]["UndoBooking"];
        };
      };
      responses: {
        /** @description Done, now or before */
        204: {
          headers: {
            [name: string]: unknown;
          };
          content?: never;
        };
        /** @description Problem */
        default: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/problem+json": components["schemas"]["Problem"];
          };
        };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/internal/patients/{id}/identity": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Read what identifies a patient */
    get: {
      parameters: {
        query: {
          organizationId: string;
        };
        header?: never;
        path: {
          id: string;
        };
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description OK */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/json": components["schemas"]["Patient"];
          };
        };
        /** @description Problem */
        default: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/problem+json": components["schemas"]["Problem"];
          };
        };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/internal/patients/{id}/users": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** List the users who are this patient; 404 when there is none */
    get: {
      parameters: {
        query: {
          organizationId: string;
        };
        header?: never;
        path: {
          id: string;
        };
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description OK */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/json": components["schemas"]["PatientUsers"];
          };
        };
        /** @description Problem */
        default: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/problem+json": components["schemas"]["Problem"];
          };
        };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
}
export type webhooks = Record<string, never>;
export interface components {
  schemas: {
    Absence: {
      /** Format: date-time */
      endsAt: string;
      /** Format: uuid */
      id: string;
      /** Format: uuid */
      practitionerId: string;
      reason: string | null;
      /** Format: date-time */
      startsAt: string;
    };
    AbsenceInput: {
      /** Format: date-time */
      endsAt: string;
      /** @default null */
      reason: string | null;
      /** Format: date-time */
      startsAt: string;
    };
    Absences: {
      items: components["schemas"]["Absence"][];
    };
    Address: {
      /** @default null */
      city: string | null;
      /** @default null */
      country: string | null;
      /** @default null */
      district: string | null;
      /** @default [] */
      lines: string[];
      /** @default null */
      postalCode: string | null;
      /** @default null */
      state: string | null;
      /**
       * @default null
       * @enum {string|null}
       */
      use: "home" | "work" | "temp" | "old" | "billing" | null;
    };
    Appointment: {
      cancellationReason: string | null;
      /** Format: date-time */
      createdAt: string;
      /** Format: date-time */
      endsAt: string;
      /** Format: uuid */
      id: string;
      /** Format: uuid */
      locationId: string | null;
      /** Format: uuid */
      patientId: string;
      /** Format: uuid */
      practitionerId: string;
      reason: string | null;
      /** Format: uuid */
      seriesId: string | null;
      /** Format: date-time */
      startsAt: string;
      /** @enum {string} */
      status: "booked" | "confirmed" | "arrived" | "fulfilled" | "cancelled" | "missed";
      /** Format: date-time */
      updatedAt: string;
      version: number;
    };
    AppointmentCancellation: {
      /** @default null */
      reason: string | null;
    };
    AppointmentInput: {
      /** Format: date-time */
      endsAt: string;
      /**
       * Format: uuid
       * @default null
       */
      locationId: string | null;
      /** Format: uuid */
      patientId: string;
      /** Format: uuid */
      practitionerId: string;
      /** @default null */
      reason: string | null;
      /** Format: date-time */
      startsAt: string;
    };
    AppointmentMove: {
      /** Format: date-time */
      endsAt: string;
      /** Format: uuid */
      locationId?: string | null;
      /** Format: uuid */
      practitionerId?: string;
      /** Format: date-time */
      startsAt: string;
    };
    AppointmentPage: {
      items: components["schemas"]["Appointment"][];
      nextCursor: string | null;
    };
    AuditEvent: {
      /** @example document.read */
      action: string;
      actor: {
        /** @description The program of others that acted for them, or by itself (OAuth). */
        clientId?: string;
        id: string | null;
        kind: string;
      };
      /** Format: date-time */
      at: string;
      details: {
        [key: string]: unknown;
      };
      /** Format: uuid */
      id: string;
      /** @enum {string} */
      outcome: "success" | "refused" | "failed";
      requestId: string | null;
      seq: number;
      subject: {
        id: string | null;
        type: string;
      };
    };
    AuditEventPage: {
      items: components["schemas"]["AuditEvent"][];
      nextCursor: string | null;
    };
    AuditVerification: {
      checked: number;
      /** @description The first event that does not fit. */
      firstBad?: string;
      ok: boolean;
    };
    BookedAppointment: components["schemas"]["Appointment"] & {
      /** @description What speaks against this time; it is booked all the same. */
      warnings: ("outside-working-hours" | "holiday" | "absent")[];
    };
    BookedFromWaiting: {
      appointment: components["schemas"]["Appointment"];
      entry: components["schemas"]["WaitingEntry"];
    };
    BookOrder: {
      appointment: components["schemas"]["AppointmentInput"];
      /** Format: uuid */
      organizationId: string;
    };
    Calendar: {
      /** @default 0 */
      bufferAfterMinutes: number;
      /** @default 0 */
      bufferBeforeMinutes: number;
      /** @default [] */
      hours: components["schemas"]["WorkingHours"][];
      /** @default 15 */
      slotMinutes: number;
      /** @example Europe/Paris */
      timeZone: string;
    };
    CalendarFeed: {
      /** Format: date-time */
      createdAt: string;
      /** Format: uuid */
      id: string;
      /** Format: uuid */
      practitionerId: string;
      /** Format: date-time */
      revokedAt: string | null;
    };
    CancelledAppointments: {
      items: components["schemas"]["Appointment"][];
    };
    Chart: {
      appointments: {
        past: components["schemas"]["Appointment"][];
        upcoming: components["schemas"]["Appointment"][];
      } | null;
      documents: {
        /** Format: date-time */
        createdAt: string;
        /** Format: uuid */
        id: string;
        kind: string;
        title: string;
      }[] | null;
      messages: {
        /** Format: uuid */
        id: string;
        /** Format: date-time */
        sentAt: string;
        title: string;
      }[] | null;
      pathways: {
        /** Format: uuid */
        id: string;
        state: string;
        title: string;
      }[] | null;
      patient: components["schemas"]["Patient"];
      tasks: {
        /** Format: date-time */
        dueAt: string | null;
        /** Format: uuid */
        id: string;
        state: string;
        title: string;
      }[] | null;
      /** @description Services that did not answer in time; their parts are null. */
      unavailable: ("content" | "communication" | "workflow")[];
      /** @description Parts that you may not see; they are null. */
      withheld: ("appointments" | "documents" | "messages" | "tasks" | "pathways")[];
    };
    Contact: {
      /** @enum {string} */
      kind: "phone" | "fax" | "email" | "pager" | "url" | "sms" | "other";
      /**
       * @default null
       * @enum {string|null}
       */
      use: "home" | "work" | "temp" | "old" | "mobile" | null;
      value: string;
    };
    FhirResource: {
      resourceType: string;
    } & {
      [key: string]: unknown;
    };
    Holiday: components["schemas"]["HolidayInput"] & {
      /** Format: uuid */
      id: string;
    };
    HolidayInput: {
      /**
       * Format: uuid
       * @default null
       */
      locationId: string | null;
      name: string;
      /** Format: date */
      on: string;
    };
    Holidays: {
      items: components["schemas"]["Holiday"][];
    };
    HumanName: {
      /** @default null */
      family: string | null;
      /** @default [] */
      given: string[];
      /** @default [] */
      prefix: string[];
      /** @default [] */
      suffix: string[];
    };
    Identifier: {
      /** @example urn:oid:1.2.36.146.595.217.0.1 */
      system: string;
      /** @default null */
      type: string | null;
      value: string;
    };
    Import: {
      counts: components["schemas"]["ImportCounts"];
      /** Format: date-time */
      createdAt: string;
      /** Format: uuid */
      createdBy: string;
      /** Format: date-time */
      finishedAt: string | null;
      /** @enum {string} */
      format: "csv" | "fhir";
      /** Format: uuid */
      id: string;
      isDryRun: boolean;
      /** @description What the file says that is not taken over, by path, and how often. */
      notHeld: {
        [key: string]: number;
      };
      /** @enum {string} */
      onDuplicate: "register" | "skip";
      sha256: string;
      /** @enum {string} */
      status: "running" | "done";
    };
    ImportCounts: {
      broken: number;
      /** @description Left out as possible duplicates. */
      duplicate: number;
      /** @description Had an identifier of the row before. */
      known: number;
      /** @description Rows that somebody is like. */
      possibleDuplicates: number;
      /** @description Or, on a dry run, those who would be. */
      registered: number;
      /** @description Not looked at yet. */
      staged: number;
      total: number;
    };
    ImportPage: {
      items: components["schemas"]["Import"][];
      nextCursor: string | null;
    };
    ImportRow: {
      duplicates: components["schemas"]["PossibleDuplicate"][];
      errors: {
        detail: string;
        pointer: string;
      }[];
      line: number;
      /** Format: uuid */
      patientId: string | null;
      /** @enum {string} */
      status: "staged" | "registered" | "known" | "duplicate" | "broken";
    };
    ImportRowPage: {
      items: components["schemas"]["ImportRow"][];
      nextCursor: string | null;
    };
    Language: {
      /** @example fr-BE */
      code: string;
      /** @default false */
      isPreferred: boolean;
    };
    Location: components["schemas"]["LocationInput"] & {
      /** Format: uuid */
      id: string;
      version: number;
    };
    LocationInput: {
      address?: components["schemas"]["Address"] & (Record<string, never> | null);
      /** @default true */
      isActive: boolean;
      /** @default false */
      isRoom: boolean;
      name: string;
      /** @example Europe/Paris */
      timeZone: string;
    };
    LocationPage: {
      items: components["schemas"]["Location"][];
      nextCursor: string | null;
    };
    Merge: {
      /** Format: uuid */
      id: string;
      /** Format: uuid */
      intoPatientId: string;
      /** Format: date-time */
      mergedAt: string;
      /** Format: uuid */
      mergedBy: string;
      moved: components["schemas"]["Moved"];
      /** Format: uuid */
      patientId: string;
      reason: string | null;
      /** Format: date-time */
      undoneAt: string | null;
      /** Format: uuid */
      undoneBy: string | null;
    };
    MergeInput: {
      /**
       * Format: uuid
       * @description Who takes over.
       */
      intoPatientId: string;
      /**
       * Format: uuid
       * @description Who is given up.
       */
      patientId: string;
      /** @default null */
      reason: string | null;
    };
    MergePage: {
      items: components["schemas"]["Merge"][];
      nextCursor: string | null;
    };
    Moved: {
      appointmentIds: string[];
      identifiers: components["schemas"]["Identifier"][];
      userIds: string[];
      waitingEntryIds: string[];
    };
    NewCalendarFeed: components["schemas"]["CalendarFeed"] & {
      /** Format: uri */
      url: string;
    };
    NewPractitioner: components["schemas"]["PractitionerInput"] & {
      calendar?: components["schemas"]["Calendar"];
    };
    Operations: {
      /** @description The newest 100. */
      deadEvents: {
        attempts: number;
        /** Format: date-time */
        createdAt: string;
        /** Format: uuid */
        id: string;
        /** @description What the subscriber answered. */
        reason: string | null;
        subject: string;
        subscriber: string;
        type: string;
      }[];
      /** @description The newest 100. */
      deadJobs: {
        attempts: number;
        /** Format: date-time */
        createdAt: string;
        /** Format: date-time */
        failedAt: string | null;
        /** Format: uuid */
        id: string;
        queue: string;
        /** @description The kind of error. */
        reason: string | null;
      }[];
      queues: {
        dead: number;
        queue: string;
        running: number;
        waiting: number;
      }[];
      subscribers: {
        dead: number;
        subscriber: string;
        waiting: number;
      }[];
    };
    OrderedAppointment: {
      /** Format: uuid */
      appointmentId: string;
      /** Format: date-time */
      startsAt: string;
    };
    OtherName: {
      /** @default null */
      family: string | null;
      /** @default [] */
      given: string[];
      /** @default [] */
      prefix: string[];
      /** @default [] */
      suffix: string[];
      /** @enum {string} */
      use: "usual" | "official" | "temp" | "nickname" | "anonymous" | "old" | "maiden";
    };
    OwnAppointment: {
      /** Format: date-time */
      endsAt: string;
      /** Format: uuid */
      id: string;
      /** Format: uuid */
      locationId: string | null;
      /** Format: uuid */
      practitionerId: string;
      /** Format: date-time */
      startsAt: string;
      /** @enum {string} */
      status: "booked" | "confirmed" | "arrived" | "fulfilled" | "cancelled" | "missed";
    };
    OwnAppointmentPage: {
      items: components["schemas"]["OwnAppointment"][];
      nextCursor: string | null;
    };
    OwnPatient: {
      /** @default [] */
      addresses: components["schemas"]["Address"][];
      birthDate: string | null;
      /** @default [] */
      contacts: components["schemas"]["Contact"][];
      /** Format: uuid */
      id: string;
      identifiers: components["schemas"]["Identifier"][];
      /** @default [] */
      languages: components["schemas"]["Language"][];
      name: components["schemas"]["HumanName"];
      /** @enum {string} */
      sex: "female" | "male" | "other" | "unknown";
    };
    Patient: {
      /** @default [] */
      addresses: components["schemas"]["Address"][];
      birthDate: string | null;
      /** @default [] */
      contacts: components["schemas"]["Contact"][];
      /** Format: date-time */
      createdAt: string;
      /** @default null */
      deceased: {
        /**
         * @default null
         * @example 1984-02-29
         */
        on: string | null;
      } | null;
      /** Format: uuid */
      id: string;
      identifiers: components["schemas"]["Identifier"][];
      isConfidential: boolean;
      /** @default [] */
      languages: components["schemas"]["Language"][];
      /** @default null */
      maritalStatus: string | null;
      /** Format: uuid */
      mergedInto: string | null;
      name: components["schemas"]["HumanName"];
      /** @default [] */
      otherNames: components["schemas"]["OtherName"][];
      /** @default [] */
      relatedPersons: components["schemas"]["RelatedPerson"][];
      /** @enum {string} */
      sex: "female" | "male" | "other" | "unknown";
      /** @enum {string} */
      status: "active" | "merged";
      /** Format: date-time */
      updatedAt: string;
      version: number;
    };
    PatientInput: {
      /** @default [] */
      addresses: components["schemas"]["Address"][];
      /**
       * @default null
       * @example 1984-02-29
       */
      birthDate: string | null;
      /** @default [] */
      contacts: components["schemas"]["Contact"][];
      /** @default null */
      deceased: {
        /**
         * @default null
         * @example 1984-02-29
         */
        on: string | null;
      } | null;
      /** @default [] */
      identifiers: components["schemas"]["Identifier"][];
      /**
       * @description Found by identifier only, never by name.
       * @default false
       */
      isConfidential: boolean;
      /** @default [] */
      languages: components["schemas"]["Language"][];
      /** @default null */
      maritalStatus: string | null;
      name: components["schemas"]["HumanName"];
      /** @default [] */
      otherNames: components["schemas"]["OtherName"][];
      /** @default [] */
      relatedPersons: components["schemas"]["RelatedPerson"][];
      /**
       * @default unknown
       * @enum {string}
       */
      sex: "female" | "male" | "other" | "unknown";
    };
    PatientPage: {
      items: components["schemas"]["Patient"][];
      nextCursor: string | null;
    };
    PatientUser: {
      /** Format: date-time */
      linkedAt: string;
      /** Format: uuid */
      patientId: string;
      /** Format: uuid */
      userId: string;
    };
    PatientUserInput: {
      /** Format: uuid */
      userId: string;
    };
    PatientUsers: {
      userIds: string[];
    };
    PossibleDuplicate: {
      /** Format: uuid */
      patientId: string;
      /**
       * @example [
       *       "same birth date",
       *       "similar family name"
       *     ]
       */
      reasons: string[];
      score: number;
    };
    PossibleDuplicates: {
      items: components["schemas"]["PossibleDuplicate"][];
    };
    Practitioner: components["schemas"]["PractitionerInput"] & {
      calendar: components["schemas"]["Calendar"];
      /** Format: uuid */
      id: string;
      version: number;
    };
    PractitionerInput: {
      /** @default [] */
      identifiers: components["schemas"]["Identifier"][];
      /** @default true */
      isActive: boolean;
      name: components["schemas"]["HumanName"];
      /** @default null */
      specialty: string | null;
      /**
       * Format: uuid
       * @default null
       */
      userId: string | null;
    };
    PractitionerPage: {
      items: components["schemas"]["Practitioner"][];
      nextCursor: string | null;
    };
    Problem: {
      detail?: string;
      errors?: {
        detail: string;
        pointer: string;
      }[];
      /** @description The request id to quote to support. */
      instance: string;
      status: number;
      title: string;
      /** @example /problems/document-not-found */
      type: string;
    };
    Redriven: {
      /** @description Deliveries that will be tried; at 1000 there may be more: ask again. */
      redriven: number;
    };
    RegisteredPatient: components["schemas"]["Patient"] & {
      possibleDuplicates: components["schemas"]["PossibleDuplicate"][];
    };
    RelatedPerson: {
      /** @default [] */
      contacts: components["schemas"]["Contact"][];
      name: components["schemas"]["HumanName"];
      /** @enum {string} */
      role: "guardian" | "proxy" | "emergency-contact" | "next-of-kin" | "other";
      /**
       * Format: date
       * @default null
       */
      validFrom: string | null;
      /**
       * Format: date
       * @default null
       */
      validUntil: string | null;
    };
    Series: {
      appointments: components["schemas"]["Appointment"][];
      /** Format: uuid */
      id: string;
      shifted: string[];
      timeZone: string;
    };
    SeriesInput: {
      count: number;
      durationMinutes: number;
      /** @default 7 */
      everyDays: number;
      localTime: string;
      /**
       * Format: uuid
       * @default null
       */
      locationId: string | null;
      /** Format: uuid */
      patientId: string;
      /** Format: uuid */
      practitionerId: string;
      /** @default null */
      reason: string | null;
      /** Format: date */
      startsOn: string;
      /** @example Europe/Paris */
      timeZone?: string;
    };
    Slot: {
      /** Format: date-time */
      endsAt: string;
      /** Format: uuid */
      locationId: string | null;
      /** Format: date-time */
      startsAt: string;
    };
    Slots: {
      items: components["schemas"]["Slot"][];
    };
    UndoBooking: {
      /** Format: uuid */
      organizationId: string;
      undoOf: string;
    };
    WaitingBooking: {
      /** Format: date-time */
      endsAt: string;
      /**
       * Format: uuid
       * @default null
       */
      locationId: string | null;
      /** Format: uuid */
      practitionerId: string;
      /** Format: date-time */
      startsAt: string;
    };
    WaitingEntry: {
      /** Format: uuid */
      appointmentId: string | null;
      /** Format: date-time */
      createdAt: string;
      durationMinutes: number;
      /** Format: date */
      earliestOn: string;
      /** Format: uuid */
      id: string;
      /** Format: date */
      latestOn: string;
      note: string | null;
      /** Format: uuid */
      patientId: string;
      /** Format: uuid */
      practitionerId: string | null;
      /** @enum {string} */
      status: "waiting" | "booked" | "withdrawn";
    };
    WaitingInput: {
      durationMinutes: number;
      /** Format: date */
      earliestOn: string;
      /** Format: date */
      latestOn: string;
      /** @default null */
      note: string | null;
      /** Format: uuid */
      patientId: string;
      /**
       * Format: uuid
       * @default null
       */
      practitionerId: string | null;
    };
    WaitingPage: {
      items: components["schemas"]["WaitingEntry"][];
      nextCursor: string | null;
    };
    WorkingHours: {
      /** @example 09:00 */
      from: string;
      /**
       * Format: uuid
       * @default null
       */
      locationId: string | null;
      /** @example 17:30 */
      to: string;
      /**
       * Format: date
       * @default null
       */
      validFrom: string | null;
      /**
       * Format: date
       * @default null
       */
      validUntil: string | null;
      /** @description 1 is Monday (ISO 8601). */
      weekday: number;
    };
  };
  responses: never;
  parameters: never;
  requestBodies: never;
  headers: never;
  pathItems: never;
}
export type $defs = Record<string, never>;
export type operations = Record<string, never>;
