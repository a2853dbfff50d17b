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
}
export type webhooks = Record<string, never>;
export interface components {
  schemas: {
    AuditEvent: {
      /** @example document.read */
      action: string;
      actor: {
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
    Document: {
      category: string | null;
      /** Format: date-time */
      createdAt: string;
      /** Format: uuid */
      createdBy: string;
      failureReason: string | null;
      fileName: string;
      /** Format: uuid */
      id: string;
      kind: components["schemas"]["DocumentKind"];
      /** @description Told from the bytes, never from the client. */
      mediaType: string;
      /** Format: uuid */
      patientId: string | null;
      sha256: string;
      size: number;
      status: components["schemas"]["DocumentStatus"];
      tags: string[];
      /** @enum {string} */
      textStatus: "extracted" | "none";
      title: string;
      /**
       * Format: date-time
       * @description When the current version came in.
       */
      updatedAt: string;
      version: number;
    };
    /** @enum {string} */
    DocumentKind: "hl7v2" | "dicom" | "ccda" | "fhir" | "pdf" | "image" | "text" | "other";
    DocumentPage: {
      items: components["schemas"]["Document"][];
      nextCursor: string | null;
    };
    /** @enum {string} */
    DocumentStatus: "processing" | "ready" | "failed";
    DocumentVersion: {
      /** Format: date-time */
      createdAt: string;
      /** Format: uuid */
      createdBy: string;
      engine: string | null;
      engineVersion: string | null;
      failureReason: string | null;
      fileName: string;
      kind: components["schemas"]["DocumentKind"];
      /** @description Told from the bytes, never from the client. */
      mediaType: string;
      /** Format: date-time */
      processedAt: string | null;
      sha256: string;
      size: number;
      status: components["schemas"]["DocumentStatus"];
      /** @enum {string} */
      textStatus: "extracted" | "none";
      version: number;
    };
    DocumentVersionPage: {
      items: components["schemas"]["DocumentVersion"][];
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
    SearchPage: {
      /** @description How many of the newest 500 matches are of each kind and category. */
      facets: {
        category: {
          [key: string]: number;
        };
        kind: {
          [key: string]: number;
        };
      };
      items: components["schemas"]["SearchResult"][];
      nextCursor: string | null;
    };
    SearchResult: {
      document: components["schemas"]["Document"];
      /** @description Safe HTML: text is escaped, and <mark> stands around what was found. */
      highlights: string[];
      rank: number;
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
