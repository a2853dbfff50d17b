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
  "/.well-known/oauth-authorization-server": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** What this authorization server can do (RFC 8414) */
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
            "application/json": components["schemas"]["OAuthMetadata"];
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
  "/.well-known/openid-configuration": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** What this OpenID provider can do (OpenID Connect Discovery) */
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
            "application/json": components["schemas"]["OAuthMetadata"];
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
  "/api/identity/events/{id}/redrive": {
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
  "/api/identity/events/redrive": {
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
  "/api/identity/jobs": {
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
  "/api/identity/jobs/{id}/redrive": {
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
  "/api/identity/oauth-clients": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** List the programs of others that your organization lets in */
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
            "application/json": components["schemas"]["OAuthClientPage"];
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
    /** Register a program; a confidential one gets its secret, shown this once */
    post: {
      parameters: {
        query?: never;
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody: {
        content: {
          "application/json": components["schemas"]["NewOAuthClient"];
        };
      };
      responses: {
        /** @description Registered */
        201: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/json": components["schemas"]["CreatedOAuthClient"];
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
  "/api/identity/oauth-clients/{id}": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    post?: never;
    /** Remove a program, and end all it was granted */
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
  "/api/identity/organizations/{id}/security-policy": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Read what your organization asks of a sign-in */
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
            "application/json": components["schemas"]["SecurityPolicy"];
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
    /** Change it, within the platform's floor; needs a step-up and If-Match */
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
          "application/json": components["schemas"]["NewSecurityPolicy"];
        };
      };
      responses: {
        /** @description OK */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/json": components["schemas"]["SecurityPolicy"];
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
    /**
     * Erase your account; needs a step-up, and is for patients only
     * @description At once and for good. 409 for whoever works or worked in a clinic: its records name them.
     */
    delete: {
      parameters: {
        query?: never;
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description Erased */
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
  "/api/identity/users/me/email": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Ask to use another address; needs a step-up */
    post: {
      parameters: {
        query?: never;
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody: {
        content: {
          "application/json": components["schemas"]["ChangeEmail"];
        };
      };
      responses: {
        /** @description A letter is on its way, if there is reason for one */
        202: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/json": components["schemas"]["Accepted"];
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
  "/api/identity/users/me/email/confirm": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Confirm the new address with the token that was mailed to it */
    post: {
      parameters: {
        query?: never;
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody: {
        content: {
          "application/json": components["schemas"]["ConfirmEmail"];
        };
      };
      responses: {
        /** @description Changed */
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
  "/api/identity/users/me/exports": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Ask for a copy of what is known about you, good for a day; needs a step-up */
    post: {
      parameters: {
        query?: never;
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description May be fetched now */
        201: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/json": components["schemas"]["DataExport"];
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
  "/api/identity/users/me/exports/{id}": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Fetch the copy: one line of JSON for each thing */
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
        /** @description application/x-ndjson */
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
  "/api/identity/users/me/factors": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** List your second factors, never their secrets */
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
            "application/json": components["schemas"]["FactorList"];
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
  "/api/identity/users/me/factors/{id}": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    post?: never;
    /** Remove one of your second factors; needs a step-up */
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
  "/api/identity/users/me/factors/passkeys": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Add the passkey that the browser made */
    post: {
      parameters: {
        query?: never;
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody: {
        content: {
          "application/json": components["schemas"]["AddPasskey"];
        };
      };
      responses: {
        /** @description Enrolled */
        201: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/json": components["schemas"]["EnrolledFactor"];
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
  "/api/identity/users/me/factors/passkeys/options": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Get what a browser needs to make a passkey; needs a step-up */
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
            "application/json": components["schemas"]["PasskeyOptions"];
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
  "/api/identity/users/me/factors/totp": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Get a secret for an authenticator app; needs a step-up, also for the first factor */
    post: {
      parameters: {
        query?: never;
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody: {
        content: {
          "application/json": components["schemas"]["StartTotp"];
        };
      };
      responses: {
        /** @description Shown once */
        201: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/json": components["schemas"]["TotpSecret"];
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
  "/api/identity/users/me/factors/totp/confirm": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Show the first code; from then on it is asked for */
    post: {
      parameters: {
        query?: never;
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody: {
        content: {
          "application/json": components["schemas"]["ConfirmTotp"];
        };
      };
      responses: {
        /** @description Enrolled */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/json": components["schemas"]["EnrolledFactor"];
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
  "/api/identity/users/me/password": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Change your password; your other devices are signed out */
    post: {
      parameters: {
        query?: never;
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody: {
        content: {
          "application/json": components["schemas"]["ChangePassword"];
        };
      };
      responses: {
        /** @description Changed */
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
  "/api/identity/users/me/recovery-codes": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Get ten new recovery codes; needs a step-up */
    post: {
      parameters: {
        query?: never;
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description Shown once */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/json": components["schemas"]["RecoveryCodes"];
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
  "/api/identity/users/me/security-events": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** List what happened to your account */
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
            "application/json": components["schemas"]["SecurityEventPage"];
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
    /** Sign all your other devices out */
    delete: {
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
            "application/json": components["schemas"]["EndedSessions"];
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
  "/auth/email/resend": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Ask for the letter with the link again; with the cookie that came when you registered */
    post: {
      parameters: {
        query?: never;
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody: {
        content: {
          "application/json": components["schemas"]["ResendVerification"];
        };
      };
      responses: {
        /** @description A letter is on its way, if there is reason for one */
        202: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/json": components["schemas"]["Accepted"];
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
  "/auth/email/verify": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Verify the address with the link's token; then you can sign in */
    post: {
      parameters: {
        query?: never;
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody: {
        content: {
          "application/json": components["schemas"]["VerifyEmail"];
        };
      };
      responses: {
        /** @description Verified */
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
        /** @description Signed in, or a second factor is asked for */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/json": components["schemas"]["SignInAnswer"];
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
  "/auth/mfa/challenge": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Get what a browser needs to show a passkey as the second factor */
    post: {
      parameters: {
        query?: never;
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody: {
        content: {
          "application/json": components["schemas"]["Challenged"];
        };
      };
      responses: {
        /** @description OK */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/json": components["schemas"]["PasskeyOptions"];
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
  "/auth/mfa/enrol": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Get a secret for an authenticator app, when the clinic asks for a first factor */
    post: {
      parameters: {
        query?: never;
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody: {
        content: {
          "application/json": components["schemas"]["Challenged"];
        };
      };
      responses: {
        /** @description Shown once */
        201: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/json": components["schemas"]["TotpSecret"];
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
  "/auth/mfa/enrol/passkey": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Get what a browser needs to make a passkey, when the clinic asks for one
     * @description Send what it made as `newPasskey` to /auth/mfa/verify, beside a proof of the factor that one has.
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
          "application/json": components["schemas"]["Challenged"];
        };
      };
      responses: {
        /** @description OK */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/json": components["schemas"]["PasskeyOptions"];
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
  "/auth/mfa/verify": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Finish a sign-in with the second factor */
    post: {
      parameters: {
        query?: never;
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody: {
        content: {
          "application/json": components["schemas"]["MfaVerify"];
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
  "/auth/passkeys/options": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Get what a browser needs to sign in with a passkey alone */
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
            "application/json": components["schemas"]["PasskeyOptions"];
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
  "/auth/passkeys/verify": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Sign in with a passkey alone */
    post: {
      parameters: {
        query?: never;
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody: {
        content: {
          "application/json": components["schemas"]["PasskeySignIn"];
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
  "/auth/password/forgot": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Ask for a link to set a new password */
    post: {
      parameters: {
        query?: never;
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody: {
        content: {
          "application/json": components["schemas"]["ForgotPassword"];
        };
      };
      responses: {
        /** @description A letter is on its way, if there is reason */
        202: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/json": components["schemas"]["Accepted"];
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
  "/auth/password/reset": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Set a new password with the link's token; all devices are signed out */
    post: {
      parameters: {
        query?: never;
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody: {
        content: {
          "application/json": components["schemas"]["ResetPassword"];
        };
      };
      responses: {
        /** @description Set; sign in with it, and with your second factor */
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
  "/auth/reauthenticate": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Prove that it is you: new tokens, and the old ones end */
    post: {
      parameters: {
        query?: never;
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody: {
        content: {
          "application/json": components["schemas"]["Reauthenticate"];
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
  "/auth/reauthenticate/options": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Get what a browser needs to step up with a passkey */
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
            "application/json": components["schemas"]["PasskeyOptions"];
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
  "/auth/register": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Ask for an account; a letter with a link follows */
    post: {
      parameters: {
        query?: never;
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody: {
        content: {
          "application/json": components["schemas"]["Register"];
        };
      };
      responses: {
        /** @description A letter is on its way, if there is reason for one */
        202: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/json": components["schemas"]["Accepted"];
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
  "/auth/switch-organization": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Go on in another clinic of yours: new tokens, and the old ones end */
    post: {
      parameters: {
        query?: never;
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody: {
        content: {
          "application/json": components["schemas"]["SwitchOrganization"];
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
  "/internal/organizations": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Found a clinic that nobody belongs to yet */
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
          "application/json": components["schemas"]["FoundClinic"];
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
  "/internal/organizations/{id}/close": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Take the founding of a clinic back */
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
            | "rules:approve"
            | "decisions:evaluate"
            | "compliance:read"
            | "compliance:write"
            | "compliance:approve"
            | "analytics:read"
            | "analytics:staff"
            | "analytics:export"
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
  "/internal/organizations/{id}/members/{userId}/restore": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Take the end of a membership back */
    post: {
      parameters: {
        query?: never;
        header: {
          "idempotency-key": string;
        };
        path: {
          id: string;
          userId: string;
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
  "/internal/organizations/{id}/members/{userId}/sessions/revoke": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Sign a user out of a clinic on every device */
    post: {
      parameters: {
        query?: never;
        header: {
          "idempotency-key": string;
        };
        path: {
          id: string;
          userId: string;
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
  "/internal/organizations/{id}/members/{userId}/suspend": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** End a membership, so that it can be restored */
    post: {
      parameters: {
        query?: never;
        header: {
          "idempotency-key": string;
        };
        path: {
          id: string;
          userId: string;
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
  "/internal/organizations/{id}/open": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Give a clinic its owner */
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
          "application/json": components["schemas"]["OpenClinic"];
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
                id: string;
                /** @enum {string} */
                kind: "session" | "membership" | "key";
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
  "/oauth/authorize": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Ask a user for access: sends the browser on to our page, or back with an error
     * @description RFC 6749 §4.1 with PKCE (S256 only). A client or a redirect URI that is not registered is a problem 400, and nobody is sent anywhere.
     */
    get: {
      parameters: {
        query?: never;
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description To our page, or back to the client */
        302: {
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
    /** The user's answer to an authorization request; says where to send the browser */
    post: {
      parameters: {
        query?: never;
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody: {
        content: {
          "application/json": components["schemas"]["OAuthConsent"];
        };
      };
      responses: {
        /** @description OK */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/json": components["schemas"]["OAuthRedirection"];
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
  "/oauth/authorize/details": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** What an authorization request asks the user for */
    post: {
      parameters: {
        query?: never;
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody: {
        content: {
          "application/json": components["schemas"]["OAuthConsentRequest"];
        };
      };
      responses: {
        /** @description OK */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/json": components["schemas"]["OAuthConsentDetails"];
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
  "/oauth/introspect": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Is a token good now? For services, and for confidential clients about their own */
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
            "application/json": components["schemas"]["Introspection"];
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
        /** @description Beyond the token's scope */
        403: {
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
  "/oauth/revoke": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** End what a token of yours was granted (RFC 7009) */
    post: {
      parameters: {
        query?: never;
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description Ended, if it was one */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content?: never;
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
        /** @description Beyond the token's scope */
        403: {
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
     * Exchange a code, a refresh token or a secret for tokens (RFC 6749)
     * @description A form with grant_type authorization_code, refresh_token or client_credentials. The platform's own services use the last one with HTTP Basic.
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
            "application/json": components["schemas"]["OAuthTokens"];
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
        /** @description Beyond the token's scope */
        403: {
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
  "/oauth/userinfo": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Who a client's token speaks for (OpenID Connect Core §5.3) */
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
            "application/json": components["schemas"]["UserInfo"];
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
        /** @description Beyond the token's scope */
        403: {
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
    put?: never;
    /** Who a client's token speaks for (OpenID Connect Core §5.3) */
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
            "application/json": components["schemas"]["UserInfo"];
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
        /** @description Beyond the token's scope */
        403: {
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
    Accepted: {
      /** @enum {boolean} */
      accepted: true;
    };
    AddPasskey: {
      challengeId: string;
      /** @default Passkey */
      name: string;
      passkey: components["schemas"]["NewPasskey"];
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
    Challenged: {
      challengeId: string;
    };
    ChangeEmail: {
      /** Format: email */
      email: string;
    };
    ChangePassword: {
      currentPassword: string;
      newPassword: string;
    };
    ConfirmEmail: {
      token: string;
    };
    ConfirmTotp: {
      code: string;
      /** Format: uuid */
      factorId: string;
    };
    CreatedOAuthClient: components["schemas"]["OAuthClient"] & {
      /** @description Shown once. */
      clientSecret?: string;
    };
    DataExport: {
      /** Format: date-time */
      createdAt: string;
      /** Format: date-time */
      expiresAt: string;
      /** Format: uuid */
      id: string;
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
    EndedSessions: {
      ended: number;
    };
    EnrolledFactor: {
      factor: components["schemas"]["Factor"];
      /** @description With the first factor only; shown once. */
      recoveryCodes?: string[];
    };
    Factor: {
      /** Format: date-time */
      createdAt: string;
      /** Format: uuid */
      id: string;
      /** @enum {string} */
      kind: "totp" | "passkey";
      /** Format: date-time */
      lastUsedAt: string | null;
      name: string;
    };
    FactorList: {
      items: components["schemas"]["Factor"][];
      recoveryCodesLeft: number;
    };
    ForgotPassword: {
      /** Format: email */
      email: string;
    };
    FoundClinic: {
      name: string;
      /**
       * Format: uuid
       * @description Of the new clinic.
       */
      organizationId: string;
    };
    Introspection: {
      active: boolean;
      aud?: string;
      client_id?: string;
      exp?: number;
      iat?: number;
      iss?: string;
      jti?: string;
      org?: string;
      scope?: string;
      sid?: string;
      sub?: string;
      token_type?: string;
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
    MfaRequired: {
      challengeId: string;
      /** @description What the clinic takes and you do not have: enrol one of these to sign in, and prove one of `factors` with it if there are any. */
      enrol?: ("totp" | "passkey")[];
      /** @description Empty when the clinic asks for a factor and you have none: enrol one now. */
      factors: ("totp" | "passkey" | "recovery-code")[];
      /** @enum {boolean} */
      mfaRequired: true;
    };
    MfaVerify: {
      challengeId: string;
      code?: string;
      newPasskey?: components["schemas"]["NewPasskey"];
      passkey?: components["schemas"]["PasskeyAnswer"];
      recoveryCode?: string;
    };
    NewOAuthClient: {
      /**
       * @description Confidential: runs where it can keep a secret. Public: in a browser or an app.
       * @enum {string}
       */
      kind: "public" | "confidential";
      name: string;
      /**
       * @description What it may ask for; none that you do not hold yourself.
       * @default []
       */
      permissions: (
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
        | "rules:approve"
        | "decisions:evaluate"
        | "compliance:read"
        | "compliance:write"
        | "compliance:approve"
        | "analytics:read"
        | "analytics:staff"
        | "analytics:export"
        | "assistants:use"
        | "assistants:decide"
        | "assistants:admin"
        | "jobs:read"
        | "jobs:operate"
        | "sagas:read"
        | "sagas:operate"
      )[];
      /** @default [] */
      redirectUris: string[];
    };
    /** @description Made now, for `enrol`; beside a proof of the factor that one has. */
    NewPasskey: {
      /** @enum {string|null} */
      authenticatorAttachment?: "platform" | "cross-platform" | null;
      /** @default {} */
      clientExtensionResults: {
        [key: string]: unknown;
      };
      id: string;
      rawId: string;
      response: {
        attestationObject: string;
        clientDataJSON: string;
        transports?: string[];
      };
      /** @enum {string} */
      type: "public-key";
    };
    NewSecurityPolicy: {
      idleMinutes: number;
      /**
       * @description `passkey`: nothing but a passkey will do.
       * @enum {string}
       */
      secondFactor: "optional" | "required" | "passkey";
      sessionMinutes: number;
    };
    NoDetails: Record<string, never>;
    OAuthClient: {
      /** Format: date-time */
      createdAt: string;
      /**
       * Format: uuid
       * @description The client_id.
       */
      id: string;
      /** @enum {string} */
      kind: "public" | "confidential";
      name: string;
      permissions: string[];
      redirectUris: string[];
    };
    OAuthClientPage: {
      items: components["schemas"]["OAuthClient"][];
      nextCursor: string | null;
    };
    OAuthConsent: {
      /** @enum {string} */
      decision: "allow" | "deny";
      /** @description The query of the authorization request, as it arrived at GET /oauth/authorize. */
      query: string;
    };
    OAuthConsentDetails: {
      client: {
        /** Format: uuid */
        id: string;
        name: string;
      };
      redirectUri: string;
      /** @description What would be granted. */
      scope: string[];
    };
    OAuthConsentRequest: {
      /** @description The query of the authorization request, as it arrived at GET /oauth/authorize. */
      query: string;
    };
    OAuthError: {
      /** @enum {string} */
      error:
        | "invalid_request"
        | "invalid_grant"
        | "invalid_scope"
        | "unauthorized_client"
        | "unsupported_grant_type"
        | "invalid_client"
        | "invalid_token"
        | "insufficient_scope";
    };
    OAuthMetadata: {
      authorization_endpoint: string;
      authorization_response_iss_parameter_supported: boolean;
      claims_parameter_supported: boolean;
      claims_supported: string[];
      code_challenge_methods_supported: string[];
      grant_types_supported: string[];
      id_token_signing_alg_values_supported: string[];
      introspection_endpoint: string;
      introspection_endpoint_auth_methods_supported: string[];
      issuer: string;
      jwks_uri: string;
      request_parameter_supported: boolean;
      request_uri_parameter_supported: boolean;
      response_modes_supported: string[];
      response_types_supported: string[];
      revocation_endpoint: string;
      revocation_endpoint_auth_methods_supported: string[];
      scopes_supported: string[];
      subject_types_supported: string[];
      token_endpoint: string;
      token_endpoint_auth_methods_supported: string[];
      userinfo_endpoint: string;
    };
    OAuthRedirection: {
      redirectTo: string;
    };
    OAuthTokens: {
      access_token: string;
      expires_in: number;
      id_token?: string;
      refresh_token?: string;
      scope?: string;
      /** @enum {string} */
      token_type: "Bearer";
    };
    OpenClinic: {
      /**
       * Format: uuid
       * @description The clinic whose members its owners are now.
       */
      foundedBy: string;
      ownerUserIds: string[];
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
    PasskeyAnswer: {
      /** @enum {string|null} */
      authenticatorAttachment?: "platform" | "cross-platform" | null;
      /** @default {} */
      clientExtensionResults: {
        [key: string]: unknown;
      };
      id: string;
      rawId: string;
      response: {
        authenticatorData: string;
        clientDataJSON: string;
        signature: string;
        userHandle?: string | null;
      };
      /** @enum {string} */
      type: "public-key";
    };
    PasskeyOptions: {
      challengeId: string;
      /** @description For the browser, as it is. */
      options: {
        [key: string]: unknown;
      };
    };
    PasskeySignIn: {
      challengeId: string;
      /**
       * @default web
       * @enum {string}
       */
      client: "web" | "api";
      /** Format: uuid */
      organizationId?: string;
      passkey: components["schemas"]["PasskeyAnswer"];
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
    Reauthenticate: {
      /**
       * @description `aal1`, a password alone, only for someone who has no second factor yet.
       * @default aal2
       * @enum {string}
       */
      acr: "aal1" | "aal2";
      challengeId?: string;
      code?: string;
      passkey?: components["schemas"]["PasskeyAnswer"];
      password?: string;
      recoveryCode?: string;
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
    RecoveryCodes: {
      recoveryCodes: string[];
    };
    Redriven: {
      /** @description Deliveries that will be tried; at 1000 there may be more: ask again. */
      redriven: number;
    };
    Refresh: {
      refreshToken?: string;
    };
    Register: {
      /** Format: email */
      email: string;
      fullName: string;
      /** @description A first clinic, of which you become the owner. */
      organization?: {
        name: string;
      };
      password: string;
    };
    ResendVerification: {
      /** Format: email */
      email: string;
    };
    ResetPassword: {
      newPassword: string;
      token: string;
    };
    SecurityEvent: {
      action: string;
      /** Format: date-time */
      at: string;
      /** @description The program of others that did this for you. */
      clientId?: string;
      /** Format: uuid */
      id: string;
      /** Format: uuid */
      organizationId: string;
      /** @enum {string} */
      outcome: "success" | "refused" | "failed";
    };
    SecurityEventPage: {
      items: components["schemas"]["SecurityEvent"][];
      nextCursor: string | null;
    };
    SecurityPolicy: {
      idleMinutes: number;
      /** @enum {string} */
      secondFactor: "optional" | "required" | "passkey";
      sessionMinutes: number;
      /** @description 0: the platform's own. Also the ETag. */
      version: number;
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
    SignInAnswer: components["schemas"]["Tokens"] | components["schemas"]["MfaRequired"];
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
    StartTotp: {
      /** @default Authenticator app */
      name: string;
    };
    SwitchOrganization: {
      /** Format: uuid */
      organizationId: string;
    };
    Tokens: {
      accessToken: string;
      /** @description Seconds. */
      expiresIn: number;
      /** @description When a first factor was enrolled during this sign-in; shown once. */
      recoveryCodes?: string[];
      /** @description For programs only. */
      refreshToken?: string;
      /** @enum {string} */
      tokenType: "Bearer";
    };
    TotpSecret: {
      /** Format: uuid */
      factorId: string;
      /** @description Base32, shown once. */
      secret: string;
      /** @description For a QR code (otpauth://). */
      uri: string;
    };
    UndoOrder: {
      undoOf: string;
    };
    UserInfo: {
      email?: string;
      name?: string;
      /** Format: uuid */
      sub: string;
    };
    VerifyEmail: {
      token: string;
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
