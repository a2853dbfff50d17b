/** Generated from docs/openapi/content.json by web/generate_api.ts. */
// deno-lint-ignore-file
export interface paths {
  "/api/content/audit-events": {
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
  "/api/content/audit-events/verify": {
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
  "/api/content/categories": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** List what your clinic calls its kinds of documents, in its order */
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
            "application/json": components["schemas"]["DocumentCategories"];
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
  "/api/content/dicom/studies": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** List studies, newest first */
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
            "application/json": components["schemas"]["DicomStudyPage"];
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
  "/api/content/dicom/studies/{study}": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Read a study with its series and instances */
    get: {
      parameters: {
        query?: {
          /** @description Of this patient's documents alone, as their chart shows it. */
          patientId?: string;
        };
        header?: never;
        path: {
          study: string;
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
            "application/json": components["schemas"]["DicomStudyDetail"];
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
  "/api/content/documents": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** List documents, newest first */
    get: {
      parameters: {
        query?: {
          category?: string;
          cursor?: string;
          kind?: components["schemas"]["DocumentKind"];
          limit?: number;
          patientId?: string;
          /** @description Only those in quarantine; otherwise a patient's list holds none of them. */
          quarantined?: "true";
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
            "application/json": components["schemas"]["DocumentPage"];
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
    /** File a document */
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
          "multipart/form-data": {
            category?: string;
            /** Format: binary */
            file: string;
            /** Format: uuid */
            patientId?: string;
            /** @description A JSON array of at most 20 strings. */
            tags?: string;
            /** @description The file's name when left out. */
            title?: string;
          };
        };
      };
      responses: {
        /** @description Filed */
        201: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/json": components["schemas"]["Document"];
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
  "/api/content/documents/{id}": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Read what is known of a document */
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
            "application/json": components["schemas"]["Document"];
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
  "/api/content/documents/{id}/content": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Read the bytes of the present version */
    get: {
      parameters: {
        query?: never;
        header?: {
          "if-none-match"?: string;
          "if-range"?: string;
          range?: string;
        };
        path: {
          id: string;
        };
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description The exact bytes */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content?: never;
        };
        /** @description The range asked for */
        206: {
          headers: {
            [name: string]: unknown;
          };
          content?: never;
        };
        /** @description Not changed */
        304: {
          headers: {
            [name: string]: unknown;
          };
          content?: never;
        };
        /** @description No such range */
        416: {
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
    /** Add a version; If-Match says which one it follows */
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
          "multipart/form-data": {
            /** Format: binary */
            file: string;
          };
        };
      };
      responses: {
        /** @description Added */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/json": components["schemas"]["Document"];
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
  "/api/content/documents/{id}/frames/{frame}/rendered": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Look at a frame of a DICOM document, in the window given or the file's own */
    get: {
      parameters: {
        query?: {
          windowCenter?: number | null;
          windowWidth?: number;
        };
        header?: never;
        path: {
          frame: string;
          id: string;
        };
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description The picture as PNG */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "image/png": unknown;
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
  "/api/content/documents/{id}/hl7": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Read the messages of a document as rows */
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
            "application/json": components["schemas"]["Hl7Messages"];
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
  "/api/content/documents/{id}/release": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** End a document's quarantine: it is its patient's */
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
          "application/json": components["schemas"]["QuarantineRelease"];
        };
      };
      responses: {
        /** @description In the chart */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/json": components["schemas"]["Document"];
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
  "/api/content/documents/{id}/renditions/{name}": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Read a picture of a document: thumbnail, page-1, frame-1 */
    get: {
      parameters: {
        query?: never;
        header?: never;
        path: {
          id: string;
          name: string;
        };
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description The picture */
        200: {
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
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/content/documents/{id}/reprocess": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Have the present version read again */
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
        /** @description Waiting */
        202: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/json": components["schemas"]["Document"];
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
  "/api/content/documents/{id}/shares": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** List who may read a document, beside the staff */
    get: {
      parameters: {
        query?: {
          cursor?: string;
          limit?: number;
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
            "application/json": components["schemas"]["DocumentSharePage"];
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
    /** Let a user of your organization read the present version */
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
          "application/json": components["schemas"]["NewDocumentShare"];
        };
      };
      responses: {
        /** @description Shared */
        201: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/json": components["schemas"]["DocumentShare"];
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
  "/api/content/documents/{id}/shares/{shareId}": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    post?: never;
    /** Take a share back; a release that the patient has read stays */
    delete: {
      parameters: {
        query?: never;
        header?: never;
        path: {
          id: string;
          shareId: string;
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
  "/api/content/documents/{id}/structure": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Read what was found inside, after the manner of its kind */
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
            "application/json": components["schemas"]["DocumentStructure"];
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
  "/api/content/documents/{id}/text": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Read the text that was found inside, 65,536 characters at a time */
    get: {
      parameters: {
        query?: {
          offset?: number | null;
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
            "application/json": components["schemas"]["DocumentText"];
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
  "/api/content/documents/{id}/versions": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** List the versions of a document, newest first */
    get: {
      parameters: {
        query?: {
          cursor?: string;
          limit?: number;
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
            "application/json": components["schemas"]["DocumentVersionPage"];
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
  "/api/content/documents/{id}/versions/{version}/content": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Read the bytes of one version */
    get: {
      parameters: {
        query?: never;
        header?: {
          "if-none-match"?: string;
          "if-range"?: string;
          range?: string;
        };
        path: {
          id: string;
          version: string;
        };
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description The exact bytes */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content?: never;
        };
        /** @description The range asked for */
        206: {
          headers: {
            [name: string]: unknown;
          };
          content?: never;
        };
        /** @description Not changed */
        304: {
          headers: {
            [name: string]: unknown;
          };
          content?: never;
        };
        /** @description No such range */
        416: {
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
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/content/events/{id}/redrive": {
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
  "/api/content/events/redrive": {
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
  "/api/content/hl7": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Hand in an HL7 v2 message or batch; the answer is its acknowledgement */
    post: {
      parameters: {
        query?: never;
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody: {
        content: {
          "application/hl7-v2": string;
          "text/plain": string;
          "x-application/hl7-v2+er7": string;
        };
      };
      responses: {
        /** @description AA or CA: it is stored; of a batch, whatever its own answers say is */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "x-application/hl7-v2+er7": string;
          };
        };
        /** @description MSH-15 and MSH-16 ask for no answer */
        204: {
          headers: {
            [name: string]: unknown;
          };
          content?: never;
        };
        /** @description AE or AR: it is not stored */
        400: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "x-application/hl7-v2+er7": string;
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
  "/api/content/ingestion": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Count the documents that wait, are being read, or could not be */
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
            "application/json": components["schemas"]["IngestionProgress"];
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
  "/api/content/ingestion/reprocess": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Have everything read again that one version of an engine has read */
    post: {
      parameters: {
        query?: never;
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody: {
        content: {
          "application/json": components["schemas"]["Engine"];
        };
      };
      responses: {
        /** @description Waiting */
        202: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/json": components["schemas"]["ReprocessQueued"];
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
  "/api/content/jobs": {
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
  "/api/content/jobs/{id}/redrive": {
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
  "/api/content/me/documents": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** List the documents that are shared with you, newest first */
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
            "application/json": components["schemas"]["SharedDocumentPage"];
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
  "/api/content/me/documents/{id}/content": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Read the bytes of a document that is shared with you */
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
        /** @description The exact bytes */
        200: {
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
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/content/search": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Find documents by the words inside them */
    get: {
      parameters: {
        query?: {
          category?: string;
          cursor?: string;
          /** @description Filed at or after this time or day (UTC). */
          from?: string;
          kind?: components["schemas"]["DocumentKind"];
          limit?: number;
          patientId?: string;
          /** @description Words; "a phrase"; -without; one or another. The last word may be unfinished. */
          q?: string;
          /** @description Filed at or before this time or day (UTC). */
          to?: string;
        };
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description Best first */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/json": components["schemas"]["SearchPage"];
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
  "/internal/documents/{id}/release": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Release a document to its patient */
    post: {
      parameters: {
        query?: never;
        header: {
          "idempotency-key": string;
        };
        path: {
          id: string;
        };
        cookie?: never;
      };
      requestBody: {
        content: {
          "application/json": components["schemas"]["ReleaseToPatient"];
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
  "/internal/documents/{id}/withdraw": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Take a release back that the patient has not read */
    post: {
      parameters: {
        query?: never;
        header: {
          "idempotency-key": string;
        };
        path: {
          id: string;
        };
        cookie?: never;
      };
      requestBody: {
        content: {
          "application/json": components["schemas"]["WithdrawRelease"];
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
  "/internal/events": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Take in a fact from another service */
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
            data?: unknown;
            /** @enum {string} */
            datacontenttype: "application/json";
            dataversion: number;
            /** Format: uuid */
            id: string;
            /** Format: uuid */
            organizationid: string;
            requestid?: string;
            source: string;
            /** @enum {string} */
            specversion: "1.0";
            subject: string;
            /** Format: date-time */
            time: string;
            traceparent?: string;
            type: string;
          };
        };
      };
      responses: {
        /** @description Handled, now or before */
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
  "/internal/events/batch": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Take in many facts; what is not handled here is to be told alone */
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
            events: unknown[];
          };
        };
      };
      responses: {
        /** @description Which were handled, now or before */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/json": components["schemas"]["HandledEvents"];
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
  "/internal/letters": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** File a text as a document */
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
          "application/json": components["schemas"]["NewLetter"];
        };
      };
      responses: {
        /** @description Filed */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/json": components["schemas"]["FiledLetter"];
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
  "/internal/organizations/{id}/clear": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Take the preparation of a clinic back */
    post: {
      parameters: {
        query?: never;
        header: {
          "idempotency-key": string;
        };
        path: {
          id: string;
        };
        cookie?: never;
      };
      requestBody: {
        content: {
          "application/json": components["schemas"]["UndoOrder"];
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
  "/internal/organizations/{id}/prepare": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Prepare a new clinic */
    post: {
      parameters: {
        query?: never;
        header: {
          "idempotency-key": string;
        };
        path: {
          id: string;
        };
        cookie?: never;
      };
      requestBody: {
        content: {
          "application/json": components["schemas"]["NoDetails"];
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
  "/internal/patients/{id}/summary": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Sum up a patient's newest documents, for the patient's chart */
    get: {
      parameters: {
        query: {
          organizationId: string;
          /** @description Who is going to read the chart. */
          userId: string;
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
            "application/json": components["schemas"]["PatientDocuments"];
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
  "/internal/shares/restore": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Give a member back what was shared with them */
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
          "application/json": components["schemas"]["RestoreShares"];
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
  "/internal/shares/revoke": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** End what is shared with a member */
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
          "application/json": components["schemas"]["MemberShares"];
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
}
export type webhooks = Record<string, never>;
export interface components {
  schemas: {
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
    DicomStudy: {
      accessionNumber: string | null;
      description: string | null;
      instanceCount: number;
      modalities: string[];
      referringPhysician: string | null;
      seriesCount: number;
      studyDate: string | null;
      studyInstanceUid: string;
      studyTime: string | null;
    };
    DicomStudyDetail: components["schemas"]["DicomStudy"] & {
      series: {
        bodyPart: string | null;
        description: string | null;
        instances: {
          columns: number | null;
          /** Format: uuid */
          documentId: string;
          frames: number | null;
          isDecodable: boolean;
          number: number | null;
          rows: number | null;
          sopClassUid: string | null;
          sopInstanceUid: string;
          transferSyntax: string;
        }[];
        modality: string | null;
        number: number | null;
        seriesInstanceUid: string;
      }[];
    };
    DicomStudyPage: {
      items: components["schemas"]["DicomStudy"][];
      nextCursor: string | null;
    };
    Document: {
      category: string | null;
      /** Format: date-time */
      createdAt: string;
      /** Format: uuid */
      createdBy: string;
      /**
       * @description Of these the file holds more than Praxis took out of it: text, rows, structure, patient.
       * @default []
       */
      cut: string[];
      failureReason: string | null;
      fileName: string;
      /** Format: uuid */
      id: string;
      kind: components["schemas"]["DocumentKind"];
      /** @description Told from the bytes, never from the client. */
      mediaType: string;
      /** Format: uuid */
      patientId: string | null;
      /**
       * @description The file's patient disagrees with the one it was filed for: in no chart.
       * @default false
       */
      quarantined: boolean;
      /** @default [] */
      quarantineReasons: string[];
      /**
       * @description Who the file itself says its patient is.
       * @default null
       */
      seenPatient: {
        birthDate?: string;
        family?: string;
        given?: string[];
        identifiers: {
          system?: string;
          value: string;
        }[];
        sex?: string;
      } | null;
      sha256: string;
      size: number;
      status: components["schemas"]["DocumentStatus"];
      tags: string[];
      /** @enum {string} */
      textStatus: "extracted" | "recognized" | "none";
      title: string;
      /**
       * Format: date-time
       * @description When the current version came in.
       */
      updatedAt: string;
      version: number;
    };
    DocumentCategories: {
      items: string[];
    };
    /** @enum {string} */
    DocumentKind:
      | "hl7v2"
      | "dicom"
      | "ccda"
      | "fhir"
      | "pdf"
      | "image"
      | "office"
      | "text"
      | "other";
    DocumentPage: {
      items: components["schemas"]["Document"][];
      nextCursor: string | null;
    };
    DocumentShare: {
      /** Format: date-time */
      createdAt: string;
      createdBy: string;
      /** Format: uuid */
      documentId: string;
      /** Format: date-time */
      expiresAt: string | null;
      /** Format: date-time */
      firstReadAt: string | null;
      /** Format: uuid */
      id: string;
      /**
       * @description A release is to the patient, and final once it was read.
       * @enum {string}
       */
      purpose: "share" | "release";
      /** Format: uuid */
      userId: string;
      version: number;
    };
    DocumentSharePage: {
      items: components["schemas"]["DocumentShare"][];
      nextCursor: string | null;
    };
    /** @enum {string} */
    DocumentStatus: "processing" | "ready" | "failed";
    DocumentStructure: {
      /** Format: uuid */
      documentId: string;
      kind: components["schemas"]["DocumentKind"];
      /** @description JSON; null when there is none. */
      structure?: unknown;
      version: number;
    };
    DocumentText: {
      /** Format: uuid */
      documentId: string;
      engine: string | null;
      engineVersion: string | null;
      nextOffset: number | null;
      text: string;
      version: number;
    };
    DocumentVersion: {
      /** Format: date-time */
      createdAt: string;
      /** Format: uuid */
      createdBy: string;
      /**
       * @description Of these the file holds more than Praxis took out of it: text, rows, structure, patient.
       * @default []
       */
      cut: string[];
      engine: string | null;
      engineVersion: string | null;
      failureReason: string | null;
      fileName: string;
      kind: components["schemas"]["DocumentKind"];
      language: string | null;
      /** @description Told from the bytes, never from the client. */
      mediaType: string;
      /** Format: date-time */
      processedAt: string | null;
      /** @description Pictures made of it, by name. */
      renditions: string[];
      seenAuthor: string | null;
      seenTitle: string | null;
      sha256: string;
      size: number;
      status: components["schemas"]["DocumentStatus"];
      /** @enum {string} */
      textStatus: "extracted" | "recognized" | "none";
      version: number;
    };
    DocumentVersionPage: {
      items: components["schemas"]["DocumentVersion"][];
      nextCursor: string | null;
    };
    Engine: {
      engine: string;
      engineVersion: string;
    };
    FiledLetter: {
      /** Format: uuid */
      documentId: string;
    };
    HandledEvents: {
      handled: string[];
    };
    Hl7Message: {
      controlId: string;
      hl7Version: string;
      /** @description Place in the file, from 1. */
      message: number;
      messageType: string;
      observations: components["schemas"]["Hl7Observation"][];
      orders: components["schemas"]["Hl7Order"][];
      patient: {
        birthDate?: string;
        family?: string;
        given?: string[];
        identifiers: {
          system?: string;
          value: string;
        }[];
        sex?: string;
      } | null;
      /** @description Place among the patients of the message, from 1. A message that names several is shown once for each, with that patient's visit, orders and observations. */
      patientGroup: number;
      processingId: string;
      receivingApplication: string;
      receivingFacility: string;
      sendingApplication: string;
      sendingFacility: string;
      /** @description As written in the message. */
      sentAt: string;
      triggerEvent: string;
      visit: components["schemas"]["Hl7Visit"];
    };
    Hl7Messages: {
      /** Format: uuid */
      documentId: string;
      messages: components["schemas"]["Hl7Message"][];
      version: number;
    };
    Hl7Observation: {
      code: string;
      codeSystem: string;
      flags: string;
      label: string;
      notes: string;
      observedAt: string;
      orderPosition: number | null;
      position: number;
      referenceRange: string;
      status: string;
      subId: string;
      units: string;
      value: string;
      valueType: string;
    };
    Hl7Order: {
      code: string;
      control: string;
      filler: string;
      observedAt: string;
      placer: string;
      status: string;
      system: string;
      text: string;
    };
    Hl7Visit: {
      admittedAt: string;
      attending: string;
      class: string;
      dischargedAt: string;
      location: string;
      number: string;
    } | null;
    IngestionProgress: {
      items: {
        failed: number;
        kind: components["schemas"]["DocumentKind"];
        /** @description Being read, or to be tried again. */
        running: number;
        waiting: number;
      }[];
    };
    MemberShares: {
      /** Format: uuid */
      organizationId: string;
      /** Format: uuid */
      userId: string;
    };
    NewDocumentShare: {
      /** Format: date-time */
      expiresAt?: string;
      /** Format: uuid */
      userId: string;
    };
    NewLetter: {
      category?: string;
      /**
       * Format: uuid
       * @description Who answers for it: the author of a definition.
       */
      createdBy: string;
      /** Format: uuid */
      organizationId: string;
      /** Format: uuid */
      patientId?: string;
      text: string;
      title: string;
    };
    NoDetails: Record<string, never>;
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
    PatientDocuments: {
      documents: {
        /** Format: date-time */
        createdAt: string;
        /** Format: uuid */
        id: string;
        kind: string;
        title: string;
      }[];
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
    QuarantineRelease: {
      /** @description Why the document is this patient's after all. */
      reason: string;
    };
    Redriven: {
      /** @description Deliveries that will be tried; at 1000 there may be more: ask again. */
      redriven: number;
    };
    ReleaseToPatient: {
      /** Format: uuid */
      organizationId: string;
      /**
       * Format: uuid
       * @description For whom the document was filed.
       */
      patientId: string;
      releasedBy: string;
      /** @description The users who are this patient, as practice knows them. */
      userIds: string[];
    };
    ReprocessQueued: {
      /** @description There are others: ask again. */
      more: boolean;
      queued: number;
    };
    RestoreShares: components["schemas"]["MemberShares"] & {
      undoOf: string;
    };
    SearchPage: {
      /** @description How many of the newest 500 matches are of each kind, category and month (UTC). */
      facets: {
        category: {
          [key: string]: number;
        };
        kind: {
          [key: string]: number;
        };
        month: {
          [key: string]: number;
        };
      };
      items: components["schemas"]["SearchResult"][];
      nextCursor: string | null;
      /** @description When nothing was found: the same search with words that are there. */
      suggestion: string | null;
    };
    SearchResult: {
      document: components["schemas"]["Document"];
      /** @description Safe HTML: text is escaped, and <mark> stands around what was found. */
      highlights: string[];
      rank: number;
    };
    SharedDocument: {
      /** Format: uuid */
      documentId: string;
      fileName: string;
      /** Format: date-time */
      firstReadAt: string | null;
      mediaType: string;
      /** Format: date-time */
      sharedAt: string;
      size: number;
      title: string;
      version: number;
    };
    SharedDocumentPage: {
      items: components["schemas"]["SharedDocument"][];
      nextCursor: string | null;
    };
    UndoOrder: {
      undoOf: string;
    };
    WithdrawRelease: components["schemas"]["UndoOrder"] & {
      /** Format: uuid */
      organizationId: string;
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
