/** Generated from docs/openapi/identity.json by web/generate_api.ts. */
// deno-lint-ignore-file
export interface paths {
  "/.well-known/jwks.json": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** The public keys that tokens are checked with (RFC 7517) */
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
            "application/json": components["schemas"]["KeySet"];
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
  "/api/identity/audit-events": {
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
  "/api/identity/audit-events/verify": {
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
  "/api/identity/members": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** List the members of your organization */
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
            "application/json": components["schemas"]["MemberPage"];
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
  "/api/identity/organizations/{id}": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Read your organization */
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
            "application/json": components["schemas"]["Organization"];
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
  "/api/identity/users/me": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Read who you are and where you work */
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
            "application/json": components["schemas"]["Me"];
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
  "/api/identity/users/me/sessions": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** List where you are signed in */
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
            "application/json": components["schemas"]["SessionPage"];
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
  "/api/identity/users/me/sessions/{id}": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    post?: never;
    /** Sign one of your devices out */
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
        /** @description Signed out */
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
  "/auth/login": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Sign in */
    post: {
      parameters: {
        query?: never;
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody: {
        content: {
          "application/json": components["schemas"]["SignIn"];
        };
      };
      responses: {
        /** @description Signed in */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/json": components["schemas"]["Tokens"];
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
  "/auth/logout": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Sign out, by access token, by refresh token in an optional body, or by cookie */
    post: {
      parameters: {
        query?: never;
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description Signed out, if signed in */
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
  "/auth/refresh": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Exchange the refresh token, from the body or else from the cookie, for new tokens */
    post: {
      parameters: {
        query?: never;
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody: {
        content: {
          "application/json": components["schemas"]["Refresh"];
        };
      };
      responses: {
        /** @description Refreshed */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/json": components["schemas"]["Tokens"];
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
  "/auth/validate": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Decide whether a user may do something (services), or list one's permissions (users)
     * @description Needs a service token or a user's access token. A denial is an answer: 200.
     */
    post: {
      parameters: {
        query?: never;
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody: {
        content: {
          "application/json":
            | components["schemas"]["Question"]
            | components["schemas"]["OwnQuestion"];
        };
      };
      responses: {
        /** @description OK */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/json":
              | components["schemas"]["Decision"]
              | components["schemas"]["OwnPermissions"];
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
  "/internal/memberships/{mid}/permissions": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Read what a membership grants now; 404 when it has ended */
    get: {
      parameters: {
        query?: never;
        header?: never;
        path: {
          mid: string;
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
            "application/json": {
              /** Format: uuid */
              membershipId: string;
              permissions: string[];
              permissionVersion: number;
            };
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
  "/internal/organizations/{id}/members": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** List the members of an organization who hold a permission */
    get: {
      parameters: {
        query?: {
          cursor?: string;
          limit?: number;
          /** @description Only members whose role grants this. */
          permission?:
            | "users:read"
            | "users:manage"
            | "members:read"
            | "members:manage"
            | "invitations:read"
            | "invitations:manage"
            | "roles:read"
            | "roles:manage"
            | "organizations:read"
            | "organizations:manage"
            | "policies:read"
            | "policies:manage"
            | "sessions:read"
            | "sessions:revoke"
            | "service-accounts:read"
            | "service-accounts:manage"
            | "delegations:read"
            | "delegations:manage"
            | "emergency-access:activate"
            | "emergency-access:review"
            | "audit:read"
            | "audit:export"
            | "audit:verify"
            | "documents:read"
            | "documents:write"
            | "documents:share"
            | "documents:delete"
            | "documents:sign"
            | "patients:read"
            | "patients:write"
            | "patients:merge"
            | "appointments:read"
            | "appointments:write"
            | "notifications:send"
            | "notifications:read"
            | "messages:read"
            | "messages:write"
            | "threads:read"
            | "threads:write"
            | "templates:read"
            | "templates:write"
            | "templates:approve"
            | "templates:publish"
            | "schedules:read"
            | "schedules:write"
            | "preferences:read"
            | "preferences:write"
            | "consents:read"
            | "consents:write"
            | "providers:read"
            | "providers:manage"
            | "webhooks:read"
            | "webhooks:manage"
            | "workflows:read"
            | "workflows:author"
            | "workflows:approve"
            | "workflows:start"
            | "workflows:operate"
            | "tasks:read"
            | "tasks:work"
            | "tasks:assign"
            | "pathways:read"
            | "pathways:write"
            | "rules:read"
            | "rules:write"
            | "decisions:evaluate"
            | "compliance:read"
            | "compliance:write"
            | "analytics:read"
            | "assistants:use"
            | "assistants:decide"
            | "assistants:admin"
            | "jobs:read"
            | "jobs:operate"
            | "sagas:read"
            | "sagas:operate";
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
            "application/json": components["schemas"]["RecipientPage"];
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
  "/internal/revocations": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Wait up to 25 s for sessions and memberships that changed after `after` */
    get: {
      parameters: {
        query?: {
          after?: string;
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
            "application/json": {
              cursor: string;
              items: {
                /** Format: uuid */
                id: string;
                /** @enum {string} */
                kind: "session" | "membership";
                permissionVersion: number | null;
              }[];
            };
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
  "/oauth/token": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Exchange a service's credential (HTTP Basic) for its token (RFC 6749 §4.4)
     * @description A form with grant_type=client_credentials. Tokens live 300 s.
     */
    post: {
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
            "application/json": components["schemas"]["ServiceToken"];
          };
        };
        /** @description Refused */
        400: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/json": components["schemas"]["OAuthError"];
          };
        };
        /** @description Unknown */
        401: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/json": components["schemas"]["OAuthError"];
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
    Decision: {
      allowed: boolean;
      /** @description What the caller must see to when it goes ahead. */
      obligations: {
        type: string;
      }[];
      /** @enum {string} */
      reason:
        | "granted"
        | "permission-not-held"
        | "token-rejected"
        | "not-a-member"
        | "other-organization";
    };
    KeySet: {
      keys: components["schemas"]["SigningKey"][];
    };
    Me: {
      email: string;
      fullName: string;
      /** Format: uuid */
      id: string;
      organizations: {
        /** @description The one this session is signed in to. */
        current: boolean;
        /** Format: uuid */
        id: string;
        name: string;
        role: string;
        slug: string;
      }[];
    };
    Member: {
      email: string;
      fullName: string;
      /**
       * Format: uuid
       * @description The membership, not the user.
       */
      id: string;
      role: string;
      /** Format: date-time */
      startedAt: string;
      /** Format: uuid */
      userId: string;
    };
    MemberPage: {
      items: components["schemas"]["Member"][];
      nextCursor: string | null;
    };
    OAuthError: {
      /** @enum {string} */
      error: "invalid_request" | "unsupported_grant_type" | "invalid_client";
    };
    Organization: {
      /** Format: uuid */
      id: string;
      name: string;
      slug: string;
    };
    OwnPermissions: {
      permissions: string[];
      /** Format: uuid */
      tenant_id: string;
      /** Format: uuid */
      user_id: string;
    };
    OwnQuestion: {
      /** Format: uuid */
      user_id: string;
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
    Question: {
      context?: {
        deviceId?: string;
        ip?: string;
        purpose?: string;
      };
      permission: string;
      resource?: {
        id?: string;
        locationId?: string;
        /** Format: uuid */
        organizationId?: string;
        patientId?: string;
        type?: string;
      };
      token?: string;
      /** Format: uuid */
      userId?: string;
    };
    Recipient: {
      /** Format: uuid */
      membershipId: string;
      role: string;
      /** Format: uuid */
      userId: string;
    };
    RecipientPage: {
      items: components["schemas"]["Recipient"][];
      nextCursor: string | null;
    };
    Refresh: {
      refreshToken?: string;
    };
    ServiceToken: {
      access_token: string;
      expires_in: number;
      /** @enum {string} */
      token_type: "Bearer";
    };
    Session: {
      /** Format: date-time */
      authenticatedAt: string;
      /** @enum {string} */
      client: "web" | "api";
      /** @description The session that asks. */
      current: boolean;
      /** Format: date-time */
      expiresAt: string;
      /** Format: uuid */
      id: string;
      /** Format: date-time */
      lastUsedAt: string;
      /** Format: uuid */
      organizationId: string;
      userAgent: string;
    };
    SessionPage: {
      items: components["schemas"]["Session"][];
      nextCursor: string | null;
    };
    SignIn: {
      /**
       * @default web
       * @enum {string}
       */
      client: "web" | "api";
      /** Format: email */
      email: string;
      /**
       * Format: uuid
       * @description Where to sign in, for someone who works in several; else the first joined.
       */
      organizationId?: string;
      password: string;
      /** @description The gateway forwards by it. It must be this deployment's own. */
      region?: string;
    };
    SigningKey: {
      /** @enum {string} */
      alg: "EdDSA";
      /** @enum {string} */
      crv: "Ed25519";
      kid: string;
      /** @enum {string} */
      kty: "OKP";
      /** @enum {string} */
      use: "sig";
      x: string;
    };
    Tokens: {
      accessToken: string;
      /** @description Seconds. */
      expiresIn: number;
      /** @description For programs only. */
      refreshToken?: string;
      /** @enum {string} */
      tokenType: "Bearer";
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
