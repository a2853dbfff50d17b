/** Generated from docs/openapi/workflow.json by web/generate_api.ts. */
// deno-lint-ignore-file
export interface paths {
  "/api/workflow/alert-policy": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Read how often the same may be told */
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
            "application/json": components["schemas"]["AlertPolicy"];
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
    /** Say how often the same may be told */
    put: {
      parameters: {
        query?: never;
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody: {
        content: {
          "application/json": components["schemas"]["AlertPolicy"];
        };
      };
      responses: {
        /** @description OK */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/json": components["schemas"]["AlertPolicy"];
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
  "/api/workflow/alerts": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** List what rules wanted to say, newest first: shown or not, answered or not */
    get: {
      parameters: {
        query?: {
          cursor?: string;
          disposition?: "shown" | "duplicate" | "capped" | "shadow";
          isOpen?: "true" | "false";
          key?: string;
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
            "application/json": components["schemas"]["AlertPage"];
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
  "/api/workflow/alerts/{id}/accept": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Say that an alert was followed */
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
          "application/json": components["schemas"]["AlertAcceptance"];
        };
      };
      responses: {
        /** @description OK */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/json": components["schemas"]["Alert"];
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
  "/api/workflow/alerts/{id}/override": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Set an alert aside, and say why */
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
          "application/json": components["schemas"]["AlertOverride"];
        };
      };
      responses: {
        /** @description OK */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/json": components["schemas"]["Alert"];
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
  "/api/workflow/analytics/bottlenecks": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Say where the time goes in runs of a definition, and whether more goes there than before */
    get: {
      parameters: {
        query: {
          /** @description Runs that began then or later. */
          from?: string;
          /** @description Runs of this definition. */
          key: string;
          /** @description Runs that began before. */
          to?: string;
          version?: number;
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
            "application/json": components["schemas"]["ProcessBottlenecks"];
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
  "/api/workflow/analytics/cycle-times": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Say how long runs take, and how long their tasks wait and are worked on */
    get: {
      parameters: {
        query?: {
          by?: "week" | "month";
          /** @description Runs that began then or later. */
          from?: string;
          /** @description Runs of this definition. */
          key?: string;
          /** @description Runs that began before. */
          to?: string;
          version?: number;
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
            "application/json": components["schemas"]["CycleTimes"];
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
  "/api/workflow/analytics/drift": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Compare the ways that runs take before and after a time */
    get: {
      parameters: {
        query: {
          /** @description Runs that began then or later. */
          from?: string;
          /** @description Runs of this definition. */
          key: string;
          /** @description Runs that began before, beside those after. */
          split: string;
          /** @description Runs that began before. */
          to?: string;
          version?: number;
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
            "application/json": components["schemas"]["ProcessDrift"];
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
  "/api/workflow/analytics/export": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Download the log of a definition's runs without names, as XES or CSV */
    get: {
      parameters: {
        query: {
          format: "xes" | "csv";
          /** @description Runs that began then or later. */
          from?: string;
          /** @description Runs of this definition. */
          key: string;
          /** @description Runs that began before. */
          to?: string;
          version?: number;
        };
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description IEEE 1849-2016 or RFC 4180 */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/xml": string;
            "text/csv": string;
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
  "/api/workflow/analytics/process-map": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Draw what directly follows on what in the runs of a definition, and how long it takes */
    get: {
      parameters: {
        query: {
          /** @description Runs that began then or later. */
          from?: string;
          /** @description Runs of this definition. */
          key: string;
          /** @description Runs that began before. */
          to?: string;
          version?: number;
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
            "application/json": components["schemas"]["ProcessMap"];
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
  "/api/workflow/analytics/rework": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Say what is done more than once in the same run */
    get: {
      parameters: {
        query: {
          /** @description Runs that began then or later. */
          from?: string;
          /** @description Runs of this definition. */
          key: string;
          /** @description Runs that began before. */
          to?: string;
          version?: number;
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
            "application/json": components["schemas"]["Rework"];
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
  "/api/workflow/analytics/sla": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Say which tasks are done by when they should be */
    get: {
      parameters: {
        query?: {
          /** @description Runs that began then or later. */
          from?: string;
          /** @description Runs of this definition. */
          key?: string;
          /** @description Runs that began before. */
          to?: string;
          version?: number;
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
            "application/json": components["schemas"]["ServiceLevels"];
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
  "/api/workflow/analytics/staff-workload": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Say how much work each person has; that somebody has asked is audited */
    get: {
      parameters: {
        query?: {
          /** @description Runs that began then or later. */
          from?: string;
          /** @description Runs of this definition. */
          key?: string;
          /** @description Runs that began before. */
          to?: string;
          version?: number;
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
            "application/json": components["schemas"]["StaffWorkload"];
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
  "/api/workflow/analytics/variants": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** List the ways that runs of a definition take, the most frequent first */
    get: {
      parameters: {
        query: {
          /** @description Runs that began then or later. */
          from?: string;
          /** @description Runs of this definition. */
          key: string;
          /** @description Runs that began before. */
          to?: string;
          version?: number;
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
            "application/json": components["schemas"]["ProcessVariants"];
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
  "/api/workflow/analytics/workload": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Say how much work each role has, and when it is done */
    get: {
      parameters: {
        query?: {
          /** @description Runs that began then or later. */
          from?: string;
          /** @description Runs of this definition. */
          key?: string;
          /** @description Runs that began before. */
          to?: string;
          version?: number;
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
            "application/json": components["schemas"]["Workload"];
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
  "/api/workflow/assistance/budget": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Read what this month may cost, and what it has cost */
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
            "application/json": components["schemas"]["AssistanceBudget"];
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
    /** Say what a month may cost */
    put: {
      parameters: {
        query?: never;
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody: {
        content: {
          "application/json": components["schemas"]["AssistanceBudgetInput"];
        };
      };
      responses: {
        /** @description OK */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/json": components["schemas"]["AssistanceBudget"];
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
  "/api/workflow/assistance/calls": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** List calls with their prompts, providers, tokens and hashes, newest first */
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
            "application/json": components["schemas"]["AssistanceCallPage"];
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
    /** Ask for a draft. It changes nothing until a person accepts it */
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
          "application/json": components["schemas"]["AssistanceCallInput"];
        };
      };
      responses: {
        /** @description Asked; `proposal` is null when nothing usable came */
        201: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/json": components["schemas"]["AssistanceAnswer"];
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
  "/api/workflow/assistance/papers/{id}": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Read what was signed */
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
            "application/json": components["schemas"]["AssistancePaper"];
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
  "/api/workflow/assistance/previews": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** See what would leave the clinic, without asking anybody */
    post: {
      parameters: {
        query?: never;
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody: {
        content: {
          "application/json": components["schemas"]["AssistanceCallInput"];
        };
      };
      responses: {
        /** @description OK */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/json": components["schemas"]["AssistancePreview"];
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
  "/api/workflow/assistance/proposals": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** List drafts, newest first */
    get: {
      parameters: {
        query?: {
          cursor?: string;
          limit?: number;
          patientId?: string;
          status?: "proposed" | "accepting" | "accepted" | "rejected";
          task?:
            | "pathway-proposal"
            | "problem-candidates"
            | "gap-explanation"
            | "result-message"
            | "referral-letter";
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
            "application/json": components["schemas"]["AssistanceProposalPage"];
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
  "/api/workflow/assistance/proposals/{id}": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Read a draft with what it rests on */
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
            "application/json": components["schemas"]["AssistanceProposalDetail"];
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
    /** Change a draft; the difference is kept */
    put: {
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
          "application/json": components["schemas"]["AssistanceEdit"];
        };
      };
      responses: {
        /** @description OK */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/json": components["schemas"]["AssistanceProposalDetail"];
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
  "/api/workflow/assistance/proposals/{id}/accept": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Bring a draft about, with the right to what it brings about */
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
          "application/json": components["schemas"]["AssistanceAcceptance"];
        };
      };
      responses: {
        /** @description OK */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/json": components["schemas"]["AssistanceProposalDetail"];
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
  "/api/workflow/assistance/proposals/{id}/reject": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Turn a draft down, with a reason */
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
          "application/json": components["schemas"]["AssistanceRejection"];
        };
      };
      responses: {
        /** @description OK */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/json": components["schemas"]["AssistanceProposalDetail"];
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
  "/api/workflow/assistance/tasks": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** List what assistants can draft here, by whom, and what each draft is meant for */
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
            "application/json": components["schemas"]["AssistanceTasks"];
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
  "/api/workflow/audit-events": {
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
  "/api/workflow/audit-events/verify": {
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
  "/api/workflow/calendars": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Read when the clinic, or one of its places, is open */
    get: {
      parameters: {
        query?: {
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
            "application/json": components["schemas"]["Calendar"];
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
    /** Say when the clinic, or one of its places, is open */
    put: {
      parameters: {
        query?: {
          name?: string;
        };
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody: {
        content: {
          "application/json": components["schemas"]["CalendarInput"];
        };
      };
      responses: {
        /** @description OK */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/json": components["schemas"]["Calendar"];
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
  "/api/workflow/cds-clients": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** List the programs that may call hooks */
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
            "application/json": components["schemas"]["CdsClientPage"];
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
    /** Let a program call hooks that signs with these keys */
    post: {
      parameters: {
        query?: never;
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody: {
        content: {
          "application/json": components["schemas"]["CdsClientInput"];
        };
      };
      responses: {
        /** @description Registered */
        201: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/json": components["schemas"]["CdsClient"];
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
  "/api/workflow/cds-clients/{id}/revoke": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Let a program call no more */
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
            "application/json": components["schemas"]["CdsClient"];
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
  "/api/workflow/compliance/conformance": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Hold the newest runs of a definition beside it, counted */
    get: {
      parameters: {
        query: {
          /** @description Runs that began then or later. */
          from?: string;
          key: string;
          /** @description Runs that began before. */
          to?: string;
          version?: number;
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
            "application/json": components["schemas"]["DefinitionConformance"];
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
  "/api/workflow/compliance/findings": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** List what was not kept, is at risk, or cannot be told, newest first */
    get: {
      parameters: {
        query?: {
          cursor?: string;
          isAtRisk?: "true" | "false";
          key?: string;
          limit?: number;
          patientId?: string;
          runId?: string;
          severity?: "low" | "medium" | "high";
          state?:
            | "satisfied"
            | "violated"
            | "pending"
            | "excused"
            | "indeterminate"
            | "not_applicable";
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
            "application/json": components["schemas"]["ComplianceFindingPage"];
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
  "/api/workflow/compliance/findings/{id}": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Read a finding with every verdict that there was about it */
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
            "application/json": components["schemas"]["ComplianceFindingDetail"];
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
  "/api/workflow/compliance/findings/{id}/excuse": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Say why it was right all the same; it holds as long as the finding stays as it is */
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
          "application/json": components["schemas"]["ComplianceExcuse"];
        };
      };
      responses: {
        /** @description OK */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/json": components["schemas"]["ComplianceFinding"];
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
  "/api/workflow/compliance/protocols": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** List the protocols of your organization, newest first */
    get: {
      parameters: {
        query?: {
          cursor?: string;
          definition?: string;
          key?: string;
          limit?: number;
          state?: "draft" | "submitted" | "active" | "retired";
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
            "application/json": components["schemas"]["ComplianceProtocolPage"];
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
    /** Write a draft: a new version of its name, or the draft that there is, anew */
    post: {
      parameters: {
        query?: never;
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody: {
        content: {
          "application/json": components["schemas"]["ComplianceProtocolInput"];
        };
      };
      responses: {
        /** @description Kept */
        201: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/json": components["schemas"]["ComplianceProtocolDetail"];
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
  "/api/workflow/compliance/protocols/{key}/versions/{version}": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Read a version with its constraints */
    get: {
      parameters: {
        query?: never;
        header?: never;
        path: {
          key: string;
          version: string;
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
            "application/json": components["schemas"]["ComplianceProtocolDetail"];
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
  "/api/workflow/compliance/protocols/{key}/versions/{version}/approve": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Let a version count that somebody else has written and handed in */
    post: {
      parameters: {
        query?: never;
        header?: never;
        path: {
          key: string;
          version: string;
        };
        cookie?: never;
      };
      requestBody: {
        content: {
          "application/json": components["schemas"]["ComplianceProtocolApproval"];
        };
      };
      responses: {
        /** @description OK */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/json": components["schemas"]["ComplianceProtocol"];
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
  "/api/workflow/compliance/protocols/{key}/versions/{version}/check": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Hold one run, or the runs of one patient, against any version, as of any date */
    get: {
      parameters: {
        query?: {
          /** @description As it was known then: what was told later does not count. */
          asOf?: string;
          patientId?: string;
          runId?: string;
        };
        header?: never;
        path: {
          key: string;
          version: string;
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
            "application/json": components["schemas"]["ComplianceVerdicts"];
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
  "/api/workflow/compliance/protocols/{key}/versions/{version}/report": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Count how well a version was kept in all runs of a period, as of any date */
    get: {
      parameters: {
        query?: {
          /** @description As it was known then: what was told later does not count. */
          asOf?: string;
          /** @description Runs that began then or later. */
          from?: string;
          /** @description Runs that began before. */
          to?: string;
        };
        header?: never;
        path: {
          key: string;
          version: string;
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
            "application/json": components["schemas"]["ComplianceReport"];
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
  "/api/workflow/compliance/protocols/{key}/versions/{version}/retire": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Hold nothing against it any more; what was only handed in goes back to its author */
    post: {
      parameters: {
        query?: never;
        header?: never;
        path: {
          key: string;
          version: string;
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
            "application/json": components["schemas"]["ComplianceProtocol"];
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
  "/api/workflow/compliance/protocols/{key}/versions/{version}/submit": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Hand a draft in: from then on it does not change */
    post: {
      parameters: {
        query?: never;
        header?: never;
        path: {
          key: string;
          version: string;
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
            "application/json": components["schemas"]["ComplianceProtocol"];
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
  "/api/workflow/compliance/runs/{id}/care-events": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Tell what a run did not see when it happened, or correct what it saw */
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
          "application/json": components["schemas"]["CareEventInput"];
        };
      };
      responses: {
        /** @description Kept beside what it corrects */
        201: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/json": components["schemas"]["CareEventId"];
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
  "/api/workflow/compliance/runs/{id}/conformance": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Hold a run beside its definition: skipped, omitted, late, out of order, added */
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
            "application/json": components["schemas"]["RunConformance"];
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
  "/api/workflow/compliance/runs/{id}/log": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Read what constraints are held against: by when it happened, and when it was told */
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
            "application/json": components["schemas"]["CareLog"];
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
  "/api/workflow/decisions/{key}/evaluate": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Ask the active version of a rule: fired, not fired, or what it cannot be told from */
    post: {
      parameters: {
        query?: never;
        header?: never;
        path: {
          key: string;
        };
        cookie?: never;
      };
      requestBody: {
        content: {
          "application/json": components["schemas"]["DecisionInput"];
        };
      };
      responses: {
        /** @description OK */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/json": components["schemas"]["Decided"];
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
  "/api/workflow/definitions": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** List the definitions of your organization, newest first */
    get: {
      parameters: {
        query?: {
          cursor?: string;
          key?: string;
          kind?: "workflow" | "pathway";
          limit?: number;
          state?: "draft" | "submitted" | "active" | "shadow" | "retired";
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
            "application/json": components["schemas"]["DefinitionPage"];
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
    /** Write a draft: a new version of its name, or the draft that there is, anew */
    post: {
      parameters: {
        query?: never;
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody: {
        content: {
          "application/json": components["schemas"]["DefinitionInput"];
        };
      };
      responses: {
        /** @description Kept, with everything that is in the way of publishing it */
        201: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/json": components["schemas"]["DefinitionDraft"];
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
  "/api/workflow/definitions/{key}/versions/{version}": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Read a version as it was written */
    get: {
      parameters: {
        query?: never;
        header?: never;
        path: {
          key: string;
          version: string;
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
            "application/json": components["schemas"]["DefinitionDetail"];
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
  "/api/workflow/definitions/{key}/versions/{version}/approve": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Let a version run that somebody else has written and handed in */
    post: {
      parameters: {
        query?: never;
        header?: never;
        path: {
          key: string;
          version: string;
        };
        cookie?: never;
      };
      requestBody: {
        content: {
          "application/json": components["schemas"]["DefinitionApproval"];
        };
      };
      responses: {
        /** @description OK */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/json": components["schemas"]["Definition"];
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
  "/api/workflow/definitions/{key}/versions/{version}/diff": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Say what is different from another version, task by task; the one before unless named */
    get: {
      parameters: {
        query?: {
          from?: number;
        };
        header?: never;
        path: {
          key: string;
          version: string;
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
            "application/json": components["schemas"]["DefinitionDifferences"];
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
  "/api/workflow/definitions/{key}/versions/{version}/graph": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Read a version as nodes and edges, to be drawn */
    get: {
      parameters: {
        query?: never;
        header?: never;
        path: {
          key: string;
          version: string;
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
            "application/json": components["schemas"]["WorkflowGraph"];
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
  "/api/workflow/definitions/{key}/versions/{version}/retire": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** No new runs of this version; what was only handed in goes back to its author */
    post: {
      parameters: {
        query?: never;
        header?: never;
        path: {
          key: string;
          version: string;
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
            "application/json": components["schemas"]["Definition"];
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
  "/api/workflow/definitions/{key}/versions/{version}/simulate": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Run a version in memory, with a clock that jumps and nobody asked */
    post: {
      parameters: {
        query?: never;
        header?: never;
        path: {
          key: string;
          version: string;
        };
        cookie?: never;
      };
      requestBody: {
        content: {
          "application/json": components["schemas"]["SimulationInput"];
        };
      };
      responses: {
        /** @description OK */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/json": components["schemas"]["Simulation"];
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
  "/api/workflow/definitions/{key}/versions/{version}/submit": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Hand a draft in: from then on it does not change */
    post: {
      parameters: {
        query?: never;
        header?: never;
        path: {
          key: string;
          version: string;
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
            "application/json": components["schemas"]["Definition"];
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
  "/api/workflow/definitions/validate": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Say what is wrong with a definition, without keeping it */
    post: {
      parameters: {
        query?: never;
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody: {
        content: {
          "application/json": components["schemas"]["DefinitionInput"];
        };
      };
      responses: {
        /** @description OK */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/json": components["schemas"]["DefinitionFindings"];
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
  "/api/workflow/enrolments": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** List enrolments, newest first */
    get: {
      parameters: {
        query?: {
          cursor?: string;
          key?: string;
          limit?: number;
          patientId?: string;
          status?:
            | "active"
            | "on_hold"
            | "completed"
            | "withdrawn"
            | "transferred"
            | "entered_in_error";
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
            "application/json": components["schemas"]["EnrolmentPage"];
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
    /** Put a patient on a pathway */
    post: {
      parameters: {
        query?: never;
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody: {
        content: {
          "application/json": components["schemas"]["NewEnrolment"];
        };
      };
      responses: {
        /** @description Enrolled */
        201: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/json": components["schemas"]["EnrolmentDetail"];
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
  "/api/workflow/enrolments/{id}": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Read how far a patient is, with goals and variances */
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
            "application/json": components["schemas"]["EnrolmentDetail"];
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
  "/api/workflow/enrolments/{id}/complete": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Change an enrolment: complete */
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
          "application/json": components["schemas"]["EnrolmentReason"];
        };
      };
      responses: {
        /** @description OK */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/json": components["schemas"]["EnrolmentDetail"];
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
  "/api/workflow/enrolments/{id}/evidence": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Close a step by something that has happened without its task */
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
          "application/json": components["schemas"]["EvidenceInput"];
        };
      };
      responses: {
        /** @description Taken */
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
  "/api/workflow/enrolments/{id}/goals": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Record how far a goal is reached */
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
          "application/json": components["schemas"]["GoalInput"];
        };
      };
      responses: {
        /** @description Recorded */
        201: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/json": components["schemas"]["GoalProgress"];
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
  "/api/workflow/enrolments/{id}/graph": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Read the pathway of a patient as nodes and edges, each step with how far it is */
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
            "application/json": components["schemas"]["PathwayGraph"];
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
  "/api/workflow/enrolments/{id}/hold": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Change an enrolment: hold */
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
          "application/json": components["schemas"]["EnrolmentReason"];
        };
      };
      responses: {
        /** @description OK */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/json": components["schemas"]["EnrolmentDetail"];
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
  "/api/workflow/enrolments/{id}/resume": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Change an enrolment: resume */
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
          "application/json": components["schemas"]["EnrolmentReason"];
        };
      };
      responses: {
        /** @description OK */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/json": components["schemas"]["EnrolmentDetail"];
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
  "/api/workflow/enrolments/{id}/transfer": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Change an enrolment: transfer */
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
          "application/json": components["schemas"]["EnrolmentReason"];
        };
      };
      responses: {
        /** @description OK */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/json": components["schemas"]["EnrolmentDetail"];
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
  "/api/workflow/enrolments/{id}/variances": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Record that a step went otherwise than planned, and why */
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
          "application/json": components["schemas"]["VarianceInput"];
        };
      };
      responses: {
        /** @description Recorded */
        201: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/json": components["schemas"]["Variance"];
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
  "/api/workflow/enrolments/{id}/withdraw": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Change an enrolment: withdraw */
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
          "application/json": components["schemas"]["EnrolmentReason"];
        };
      };
      responses: {
        /** @description OK */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/json": components["schemas"]["EnrolmentDetail"];
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
  "/api/workflow/events/{id}/redrive": {
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
  "/api/workflow/events/redrive": {
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
  "/api/workflow/functions": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** List what definitions may call */
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
            "application/json": components["schemas"]["WorkflowFunctions"];
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
  "/api/workflow/jobs": {
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
  "/api/workflow/jobs/{id}/redrive": {
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
  "/api/workflow/pathways": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Take a FHIR PlanDefinition in as the draft of a pathway */
    post: {
      parameters: {
        query?: never;
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody: {
        content: {
          "application/json": components["schemas"]["PathwayInput"];
        };
      };
      responses: {
        /** @description Kept, with everything that is lost or in the way */
        201: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/json": components["schemas"]["DefinitionDraft"];
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
  "/api/workflow/pathways/{key}/apply": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** FHIR's $apply: CarePlan, RequestGroup and Tasks for a patient; nothing is kept */
    post: {
      parameters: {
        query?: never;
        header?: never;
        path: {
          key: string;
        };
        cookie?: never;
      };
      requestBody: {
        content: {
          "application/json": components["schemas"]["PathwayApplyInput"];
        };
      };
      responses: {
        /** @description OK */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/json": components["schemas"]["PathwayApplied"];
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
  "/api/workflow/pathways/{key}/eligibility": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Say whether a pathway fits a patient, why, and what is missing to tell */
    post: {
      parameters: {
        query?: never;
        header?: never;
        path: {
          key: string;
        };
        cookie?: never;
      };
      requestBody: {
        content: {
          "application/json": components["schemas"]["PathwayApplyInput"];
        };
      };
      responses: {
        /** @description OK */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/json": components["schemas"]["PathwayEligibility"];
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
  "/api/workflow/pathways/{key}/graph": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Read the active version of a pathway as nodes and edges, to be drawn */
    get: {
      parameters: {
        query?: never;
        header?: never;
        path: {
          key: string;
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
            "application/json": components["schemas"]["PathwayGraph"];
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
  "/api/workflow/pathways/{key}/plan-definition": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Give the active version of a pathway out as a FHIR PlanDefinition */
    get: {
      parameters: {
        query?: never;
        header?: never;
        path: {
          key: string;
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
            "application/json": components["schemas"]["PlanDefinition"];
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
  "/api/workflow/rules": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** List the rules of your organization, newest first */
    get: {
      parameters: {
        query?: {
          cursor?: string;
          key?: string;
          limit?: number;
          state?: "draft" | "submitted" | "active" | "shadow" | "retired";
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
            "application/json": components["schemas"]["RulePage"];
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
    /** Write a draft, from a table or from DMN: a new version of its key, or the draft anew */
    post: {
      parameters: {
        query?: never;
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody: {
        content: {
          "application/json": components["schemas"]["RuleDraft"];
        };
      };
      responses: {
        /** @description Kept */
        201: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/json": components["schemas"]["Rule"];
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
  "/api/workflow/rules/{key}/performance": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Say how often a rule was asked, fired, was followed and was set aside, and why */
    get: {
      parameters: {
        query?: {
          days?: number;
          version?: number;
        };
        header?: never;
        path: {
          key: string;
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
            "application/json": components["schemas"]["RulePerformance"];
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
  "/api/workflow/rules/{key}/versions/{version}": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Read one version of a rule */
    get: {
      parameters: {
        query?: never;
        header?: never;
        path: {
          key: string;
          version: string;
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
            "application/json": components["schemas"]["RuleDetail"];
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
  "/api/workflow/rules/{key}/versions/{version}/approve": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Let a version speak that somebody else has written and handed in */
    post: {
      parameters: {
        query?: never;
        header?: never;
        path: {
          key: string;
          version: string;
        };
        cookie?: never;
      };
      requestBody: {
        content: {
          "application/json": components["schemas"]["RuleApproval"];
        };
      };
      responses: {
        /** @description OK */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/json": components["schemas"]["Rule"];
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
  "/api/workflow/rules/{key}/versions/{version}/dmn": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Export the decision of a version as DMN 1.5 */
    get: {
      parameters: {
        query?: never;
        header?: never;
        path: {
          key: string;
          version: string;
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
            "application/xml": string;
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
  "/api/workflow/rules/{key}/versions/{version}/replay": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Say how often a version would have fired on what hooks were told */
    post: {
      parameters: {
        query?: never;
        header?: never;
        path: {
          key: string;
          version: string;
        };
        cookie?: never;
      };
      requestBody: {
        content: {
          "application/json": components["schemas"]["RuleReplayInput"];
        };
      };
      responses: {
        /** @description OK */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/json": components["schemas"]["RuleReplay"];
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
  "/api/workflow/rules/{key}/versions/{version}/retire": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Ask this version no more; what was only handed in goes back to its author */
    post: {
      parameters: {
        query?: never;
        header?: never;
        path: {
          key: string;
          version: string;
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
            "application/json": components["schemas"]["Rule"];
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
  "/api/workflow/rules/{key}/versions/{version}/submit": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Hand a draft in whose tests pass: from now on it does not change */
    post: {
      parameters: {
        query?: never;
        header?: never;
        path: {
          key: string;
          version: string;
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
            "application/json": components["schemas"]["Rule"];
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
  "/api/workflow/rules/{key}/versions/{version}/test": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Run the test table of a version */
    post: {
      parameters: {
        query?: never;
        header?: never;
        path: {
          key: string;
          version: string;
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
            "application/json": components["schemas"]["RuleTestRun"];
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
  "/api/workflow/run-migrations": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** List what was ordered, newest first */
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
            "application/json": components["schemas"]["RunMigrationPage"];
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
    /** Make runs under way runs of another version, all of them, one after the other */
    post: {
      parameters: {
        query?: never;
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody: {
        content: {
          "application/json": components["schemas"]["RunMigrationInput"];
        };
      };
      responses: {
        /** @description Ordered: see how far it is under its address */
        202: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/json": components["schemas"]["RunMigration"];
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
  "/api/workflow/run-migrations/{id}": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Read how far a migration is */
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
            "application/json": components["schemas"]["RunMigration"];
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
  "/api/workflow/run-migrations/{id}/cancel": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Move no more runs; those that were moved stay */
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
            "application/json": components["schemas"]["RunMigration"];
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
  "/api/workflow/run-migrations/{id}/left-behind": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** List the runs that could not be moved, and why */
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
            "application/json": components["schemas"]["RunMigrationLeftoverPage"];
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
  "/api/workflow/run-migrations/preview": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Say which runs would become runs of another version, and what is in the way */
    post: {
      parameters: {
        query?: never;
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody: {
        content: {
          "application/json": components["schemas"]["RunMigrationPreviewInput"];
        };
      };
      responses: {
        /** @description OK */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/json": components["schemas"]["RunMigrationPreview"];
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
  "/api/workflow/runs": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** List the runs of your organization, newest first; failed ones wait for an operator */
    get: {
      parameters: {
        query?: {
          cursor?: string;
          isShadow?: "true" | "false";
          key?: string;
          limit?: number;
          patientId?: string;
          status?:
            | "running"
            | "suspended"
            | "compensating"
            | "completed"
            | "compensated"
            | "compensation_failed"
            | "cancelled"
            | "failed";
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
            "application/json": components["schemas"]["RunPage"];
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
    /** Start a run of an active definition */
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
          "application/json": components["schemas"]["NewRun"];
        };
      };
      responses: {
        /** @description It is under way, or was already */
        202: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/json": components["schemas"]["Run"];
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
  "/api/workflow/runs/{id}": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Read a run with its steps */
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
            "application/json": components["schemas"]["RunDetail"];
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
  "/api/workflow/runs/{id}/cancel": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** End a run, and undo what it has done if wanted */
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
          "application/json": components["schemas"]["RunCancellation"];
        };
      };
      responses: {
        /** @description As it stands now */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/json": components["schemas"]["Run"];
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
  "/api/workflow/runs/{id}/graph": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Read a run as nodes and edges, each task with how far it is */
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
            "application/json": components["schemas"]["RunGraph"];
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
  "/api/workflow/runs/{id}/history": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Read what has happened in a run, oldest first */
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
            "application/json": components["schemas"]["RunHistoryPage"];
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
  "/api/workflow/runs/{id}/progress": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Follow a run's history as server-sent events; Last-Event-ID goes on from there */
    get: {
      parameters: {
        query?: never;
        header?: {
          "last-event-id"?: string;
        };
        path: {
          id: string;
        };
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description `history` events, then `run` when it is over or has failed */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "text/event-stream": string;
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
  "/api/workflow/runs/{id}/resume": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Let a run go on */
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
          "application/json": components["schemas"]["RunReason"];
        };
      };
      responses: {
        /** @description As it stands now */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/json": components["schemas"]["Run"];
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
  "/api/workflow/runs/{id}/retry": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Try the failed steps of a run again */
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
          "application/json": components["schemas"]["RunReason"];
        };
      };
      responses: {
        /** @description As it stands now */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/json": components["schemas"]["Run"];
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
  "/api/workflow/runs/{id}/skip-step": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Go on without a step that you have seen to */
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
          "application/json": components["schemas"]["RunSkip"];
        };
      };
      responses: {
        /** @description As it stands now */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/json": components["schemas"]["Run"];
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
  "/api/workflow/runs/{id}/suspend": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Let a run stand still */
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
          "application/json": components["schemas"]["RunReason"];
        };
      };
      responses: {
        /** @description As it stands now */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/json": components["schemas"]["Run"];
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
  "/api/workflow/sagas": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** List the sagas of your organization, newest first */
    get: {
      parameters: {
        query?: {
          cursor?: string;
          limit?: number;
          name?: string;
          state?: "running" | "compensating" | "completed" | "compensated" | "stuck" | "abandoned";
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
            "application/json": components["schemas"]["SagaPage"];
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
    /** Start an undertaking across services; what it does needs its own permission, too */
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
          "application/json": components["schemas"]["NewSaga"];
        };
      };
      responses: {
        /** @description It is under way, or was already */
        202: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/json": components["schemas"]["Saga"];
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
  "/api/workflow/sagas/{id}": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Read a saga with its steps and its history */
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
            "application/json": components["schemas"]["SagaDetail"];
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
  "/api/workflow/sagas/{id}/abort": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Turn a saga back, or close one that only a person can finish */
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
          "application/json": components["schemas"]["SagaEvidence"];
        };
      };
      responses: {
        /** @description As it stands now */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/json": components["schemas"]["SagaDetail"];
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
  "/api/workflow/sagas/{id}/progress": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Follow a saga's history as server-sent events; Last-Event-ID goes on from there */
    get: {
      parameters: {
        query?: never;
        header?: {
          "last-event-id"?: string;
        };
        path: {
          id: string;
        };
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description `history` events, then `state` when it is over or stuck */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "text/event-stream": string;
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
  "/api/workflow/sagas/{id}/retry": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Try the step again at which a saga is stuck */
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
          "application/json": components["schemas"]["SagaEvidence"];
        };
      };
      responses: {
        /** @description As it stands now */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/json": components["schemas"]["SagaDetail"];
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
  "/api/workflow/sagas/{id}/skip": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Go on without the step at which a saga is stuck: you have seen to it */
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
          "application/json": components["schemas"]["SagaEvidence"];
        };
      };
      responses: {
        /** @description As it stands now */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/json": components["schemas"]["SagaDetail"];
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
  "/api/workflow/scores": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** List the scores, what each needs and in which unit */
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
            "application/json": components["schemas"]["ScoreList"];
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
  "/api/workflow/scores/{name}": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Compute a score, or say what it cannot be told from */
    post: {
      parameters: {
        query?: never;
        header?: never;
        path: {
          name: string;
        };
        cookie?: never;
      };
      requestBody: {
        content: {
          "application/json": components["schemas"]["ScoreInputs"];
        };
      };
      responses: {
        /** @description OK */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/json": components["schemas"]["ScoreAnswer"];
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
  "/api/workflow/shipped-definitions": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** List the definitions and pathways that come with the product */
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
            "application/json": components["schemas"]["ShippedDefinitions"];
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
  "/api/workflow/shipped-definitions/{name}/install": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Make one of them a draft of yours; a pathway also needs pathways:write */
    post: {
      parameters: {
        query?: never;
        header?: never;
        path: {
          name: string;
        };
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description Kept as a draft */
        201: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/json": components["schemas"]["DefinitionDraft"];
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
  "/api/workflow/stance": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** List what scores, rules, viewers and assistants are meant for, and which are on here */
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
            "application/json": components["schemas"]["Stance"];
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
  "/api/workflow/stance/country": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    /** Say in which country the clinic works */
    put: {
      parameters: {
        query?: never;
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody: {
        content: {
          "application/json": components["schemas"]["StanceCountry"];
        };
      };
      responses: {
        /** @description Kept */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/json": components["schemas"]["StanceCountry"];
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
  "/api/workflow/stance/switches": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    /** Switch a score, a rule, a viewer or an assistant on or off, everywhere or in a country */
    put: {
      parameters: {
        query?: never;
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody: {
        content: {
          "application/json": components["schemas"]["StanceSwitchInput"];
        };
      };
      responses: {
        /** @description Switched */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/json": components["schemas"]["StanceSwitch"];
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
  "/api/workflow/task-pools": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** List the groups of members that tasks are offered to */
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
            "application/json": components["schemas"]["TaskPools"];
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
    /** Say who belongs to a group; as long as it is empty its tasks are everybody's */
    put: {
      parameters: {
        query: {
          name: string;
        };
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody: {
        content: {
          "application/json": components["schemas"]["TaskPoolInput"];
        };
      };
      responses: {
        /** @description OK */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/json": components["schemas"]["TaskPool"];
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
  "/api/workflow/tasks": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** List the tasks of your organization, newest first */
    get: {
      parameters: {
        query?: {
          cursor?: string;
          limit?: number;
          /** @description Only what you claimed. */
          mine?: "true" | "false";
          overdue?: "true" | "false";
          patientId?: string;
          runId?: string;
          /** @description Also what somebody has put off for now. */
          snoozed?: "true" | "false";
          state?: "open" | "claimed" | "completed" | "cancelled";
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
            "application/json": components["schemas"]["TaskPage"];
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
  "/api/workflow/tasks/{id}": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Read a task */
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
            etag: string;
            [name: string]: unknown;
          };
          content: {
            "application/json": components["schemas"]["Task"];
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
  "/api/workflow/tasks/{id}/claim": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Take a task, so that nobody else works it */
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
        /** @description Yours */
        200: {
          headers: {
            etag: string;
            [name: string]: unknown;
          };
          content: {
            "application/json": components["schemas"]["Task"];
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
  "/api/workflow/tasks/{id}/comments": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Read what was said about a task, newest first */
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
            "application/json": components["schemas"]["TaskCommentPage"];
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
    /** Say something about a task */
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
          "application/json": components["schemas"]["NewTaskComment"];
        };
      };
      responses: {
        /** @description Said */
        201: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/json": components["schemas"]["TaskComment"];
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
  "/api/workflow/tasks/{id}/complete": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Complete a task that you have claimed or that nobody has */
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
          "application/json": components["schemas"]["TaskCompletion"];
        };
      };
      responses: {
        /** @description Completed */
        200: {
          headers: {
            etag: string;
            [name: string]: unknown;
          };
          content: {
            "application/json": components["schemas"]["Task"];
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
  "/api/workflow/tasks/{id}/delegate": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Hand a task that you have claimed, or may assign, to another member */
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
          "application/json": components["schemas"]["TaskDelegation"];
        };
      };
      responses: {
        /** @description As it stands now */
        200: {
          headers: {
            etag: string;
            [name: string]: unknown;
          };
          content: {
            "application/json": components["schemas"]["Task"];
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
  "/api/workflow/tasks/{id}/release": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Give a task back that you have claimed */
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
        /** @description Open again */
        200: {
          headers: {
            etag: string;
            [name: string]: unknown;
          };
          content: {
            "application/json": components["schemas"]["Task"];
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
  "/api/workflow/tasks/{id}/snooze": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Put a task off, at most until it is due */
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
          "application/json": components["schemas"]["TaskSnooze"];
        };
      };
      responses: {
        /** @description As it stands now */
        200: {
          headers: {
            etag: string;
            [name: string]: unknown;
          };
          content: {
            "application/json": components["schemas"]["Task"];
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
  "/api/workflow/value-sets": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** List the clinic's own codes by where they come from, newest first */
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
            "application/json": components["schemas"]["ValueSetPage"];
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
    /** Bring codes along that drafts may use, in place of those of the same address */
    post: {
      parameters: {
        query?: never;
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody: {
        content: {
          "application/json": components["schemas"]["ValueSetInput"];
        };
      };
      responses: {
        /** @description Kept */
        201: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/json": components["schemas"]["ValueSet"];
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
  "/api/workflow/value-sets/{id}/retire": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Use these codes no more; drafts that rest on them stay */
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
            "application/json": components["schemas"]["ValueSet"];
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
  "/cds-services": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** List the services of CDS Hooks 2.0, one per hook */
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
            "application/json": components["schemas"]["CdsServices"];
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
  "/cds-services/{id}": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Ask the clinic's rules at a moment of care, by a token that the client has signed */
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
          "application/json": components["schemas"]["CdsHookRequest"];
        };
      };
      responses: {
        /** @description OK */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/json": components["schemas"]["CdsHookResponse"];
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
  "/cds-services/{id}/feedback": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Tell what became of cards */
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
          "application/json": components["schemas"]["CdsHookRequest"];
        };
      };
      responses: {
        /** @description OK */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/json": components["schemas"]["CdsFeedbackHeard"];
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
  "/internal/organizations/{id}/clear": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Take the first tasks of a clinic back */
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
    /** Open the first tasks of a new clinic */
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
    /** Sum up what has to be done for a patient, for the patient's chart */
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
            "application/json": components["schemas"]["PatientTasks"];
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
  "/internal/sagas": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Start a saga for another service; the key is required */
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
          "application/json": components["schemas"]["NewSaga"] & {
            /** Format: uuid */
            organizationId: string;
            requestId?: string;
          };
        };
      };
      responses: {
        /** @description It is under way, or was already */
        202: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/json": components["schemas"]["Saga"];
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
  "/internal/tasks/assign": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Give open tasks to a member */
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
          "application/json": components["schemas"]["AssignTasks"];
        };
      };
      responses: {
        /** @description OK */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/json": components["schemas"]["MovedTasks"];
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
  "/internal/tasks/release": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Take from a member everything that they have claimed */
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
          "application/json": components["schemas"]["MemberTasks"];
        };
      };
      responses: {
        /** @description OK */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/json": components["schemas"]["MovedTasks"];
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
  "/internal/tasks/restore": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Give back what was released under a key */
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
          "application/json": components["schemas"]["RestoreTasks"];
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
    Alert: {
      /** Format: date-time */
      actedAt: string | null;
      actedBy: string | null;
      comment: string | null;
      /** Format: date-time */
      createdAt: string;
      /**
       * @description Shown, or why it was not.
       * @enum {string}
       */
      disposition: "shown" | "duplicate" | "capped" | "shadow";
      encounterId: string | null;
      /** @description null: asked for in the app. */
      hook: string | null;
      /** Format: uuid */
      id: string;
      /** @enum {string} */
      indicator: "info" | "warning" | "critical";
      inputs: {
        [key: string]: unknown;
      };
      /** @description Told more quietly than its rule says. */
      isDemoted: boolean;
      key: string;
      /** @enum {string|null} */
      outcome: "accepted" | "overridden" | null;
      output?: unknown;
      overrideReasons: ({
        code: string;
        display: string;
      } & {
        [key: string]: unknown;
      })[];
      patientId: string | null;
      reasonCode: string | null;
      suggestions: {
        /** Format: uuid */
        id: string;
        label: string;
      }[];
      summary: string;
      version: number;
    };
    AlertAcceptance: {
      comment?: string;
    };
    AlertOverride: {
      comment?: string;
      reasonCode?: string;
    };
    AlertPage: {
      items: components["schemas"]["Alert"][];
      nextCursor: string | null;
    };
    AlertPolicy: {
      dedupeHours: number;
      /** @description Answers that have to be there before its rule is judged. */
      demoteAfter: number;
      /** @description A rule that is overridden more often is told more quietly. */
      demoteShare: number;
      encounterCap: number;
    };
    AssignTasks: components["schemas"]["MemberTasks"] & {
      taskIds: string[];
    };
    AssistanceAcceptance: {
      version: number;
    };
    AssistanceAnswer: {
      call: components["schemas"]["AssistanceCall"];
      proposal: components["schemas"]["AssistanceProposal"];
    };
    AssistanceBudget: {
      /** Format: date */
      month: string;
      reservedTokens: number;
      tokensPerMonth: number;
      usedTokens: number;
    };
    AssistanceBudgetInput: {
      tokensPerMonth: number;
    };
    AssistanceCall: {
      attempts: number;
      detail: string | null;
      /** Format: date-time */
      endedAt: string | null;
      findings: components["schemas"]["AssistanceFinding"][];
      hidden: {
        [key: string]: number;
      };
      /** Format: uuid */
      id: string;
      inputTokens: number;
      leftOut: number;
      model: string;
      /** @enum {string|null} */
      outcome:
        | "ok"
        | "refused"
        | "truncated"
        | "invalid_output"
        | "timeout"
        | "rate_limited"
        | "unavailable"
        | "budget_exceeded"
        | "policy_blocked"
        | "ungrounded"
        | null;
      outputTokens: number;
      payloadSha256: string | null;
      promptSha256: string;
      promptVersion: number;
      /** @enum {string} */
      provider: "rule-based" | "openai" | "anthropic" | "recorded" | "fault";
      /** Format: date-time */
      startedAt: string;
      task: components["schemas"]["AssistanceTaskName"];
      /** Format: uuid */
      userId: string;
    };
    AssistanceCallInput: {
      input: components["schemas"]["AssistanceInput"];
      /**
       * Format: uuid
       * @default null
       */
      patientId: string | null;
      task: components["schemas"]["AssistanceTaskName"];
    };
    AssistanceCallPage: {
      items: components["schemas"]["AssistanceCall"][];
      nextCursor: string | null;
    };
    AssistanceDocument: {
      /** @example k-1 */
      id: string;
      text: string;
      /**
       * @default document
       * @enum {string}
       */
      trust: "document" | "patient";
    };
    AssistanceEdit: {
      output: {
        [key: string]: unknown;
      };
      version: number;
    };
    AssistanceFact: {
      at?: string;
      code?: {
        code: string;
        display: string;
        system: string;
      };
      dose?: string;
      /** @example k-1 */
      id: string;
      /** @enum {string} */
      interpretation?: "low" | "normal" | "high" | "critical";
      /** @enum {string} */
      kind:
        | "observation"
        | "condition"
        | "medication"
        | "allergy"
        | "procedure"
        | "finding"
        | "step";
      name: string;
      /** @example 3.5–5.1 */
      range?: string;
      unit?: string;
      value?: string;
    };
    AssistanceFinding: {
      detail: string;
      pointer: string;
      /** @enum {string} */
      rule:
        | "unknown-code"
        | "wrong-display"
        | "unknown-source"
        | "not-a-quote"
        | "quotes-an-instruction"
        | "unknown-number"
        | "number-of-another"
        | "dose"
        | "advice"
        | "link"
        | "not-stated";
    };
    AssistanceInput: {
      /** @default [] */
      documents: components["schemas"]["AssistanceDocument"][];
      /** @default [] */
      facts: components["schemas"]["AssistanceFact"][];
      /** @description What the clinician wants said. */
      instruction?: string;
      /**
       * @description People in the documents, beside the patient: they are taken out as well.
       * @default []
       */
      names: string[];
    };
    AssistancePaper: {
      /** Format: uuid */
      id: string;
      /** Format: uuid */
      patientId: string | null;
      /** Format: uuid */
      proposalId: string;
      sha256: string;
      /** Format: date-time */
      signedAt: string;
      /** Format: uuid */
      signedBy: string;
      task: components["schemas"]["AssistanceTaskName"];
      text: string;
      title: string;
    };
    AssistancePreview: {
      blockedBecause: string | null;
      data: string;
      hidden: {
        [key: string]: number;
      };
      instructions: string;
      leftOut: number;
      /** @enum {string} */
      provider: "rule-based" | "openai" | "anthropic" | "recorded" | "fault";
      wouldLeave: boolean;
    };
    AssistanceProposal: {
      /** Format: uuid */
      callId: string;
      /** Format: date-time */
      createdAt: string;
      /** Format: uuid */
      createdBy: string;
      /** Format: date-time */
      decidedAt: string | null;
      /** Format: uuid */
      decidedBy: string | null;
      edited: {
        [key: string]: unknown;
      } | null;
      effect: {
        id: string;
        /** @enum {string} */
        kind: "definition-draft" | "message" | "paper";
      } | null;
      /** Format: date-time */
      expiresAt: string;
      /** Format: uuid */
      id: string;
      /**
       * @description Why our own rules drafted this although a model was to.
       * @enum {string|null}
       */
      insteadOf:
        | "ok"
        | "refused"
        | "truncated"
        | "invalid_output"
        | "timeout"
        | "rate_limited"
        | "unavailable"
        | "budget_exceeded"
        | "policy_blocked"
        | "ungrounded"
        | null;
      intendedUse: components["schemas"]["IntendedUse"];
      /** @description The permission that accepting it needs. */
      needs: string;
      output: {
        [key: string]: unknown;
      };
      /** Format: uuid */
      patientId: string | null;
      /** @enum {string} */
      provider: "rule-based" | "openai" | "anthropic" | "recorded" | "fault";
      reason: string | null;
      rendered: {
        text: string;
        title: string;
      };
      /** @enum {string} */
      status: "proposed" | "accepting" | "accepted" | "rejected";
      task: components["schemas"]["AssistanceTaskName"];
      version: number;
      warnings: string[];
    } | null;
    AssistanceProposalDetail: components["schemas"]["AssistanceProposal"] & {
      /** @description What a person has changed. */
      difference: {
        after?: unknown;
        before?: unknown;
        /** @enum {string} */
        change: "added" | "removed" | "changed";
        pointer: string;
      }[];
      /** @description What it was drafted from. */
      material: {
        [key: string]: unknown;
      };
    };
    AssistanceProposalPage: {
      items: components["schemas"]["AssistanceProposal"][];
      nextCursor: string | null;
    };
    AssistanceRejection: {
      reason: string;
      version: number;
    };
    AssistanceTask: {
      /** @enum {string} */
      effect: "definition-draft" | "message" | "paper";
      intendedUse: components["schemas"]["IntendedUse"];
      isAllowed: boolean;
      needs: string;
      prompt: {
        sha256: string;
        version: number;
      };
      task: components["schemas"]["AssistanceTaskName"];
    };
    /** @enum {string} */
    AssistanceTaskName:
      | "pathway-proposal"
      | "problem-candidates"
      | "gap-explanation"
      | "result-message"
      | "referral-letter";
    AssistanceTasks: {
      items: components["schemas"]["AssistanceTask"][];
      /** @enum {string} */
      provider: "rule-based" | "openai" | "anthropic" | "recorded" | "fault";
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
    Calendar: components["schemas"]["CalendarInput"] & {
      name: string;
    };
    CalendarInput: {
      holidays: string[];
      hours: {
        fri?: [
          string,
          string,
        ][];
        mon?: [
          string,
          string,
        ][];
        sat?: [
          string,
          string,
        ][];
        sun?: [
          string,
          string,
        ][];
        thu?: [
          string,
          string,
        ][];
        tue?: [
          string,
          string,
        ][];
        wed?: [
          string,
          string,
        ][];
      };
      /** @example Europe/Berlin */
      timeZone: string;
    };
    CareEvent: {
      activity: string;
      /** Format: date-time */
      at: string;
      /** Format: uuid */
      id: string;
      /** Format: date-time */
      recordedAt: string;
      /** @enum {string} */
      source: "step" | "told";
      /** Format: date-time */
      supersededAt: string | null;
    };
    CareEventId: {
      /** Format: uuid */
      id: string;
    };
    CareEventInput: {
      /**
       * @description The name of a task, or of a care event.
       * @example callPatient
       */
      activity: string;
      /**
       * Format: date-time
       * @description When it happened, which may be long ago.
       */
      at: string;
      /**
       * Format: uuid
       * @description The step or care event that this one stands instead of.
       */
      corrects?: string;
      /** @default {} */
      data: {
        [key: string]: unknown;
      };
      /**
       * @description What it corrects has not happened at all.
       * @default false
       */
      isRetraction: boolean;
      note?: string;
      /** @example DocumentReference/0198… */
      reference?: string;
    };
    CareLog: {
      items: components["schemas"]["CareEvent"][];
    };
    CdsCard: {
      detail?: string;
      /** @enum {string} */
      indicator: "info" | "warning" | "critical";
      links?: {
        label: string;
        /** @enum {string} */
        type: "absolute";
        /** Format: uri */
        url: string;
      }[];
      overrideReasons?: {
        code: string;
        display: string;
        system?: string;
      }[];
      /** @enum {string} */
      selectionBehavior?: "at-most-one" | "any";
      source: {
        label: string;
        topic?: {
          code: string;
          display: string;
          system?: string;
        };
        /** Format: uri */
        url?: string;
      };
      suggestions?: {
        actions?: {
          description: string;
          resource?: {
            [key: string]: unknown;
          };
          resourceId?: string;
          /** @enum {string} */
          type: "create" | "update" | "delete";
        }[];
        isRecommended?: boolean;
        label: string;
        /** Format: uuid */
        uuid: string;
      }[];
      summary: string;
      /** Format: uuid */
      uuid: string;
    };
    CdsClient: {
      /** Format: date-time */
      createdAt: string;
      /** Format: uuid */
      createdBy: string;
      fhirServer: string | null;
      /** Format: uuid */
      id: string;
      issuer: string;
      keyIds: string[];
      name: string;
      /** Format: date-time */
      revokedAt: string | null;
      tenant: string | null;
    };
    CdsClientInput: {
      /**
       * @description The only server from which anything is fetched for its hooks; none unless given.
       * @example https://fhir.example.com/r4
       */
      fhirServer?: string;
      /** @example https://ehr.example.com/ */
      issuer: string;
      /** Format: uri */
      jku?: string;
      /** @description Public keys, as a JSON Web Key Set. It is never fetched from anywhere. */
      keys: {
        keys: ({
          kid: string;
          /** @enum {string} */
          kty: "EC" | "RSA" | "OKP";
        } & {
          [key: string]: unknown;
        })[];
      };
      name: string;
      tenant?: string;
    };
    CdsClientPage: {
      items: components["schemas"]["CdsClient"][];
      nextCursor: string | null;
    };
    CdsFeedbackHeard: Record<string, never>;
    /** @description https://cds-hooks.hl7.org/2.0/#http-request_1 */
    CdsHookRequest: {
      [key: string]: unknown;
    };
    CdsHookResponse: {
      cards: components["schemas"]["CdsCard"][];
      /** @description Rules that could not be told, and why. */
      extension?: {
        "app.praxis.undecided": {
          missing?: string[];
          reason?: string;
          rule: string;
          stale?: string[];
          version: number;
        }[];
      };
    };
    CdsService: {
      description: string;
      hook: string;
      id: string;
      prefetch: {
        [key: string]: string;
      };
      title: string;
      usageRequirements: string;
    };
    CdsServices: {
      services: components["schemas"]["CdsService"][];
    };
    ComplianceCondition: {
      /** @enum {string} */
      operator: "eq" | "ne" | "lt" | "le" | "gt" | "ge" | "in" | "exists" | "missing";
      /**
       * @example [
       *       "outcome"
       *     ]
       */
      path: string[];
      value?: string | number | boolean | (string | number | boolean)[];
    };
    ComplianceConstraint: {
      activity: string;
      calendar: string | null;
      correlate: string[] | null;
      count: number | null;
      graceMinutes: number;
      /** Format: uuid */
      id: string;
      if: components["schemas"]["ComplianceCondition"][];
      name: string;
      rationale: string | null;
      /** @enum {string} */
      severity: "low" | "medium" | "high";
      target: string | null;
      /** @enum {string} */
      template:
        | "existence"
        | "absence"
        | "exactly"
        | "init"
        | "last"
        | "choice"
        | "exclusive-choice"
        | "responded-existence"
        | "co-existence"
        | "not-co-existence"
        | "response"
        | "alternate-response"
        | "chain-response"
        | "precedence"
        | "alternate-precedence"
        | "chain-precedence"
        | "succession"
        | "alternate-succession"
        | "chain-succession"
        | "not-succession"
        | "not-chain-succession";
      unless: string | null;
      when: components["schemas"]["ComplianceCondition"][];
      withinMinutes: number | null;
    };
    ComplianceConstraintInput: {
      /**
       * @description The name of a task, or of a care event.
       * @example callPatient
       */
      activity: string;
      /** @description The window is opening time of this calendar. */
      calendar?: string;
      /**
       * @description Where both events must say the same.
       * @example [
       *       "outcome"
       *     ]
       */
      correlate?: string[];
      /** @description `existence`: at least so often; `exactly`; `absence`: less often. */
      count?: number;
      /** @default 0 */
      graceMinutes: number;
      /**
       * @description Of what the other event says.
       * @default []
       */
      if: components["schemas"]["ComplianceCondition"][];
      /** @example A critical result is called through within an hour */
      name: string;
      rationale?: string;
      /**
       * @default medium
       * @enum {string}
       */
      severity: "low" | "medium" | "high";
      /**
       * @description The second activity, where there are two.
       * @example callPatient
       */
      target?: string;
      /** @enum {string} */
      template:
        | "existence"
        | "absence"
        | "exactly"
        | "init"
        | "last"
        | "choice"
        | "exclusive-choice"
        | "responded-existence"
        | "co-existence"
        | "not-co-existence"
        | "response"
        | "alternate-response"
        | "chain-response"
        | "precedence"
        | "alternate-precedence"
        | "chain-precedence"
        | "succession"
        | "alternate-succession"
        | "chain-succession"
        | "not-succession"
        | "not-chain-succession";
      /**
       * @description Runs in which this happened are left out.
       * @example callPatient
       */
      unless?: string;
      /**
       * @description Of what the event says that calls for it.
       * @default []
       */
      when: components["schemas"]["ComplianceCondition"][];
      /** @description From the event that calls for it, or from the start of the run. */
      withinMinutes?: number;
    };
    ComplianceExcuse: {
      reason: string;
    };
    ComplianceFinding: {
      /** Format: date-time */
      activatedAt: string | null;
      activity: string | null;
      /** Format: date-time */
      changedAt: string;
      constraint: {
        name: string;
        /** @enum {string} */
        severity: "low" | "medium" | "high";
      };
      /** Format: date-time */
      dueAt: string | null;
      excuse: {
        /** Format: date-time */
        at: string;
        /** Format: uuid */
        by: string;
        reason: string;
      } | null;
      explanation: string;
      /** Format: date-time */
      foundAt: string;
      /** Format: uuid */
      id: string;
      isAtRisk: boolean;
      /** Format: uuid */
      patientId: string | null;
      protocol: {
        key: string;
        title: string;
        version: number;
      };
      /** Format: uuid */
      runId: string;
      /** @enum {string} */
      state: "satisfied" | "violated" | "pending" | "excused" | "indeterminate" | "not_applicable";
      /** Format: date-time */
      targetAt: string | null;
      /** @enum {string} */
      why:
        | "fulfilled"
        | "waiting"
        | "missing"
        | "late"
        | "out-of-turn"
        | "unwanted"
        | "too-few"
        | "too-many"
        | "wrong-place"
        | "missing-data"
        | "retired"
        | "withdrawn";
    };
    ComplianceFindingDetail: components["schemas"]["ComplianceFinding"] & {
      /** @description Every verdict that there was, oldest first. */
      history: {
        actorId: string | null;
        /** Format: date-time */
        at: string;
        /** @enum {string} */
        state:
          | "satisfied"
          | "violated"
          | "pending"
          | "excused"
          | "indeterminate"
          | "not_applicable";
        /** Format: date-time */
        targetAt: string | null;
        why: string;
      }[];
    };
    ComplianceFindingPage: {
      items: components["schemas"]["ComplianceFinding"][];
      nextCursor: string | null;
    };
    ComplianceProtocol: {
      /** Format: date-time */
      approvedAt: string | null;
      /** Format: uuid */
      approvedBy: string | null;
      /** @description What exactly was approved. */
      approvedSha256: string | null;
      /** Format: date-time */
      createdAt: string;
      /** Format: uuid */
      createdBy: string;
      definition: string;
      /** Format: date-time */
      effectiveFrom: string | null;
      /** Format: date-time */
      effectiveUntil: string | null;
      /** Format: uuid */
      id: string;
      key: string;
      note: string | null;
      source: string | null;
      /** @enum {string} */
      state: "draft" | "submitted" | "active" | "retired";
      /** Format: uuid */
      submittedBy: string | null;
      title: string;
      version: number;
    };
    ComplianceProtocolApproval: {
      /** @description The `sha256` of what you have read: other content is not approved by it. */
      sha256: string;
    };
    ComplianceProtocolDetail: components["schemas"]["ComplianceProtocol"] & {
      constraints: components["schemas"]["ComplianceConstraint"][];
      /** @description Of what it says, whatever the order of its keys. */
      sha256: string;
    };
    ComplianceProtocolInput: {
      constraints: components["schemas"]["ComplianceConstraintInput"][];
      /** @description The key of the workflow or pathway whose runs are judged. */
      definition: string;
      /** Format: date-time */
      effectiveFrom?: string;
      /** Format: date-time */
      effectiveUntil?: string;
      /** @example abnormal-results-are-answered */
      key: string;
      note?: string;
      /** @description The guideline that it follows. */
      source?: string;
      title: string;
    };
    ComplianceProtocolPage: {
      items: components["schemas"]["ComplianceProtocol"][];
      nextCursor: string | null;
    };
    ComplianceReport: {
      /** Format: date-time */
      asOf: string;
      constraints: {
        excused: number;
        indeterminate: number;
        name: string;
        /** @description Runs in which nothing called for it. */
        notApplicableRuns: number;
        pending: number;
        /** @description Satisfied or excused, of everything that is decided; null: nothing is. */
        rate: number | null;
        satisfied: number;
        /** @enum {string} */
        severity: "low" | "medium" | "high";
        violated: number;
      }[];
      runs: number;
    };
    ComplianceVerdict: {
      /** Format: date-time */
      activatedAt: string | null;
      activity: string | null;
      constraint: string;
      /** Format: uuid */
      constraintId: string;
      /** Format: date-time */
      dueAt: string | null;
      /**
       * Format: uuid
       * @description The event that called for it; the run if none did.
       */
      eventId: string;
      /** @description Pending, with four fifths of the time over. */
      isAtRisk: boolean;
      /** @description Of a succession: 0 the response, 1 the precedence. */
      part: number;
      /** Format: uuid */
      runId: string;
      /** @enum {string} */
      state: "satisfied" | "violated" | "pending" | "indeterminate";
      /**
       * Format: date-time
       * @description When what it is about happened.
       */
      targetAt: string | null;
      /** @enum {string} */
      template:
        | "existence"
        | "absence"
        | "exactly"
        | "init"
        | "last"
        | "choice"
        | "exclusive-choice"
        | "responded-existence"
        | "co-existence"
        | "not-co-existence"
        | "response"
        | "alternate-response"
        | "chain-response"
        | "precedence"
        | "alternate-precedence"
        | "chain-precedence"
        | "succession"
        | "alternate-succession"
        | "chain-succession"
        | "not-succession"
        | "not-chain-succession";
      /** @enum {string} */
      why:
        | "fulfilled"
        | "waiting"
        | "missing"
        | "late"
        | "out-of-turn"
        | "unwanted"
        | "too-few"
        | "too-many"
        | "wrong-place"
        | "missing-data"
        | "retired"
        | "withdrawn";
    };
    ComplianceVerdicts: {
      /** Format: date-time */
      asOf: string;
      isCut: boolean;
      /** @description Those of the newest runs, at most 1,000. */
      items: components["schemas"]["ComplianceVerdict"][];
    };
    CycleTimes: {
      items: {
        begun: number;
        /** @description Of those that began in it. */
        ended: number;
        /** @description Milliseconds; null: nothing to count. */
        medianMs: number | null;
        /** @description Of its tasks: from then until they were done. */
        medianServiceMs: number | null;
        /** @description Of its tasks: until somebody took them. */
        medianWaitingMs: number | null;
        /**
         * Format: date
         * @description The first day (UTC) of the week or month.
         */
        on: string;
        /** @description Milliseconds; null: nothing to count. */
        p90Ms: number | null;
      }[];
      /** @description Left out because they speak of fewer than 5 cases. */
      suppressed: number;
    };
    Decided: components["schemas"]["DecisionResult"] & {
      alert: {
        detail?: string;
        /** @description `shown`, or why it is not to be shown. */
        disposition: string;
        /** Format: uuid */
        id: string;
        /** @enum {string} */
        indicator: "info" | "warning" | "critical";
        overrideReasons: ({
          code: string;
          display: string;
        } & {
          [key: string]: unknown;
        })[];
        suggestions: {
          /** Format: uuid */
          id: string;
          label: string;
        }[];
        summary: string;
      } | null;
      evidence: {
        grade?: string;
        title: string;
        /** Format: uri */
        url?: string;
      };
      intendedUse: components["schemas"]["IntendedUse"];
      rule: {
        key: string;
        sha256: string;
        title: string;
        version: number;
      };
    };
    /**
     * @example {
     *       "inputs": {
     *         "pulse": {
     *           "value": 112,
     *           "unit": "/min",
     *           "at": "2026-01-05T11:50:00Z"
     *         }
     *       }
     *     }
     */
    DecisionInput: {
      /** @default null */
      encounterId: string | null;
      inputs: {
        [key: string]:
          | {
            /** Format: date-time */
            at?: string | null;
            unit?: string | null;
            value?: number | boolean | string | null;
          }
          | number
          | boolean
          | string
          | null
          | {
            [key: string]:
              | {
                /** Format: date-time */
                at?: string | null;
                unit?: string | null;
                value?: number | boolean | string | null;
              }
              | number
              | boolean
              | string
              | null
              | (
                | {
                  /** Format: date-time */
                  at?: string | null;
                  unit?: string | null;
                  value?: number | boolean | string | null;
                }
                | number
                | boolean
                | string
                | null
              )[];
          };
      };
      /**
       * Format: uuid
       * @default null
       */
      patientId: string | null;
    };
    DecisionResult: {
      inputs: {
        [key: string]: {
          at?: string;
          unit?: string;
          value?: unknown;
        };
      };
      missing: string[];
      output?: unknown;
      reasons: {
        input: string;
        reason: string;
      }[];
      stale: string[];
      /** @enum {string} */
      status: "fired" | "not_fired" | "indeterminate";
    };
    Definition: {
      /** Format: date-time */
      approvedAt: string | null;
      /** Format: uuid */
      approvedBy: string | null;
      /** @description What exactly was approved. */
      approvedSha256: string | null;
      /** Format: date-time */
      createdAt: string;
      /** Format: uuid */
      createdBy: string;
      /** @description The event that starts it. */
      eventType: string | null;
      /** Format: uuid */
      id: string;
      key: string;
      /** @enum {string} */
      kind: "workflow" | "pathway";
      note: string | null;
      /** @description Of the document, whatever the order of its keys. */
      sha256: string;
      /** @enum {string} */
      state: "draft" | "submitted" | "active" | "shadow" | "retired";
      /** Format: uuid */
      submittedBy: string | null;
      title: string;
      version: number;
    };
    DefinitionApproval: {
      /** @description The `sha256` of what you have read: other content is not approved by it. */
      sha256: string;
      /**
       * @description `shadow`: it runs beside what is active, and touches nothing.
       * @default active
       * @enum {string}
       */
      state: "active" | "shadow";
    };
    DefinitionConformance: {
      conformingRuns: number;
      deviations: {
        activity: string;
        /** @description Those with a variance recorded for it. */
        explainedRuns: number;
        /** @enum {string} */
        kind: "skipped" | "omitted" | "late" | "out_of_order" | "added" | "failed";
        runs: number;
      }[];
      /** @description The mean over runs. */
      fitness: number | null;
      /** @description The newest ones, at most 500. */
      runs: number;
      /** @description Cells of fewer than five runs, left out. */
      suppressedCells: number;
    };
    DefinitionDetail: components["schemas"]["Definition"] & {
      document: {
        [key: string]: unknown;
      };
      source: string;
    };
    DefinitionDifference: {
      after?: unknown;
      before?: unknown;
      /** @enum {string} */
      change: "added" | "removed" | "changed";
      /** @example /do/callPatient */
      pointer: string;
    };
    DefinitionDifferences: {
      items: components["schemas"]["DefinitionDifference"][];
    };
    DefinitionDraft: {
      definition: components["schemas"]["Definition"];
      findings: components["schemas"]["DefinitionFinding"][];
    };
    DefinitionFinding: {
      detail: string;
      pointer: string;
      rule: string;
      /** @enum {string} */
      severity: "error" | "warning";
    };
    DefinitionFindings: {
      findings: components["schemas"]["DefinitionFinding"][];
      ok: boolean;
    };
    DefinitionInput: {
      note?: string;
      /** @description YAML or JSON. */
      source: string;
    };
    DefinitionPage: {
      items: components["schemas"]["Definition"][];
      nextCursor: string | null;
    };
    Deviation: {
      activity: string;
      /** Format: date-time */
      at: string | null;
      detail: string;
      /**
       * @description `skipped`: an operator went on without it; `omitted`: it was never begun.
       * @enum {string}
       */
      kind: "skipped" | "omitted" | "late" | "out_of_order" | "added" | "failed";
      /** @description What the people on the pathway have said about it. */
      variance: {
        cause: string;
        note: string | null;
        type: string;
      } | null;
      visit: number;
    };
    Enrolment: {
      /** Format: date-time */
      createdAt: string;
      /** Format: date-time */
      endedAt: string | null;
      /** Format: uuid */
      enrolledBy: string;
      /** Format: uuid */
      id: string;
      /** Format: date */
      indexOn: string;
      key: string;
      /** Format: uuid */
      patientId: string;
      reason: string | null;
      /** Format: uuid */
      runId: string;
      /** @enum {string} */
      status: "active" | "on_hold" | "completed" | "withdrawn" | "transferred" | "entered_in_error";
      version: number;
    };
    EnrolmentDetail: components["schemas"]["Enrolment"] & {
      /** @description What follows what, to be drawn. */
      edges: {
        from: string;
        /**
         * @example {
         *       "days": 14
         *     }
         */
        offset: {
          [key: string]: number;
        } | null;
        /** @example after-end */
        relationship: string;
        to: string;
      }[];
      eligibility: components["schemas"]["PathwayEligibility"];
      goals: components["schemas"]["GoalProgress"][];
      steps: {
        after: string[];
        /** @description Whether it applies is not known. */
        cannotTell: boolean;
        /** Format: date-time */
        doneAt: string | null;
        evidence: string | null;
        id: string;
        priority: string | null;
        /** @enum {string} */
        state: "not_applicable" | "ahead" | "open" | "done";
        title: string;
      }[];
      variances: components["schemas"]["Variance"][];
    };
    EnrolmentPage: {
      items: components["schemas"]["Enrolment"][];
      nextCursor: string | null;
    };
    EnrolmentReason: {
      reason: string;
    };
    EvidenceInput: {
      /** @example DocumentReference/0198… */
      reference: string;
      step: string;
    };
    Feature: components["schemas"]["IntendedUse"] & {
      /** @description Our own reading of rule 11 of the EU MDR. */
      eu: {
        /** @example IIa */
        riskClass: string | null;
        /** @enum {string} */
        standing: "device" | "not-a-device" | "depends";
        why: string;
      };
      isOnByDefault: boolean;
      /** @enum {string} */
      kind: "score" | "rule" | "viewer" | "assistant" | "analytics";
      /** @description Our own reading of section 520(o) of the FD&C Act. */
      us: {
        /** @example IIa */
        riskClass: string | null;
        /** @enum {string} */
        standing: "device" | "not-a-device" | "depends";
        why: string;
      };
      withheldIn: string[];
    };
    GoalInput: {
      /** @description Its id in the plan. */
      goal: string;
      /** Format: date */
      measuredOn: string;
      unit?: string;
      /** @example 6.8 */
      value: string;
    };
    GoalProgress: {
      /** Format: date-time */
      at: string;
      goal: string;
      /** Format: uuid */
      id: string;
      /** @description null: the plan sets no such target. */
      isMet: boolean | null;
      /** Format: date */
      measuredOn: string;
      unit: string | null;
      value: string;
    };
    HandledEvents: {
      handled: string[];
    };
    IntendedUse: {
      /** @example score.news2 */
      feature: string;
      notFor: string;
      title: string;
      use: string;
      users: string;
    };
    MemberTasks: {
      /** Format: uuid */
      organizationId: string;
      /** Format: uuid */
      userId: string;
    };
    MovedTasks: {
      taskIds: string[];
    };
    NewEnrolment: {
      /**
       * Format: date
       * @description Today unless given.
       */
      indexOn?: string;
      key: string;
      /** @description Why the patient is enrolled although eligibility is refused or cannot be told. */
      override?: string;
      /** Format: uuid */
      patientId: string;
      /** @default [] */
      resources: ({
        resourceType: string;
      } & {
        [key: string]: unknown;
      })[];
    };
    NewRun: {
      input: {
        [key: string]: unknown;
      };
      key: string;
      /** Format: uuid */
      patientId?: string;
      /** @description The active one unless given. */
      version?: number;
    };
    NewSaga: {
      input: {
        [key: string]: unknown;
      };
      /** @example hand-over-tasks */
      name: string;
    };
    NewTaskComment: {
      text: string;
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
    PathwayApplied: {
      entry: {
        resource: {
          resourceType: string;
        } & {
          [key: string]: unknown;
        };
      }[];
      /** @enum {string} */
      resourceType: "Bundle";
      /** @enum {string} */
      type: "collection";
    };
    PathwayApplyInput: {
      /** Format: uuid */
      patientId: string;
      /** @default [] */
      resources: ({
        resourceType: string;
      } & {
        [key: string]: unknown;
      })[];
    };
    PathwayEligibility: {
      /** @description null: it cannot be told. */
      isEligible: boolean | null;
      missing: string[];
      reasons: {
        detail: string;
        isMet: boolean | null;
        name: string;
      }[];
    };
    PathwayGraph: {
      edges: {
        from: string;
        /**
         * @example {
         *       "days": 14
         *     }
         */
        offset: {
          [key: string]: number;
        } | null;
        /** @example after-end */
        relationship: string;
        to: string;
      }[];
      nodes: {
        /** @description Whether it applies is not known. */
        cannotTell: boolean;
        /** Format: date-time */
        doneAt: string | null;
        evidence: string | null;
        id: string;
        priority: string | null;
        /**
         * @description null: drawn on nobody.
         * @enum {string|null}
         */
        state: "not_applicable" | "ahead" | "open" | "done" | null;
        title: string;
      }[];
    };
    PathwayInput: {
      note?: string;
      plan: {
        /** @enum {string} */
        resourceType: "PlanDefinition";
      } & {
        [key: string]: unknown;
      };
    };
    PatientTasks: {
      pathways: {
        /** Format: uuid */
        id: string;
        state: string;
        title: string;
      }[];
      tasks: {
        /** Format: date-time */
        dueAt: string | null;
        /** Format: uuid */
        id: string;
        state: string;
        title: string;
      }[];
    };
    PlanDefinition: {
      /** @enum {string} */
      resourceType: "PlanDefinition";
    } & {
      [key: string]: unknown;
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
    ProcessBottlenecks: {
      cases: number;
      /** @description Where most time goes, first. */
      items: (components["schemas"]["ProcessMapEdge"] & {
        /** @description Of all the time between events. */
        share: number | null;
        /** @description p90 beside the median. */
        spread: number | null;
        /** @description The median of the later half of the cases beside that of the earlier half. */
        trend: number | null;
      })[];
      /** @description Left out because they speak of fewer than 5 cases. */
      suppressed: number;
    };
    ProcessDrift: {
      casesAfter: number;
      casesBefore: number;
      /** @description Over variants that are not rare, the rest taken together; null: too few cases. */
      chiSquare: number | null;
      degreesOfFreedom: number;
      /** @description The greatest change first. */
      items: {
        activities: string[];
        shareAfter: number;
        shareBefore: number;
      }[];
    };
    ProcessMap: {
      activities: {
        activity: string;
        cases: number;
        count: number;
        /** @description How often it is the last of its case so far. */
        ends: number;
        /** @description From its beginning to its end. */
        medianMs: number | null;
        /** @description Milliseconds; null: nothing to count. */
        p90Ms: number | null;
        /** @description How often a case began with it. */
        starts: number;
      }[];
      cases: number;
      /** @description What directly follows on what; times from the end of one to the end of the next. */
      edges: components["schemas"]["ProcessMapEdge"][];
      events: number;
      suppressed: {
        /** @description Left out because they speak of fewer than 5 cases. */
        activities: number;
        /** @description Left out because they speak of fewer than 5 cases. */
        edges: number;
      };
      /** @description Events at the very time of the one before: their order is that of writing. */
      ties: number;
    };
    ProcessMapEdge: {
      cases: number;
      count: number;
      from: string;
      /** @description Milliseconds; null: nothing to count. */
      medianMs: number | null;
      /** @description Milliseconds; null: nothing to count. */
      p90Ms: number | null;
      to: string;
      /** @description Milliseconds; null: nothing to count. */
      totalMs: number | null;
    };
    ProcessVariants: {
      cases: number;
      items: {
        /** @description The first 200 of them. */
        activities: string[];
        cases: number;
        length: number;
        /** @description From the first event to the last. */
        medianMs: number | null;
        /** @description Milliseconds; null: nothing to count. */
        p90Ms: number | null;
        share: number;
      }[];
      /** @description Left out because they speak of fewer than 5 cases. */
      suppressed: number;
    };
    Redriven: {
      /** @description Deliveries that will be tried; at 1000 there may be more: ask again. */
      redriven: number;
    };
    RestoreTasks: components["schemas"]["MemberTasks"] & {
      undoOf: string;
    };
    Rework: {
      cases: number;
      /** @description Cases in which nothing was done twice. */
      firstTimeRight: number | null;
      items: {
        activity: string;
        cases: number;
        /** @description Of these, with nothing in between. */
        directRepeats: number;
        repeatedCases: number;
        /** @description How often it was done again. */
        repeats: number;
      }[];
      /** @description Left out because they speak of fewer than 5 cases. */
      suppressed: number;
    };
    Rule: {
      /** Format: date-time */
      approvedAt: string | null;
      /** Format: uuid */
      approvedBy: string | null;
      /** @description What exactly was approved. */
      approvedSha256: string | null;
      /** Format: date-time */
      createdAt: string;
      /** Format: uuid */
      createdBy: string;
      hooks: string[];
      /** Format: uuid */
      id: string;
      key: string;
      /**
       * Format: date-time
       * @description Since then it is not asked any more: it took too long, again and again.
       */
      quarantinedAt: string | null;
      reviewOn: string | null;
      /** @description Of the document, whatever the order of its keys. */
      sha256: string;
      /** @enum {string} */
      state: "draft" | "submitted" | "active" | "shadow" | "retired";
      /** Format: uuid */
      submittedBy: string | null;
      title: string;
      version: number;
    };
    RuleApproval: {
      /** @description The `sha256` of what you have read: other content is not approved by it. */
      sha256: string;
      /**
       * @description `shadow`: it is asked and written down, and says nothing to anybody.
       * @default active
       * @enum {string}
       */
      state: "active" | "shadow";
    };
    RuleDetail: components["schemas"]["Rule"] & {
      document: components["schemas"]["RuleDocument"];
    };
    RuleDocument: Record<string, never>;
    RuleDraft: Record<string, never>;
    RulePage: {
      items: components["schemas"]["Rule"][];
      nextCursor: string | null;
    };
    RulePerformance: {
      accepted: number;
      asked: number;
      capped: number;
      demoted: number;
      duplicates: number;
      fired: number;
      indeterminate: number;
      key: string;
      overridden: number;
      reasons: {
        code: string;
        count: number;
      }[];
      shadow: number;
      shown: number;
      timedOut: number;
    };
    RuleReplay: {
      calls: number;
      fired: number;
      gaps: {
        [key: string]: number;
      };
      indeterminate: number;
      notFired: number;
      patients: number;
    };
    RuleReplayInput: {
      /** Format: date-time */
      from: string;
      /** Format: date-time */
      to: string;
    };
    RuleTestRun: {
      failed: number;
      items: {
        isPassed: boolean;
        name: string;
        result: components["schemas"]["DecisionResult"];
      }[];
      passed: number;
    };
    Run: {
      /** Format: date-time */
      createdAt: string;
      /** Format: uuid */
      id: string;
      isShadow: boolean;
      key: string;
      /** Format: uuid */
      patientId: string | null;
      /** @description Why it failed, turned back or ended. */
      reason: string | null;
      startedBy: {
        id: string;
        kind: string;
      };
      /** @enum {string} */
      status:
        | "running"
        | "suspended"
        | "compensating"
        | "completed"
        | "compensated"
        | "compensation_failed"
        | "cancelled"
        | "failed";
      subject: {
        id: string;
        type: string;
      } | null;
      version: number;
    };
    RunCancellation: {
      /** @default false */
      compensate: boolean;
      reason: string;
    };
    RunConformance: {
      deviations: components["schemas"]["Deviation"][];
      /** @description The share of steps without a deviation, added ones among them; null: no steps. */
      fitness: number | null;
      key: string;
      /** Format: uuid */
      runId: string;
      steps: number;
      version: number;
    };
    RunDetail: components["schemas"]["Run"] & {
      context?: unknown;
      input?: unknown;
      output?: unknown;
      steps: components["schemas"]["RunStep"][];
    };
    RunGraph: {
      edges: components["schemas"]["WorkflowGraphEdge"][];
      nodes: {
        /** Format: date-time */
        begunAt: string | null;
        /** Format: date-time */
        dueAt: string | null;
        /** Format: date-time */
        endedAt: string | null;
        /**
         * @description Its place, or `start`, `end`.
         * @example /do/0/assess
         */
        id: string;
        /** @example switch */
        kind: string;
        /** @description The task that it stands in. */
        parent: string | null;
        /**
         * @description Of the last time that it was begun; null: it was not yet.
         * @enum {string|null}
         */
        state:
          | "ready"
          | "waiting"
          | "done"
          | "skipped"
          | "failed"
          | "cancelled"
          | "quarantined"
          | null;
        title: string;
        visits: number;
      }[];
      /** @enum {string} */
      status:
        | "running"
        | "suspended"
        | "compensating"
        | "completed"
        | "compensated"
        | "compensation_failed"
        | "cancelled"
        | "failed";
    };
    RunHistoryEntry: {
      actorId: string | null;
      /** Format: date-time */
      at: string;
      detail: string | null;
      /** @example done */
      event: string;
      /** @description How late a timer was, when it was. */
      lateMs: number | null;
      node: string | null;
      seq: number;
    };
    RunHistoryPage: {
      items: components["schemas"]["RunHistoryEntry"][];
      nextCursor: string | null;
    };
    RunMigration: {
      /** Format: date-time */
      createdAt: string;
      /** Format: uuid */
      createdBy: string;
      /** Format: date-time */
      endedAt: string | null;
      from: number;
      /** Format: uuid */
      id: string;
      key: string;
      leftBehind: number;
      map: {
        [key: string]: string;
      };
      moved: number;
      /** @enum {string} */
      status: "running" | "completed" | "cancelled";
      to: number;
      /** @description Runs under way when it was ordered. */
      total: number;
    };
    RunMigrationInput: Record<string, never>;
    RunMigrationLeftover: {
      /** Format: date-time */
      at: string;
      nodes: string[];
      /**
       * @description `no-place`: its steps cannot go on in the new version; `busy`: it changed each time it was about to be moved; `error`: it could not be written.
       * @enum {string}
       */
      reason: "no-place" | "busy" | "error";
      /** Format: uuid */
      runId: string;
    };
    RunMigrationLeftoverPage: {
      items: components["schemas"]["RunMigrationLeftover"][];
      nextCursor: string | null;
    };
    RunMigrationPage: {
      items: components["schemas"]["RunMigration"][];
      nextCursor: string | null;
    };
    RunMigrationPreview: {
      /** @description The first 500 of the runs. */
      affected: string[];
      /** @description There are more than 10,000: those were looked at. */
      isCut: boolean;
      /** @description Places of steps under way that the new version does not have. */
      missing: {
        node: string;
        runs: number;
      }[];
      runs: number;
    };
    RunMigrationPreviewInput: Record<string, never>;
    RunPage: {
      items: components["schemas"]["Run"][];
      nextCursor: string | null;
    };
    RunReason: {
      reason: string;
    };
    RunSkip: {
      output?: {
        [key: string]: unknown;
      };
      reason: string;
      /** Format: uuid */
      stepId: string;
    };
    RunStep: {
      attempts: number;
      /** Format: date-time */
      begunAt: string;
      crashes: number;
      /** Format: date-time */
      dueAt: string | null;
      /** Format: date-time */
      endedAt: string | null;
      error?: unknown;
      /** Format: uuid */
      id: string;
      isUndo: boolean;
      kind: string;
      /**
       * @description Its place in the document.
       * @example /do/0/assess
       */
      node: string;
      output?: unknown;
      /** Format: uuid */
      parentId: string | null;
      /** @enum {string} */
      state: "ready" | "waiting" | "done" | "skipped" | "failed" | "cancelled" | "quarantined";
      visit: number;
    };
    Saga: {
      /** Format: date-time */
      createdAt: string;
      /** Format: date-time */
      deadlineAt: string;
      /** Format: date-time */
      endedAt: string | null;
      /** Format: uuid */
      id: string;
      name: string;
      /** @description Why it turned back or is stuck. */
      reason: string | null;
      requestId: string;
      startedBy: {
        id: string;
        kind: string;
      };
      /** @enum {string} */
      state: "running" | "compensating" | "completed" | "compensated" | "stuck" | "abandoned";
    };
    SagaDetail: components["schemas"]["Saga"] & {
      history: components["schemas"]["SagaHistoryEntry"][];
      steps: {
        attempts: number;
        /** @enum {string|null} */
        class: "compensatable" | "pivot" | "retryable" | "irreversible" | null;
        crashes: number;
        name: string;
        /** @enum {string} */
        state:
          | "waiting"
          | "running"
          | "done"
          | "refused"
          | "unknown"
          | "undoing"
          | "undone"
          | "undo_failed"
          | "skipped";
      }[];
    };
    SagaEvidence: {
      /** @description What you know and how: it stands in the history and in the audit. */
      evidence: string;
    };
    SagaHistoryEntry: {
      /** @description The operator, or nobody. */
      actorId: string | null;
      /** Format: date-time */
      at: string;
      detail: string | null;
      /** @example done */
      event: string;
      seq: number;
      step: string | null;
    };
    SagaPage: {
      items: components["schemas"]["Saga"][];
      nextCursor: string | null;
    };
    Score: {
      inputs: {
        hoursMax?: number;
        isOptional: boolean;
        /** @enum {string} */
        kind: "quantity" | "flag" | "choice" | "ordinal";
        name: string;
        options?: string[];
        range?: number[];
        title: string;
        unit?: string;
      }[];
      intendedUse: components["schemas"]["IntendedUse"];
      isAllowed: boolean;
      name: string;
      source: string;
      title: string;
      unit?: string;
      version: string;
    };
    ScoreAnswer: {
      band: string;
      inputs: {
        [key: string]: {
          at?: string;
          unit?: string;
          value: number | boolean | string;
        };
      };
      intendedUse?: components["schemas"]["IntendedUse"];
      name: string;
      notes: string[];
      parts: {
        [key: string]: number;
      };
      score: number;
      source: string;
      /** @enum {string} */
      status: "scored";
      unit?: string;
      version: string;
    } | {
      intendedUse?: components["schemas"]["IntendedUse"];
      /** @description Absent, without a unit, not usable. */
      missing: string[];
      name: string;
      reasons: {
        input: string;
        reason: string;
      }[];
      stale: string[];
      /** @enum {string} */
      status: "indeterminate";
      version: string;
    };
    /**
     * @example {
     *       "temperature": {
     *         "value": 38.1,
     *         "unit": "Cel",
     *         "at": "2026-01-05T11:50:00Z"
     *       }
     *     }
     */
    ScoreInputs: Record<string, never>;
    ScoreList: {
      items: components["schemas"]["Score"][];
    };
    ServiceLevels: {
      items: {
        activity: string;
        late: number;
        /** @description Of those that were late. */
        medianLateMs: number | null;
        onTime: number;
        /** @description From 0 to 1; null: of nothing. */
        onTimeShare: number | null;
        /** @description Not done yet, and it should have been. */
        overdue: number;
        /** @description Milliseconds; null: nothing to count. */
        p90LateMs: number | null;
        tasks: number;
      }[];
      /** @description Left out because they speak of fewer than 5 cases. */
      suppressed: number;
    };
    ShippedDefinition: {
      /** @description The event that starts it. */
      eventType: string | null;
      /** @description The newest version of this name in your organization. */
      installed: {
        /** @enum {string} */
        state: "draft" | "submitted" | "active" | "shadow" | "retired";
        version: number;
      } | null;
      /** @enum {string} */
      kind: "workflow" | "pathway";
      /** @enum {string} */
      name:
        | "abnormal-result-follow-up"
        | "referral"
        | "pre-visit-intake"
        | "missed-appointment"
        | "document-review"
        | "type-2-diabetes-annual-cycle"
        | "antenatal";
      source: string;
      title: string;
    };
    ShippedDefinitions: {
      items: components["schemas"]["ShippedDefinition"][];
    };
    Simulation: {
      many: {
        medianMinutes: number;
        p90Minutes: number;
        runs: number;
        statuses: {
          [key: string]: number;
        };
        tasksByPool: {
          [key: string]: number;
        };
        tasksPerRun: number;
      } | null;
      output?: unknown;
      reason: string | null;
      /** @description `waiting`: for something that was not said to happen. */
      status:
        | (
          | "running"
          | "suspended"
          | "compensating"
          | "completed"
          | "compensated"
          | "compensation_failed"
          | "cancelled"
          | "failed"
        )
        | "waiting";
      tasks: {
        /** Format: date-time */
        dueAt: string;
        /** Format: date-time */
        openedAt: string;
        pools: string[];
        title: string;
      }[];
      tookMinutes: number;
      trace: {
        /** Format: date-time */
        at: string;
        detail: string | null;
        event: string;
        node: string | null;
      }[];
    };
    SimulationInput: {
      /**
       * @description What people answer, by the name of the task.
       * @default {}
       */
      answers: {
        [key: string]: {
          data?: {
            [key: string]: unknown;
          };
          outcome?: string;
        };
      };
      /** @default [] */
      events: {
        afterMinutes: number;
        /** @default {} */
        data: {
          [key: string]: unknown;
        };
        /** @default  */
        subject: string;
        type: string;
      }[];
      /** @default {} */
      input: {
        [key: string]: unknown;
      };
      /**
       * @description How long people take, by the name of the task; 30 minutes unless given.
       * @default {}
       */
      minutes: {
        [key: string]: number;
      };
      /**
       * @description What services answer, by the name of the task.
       * @default {}
       */
      results: {
        [key: string]: unknown;
      };
      /**
       * @description With more than one, people's times and outcomes are drawn by chance.
       * @default 1
       */
      runs: number;
      /** @default 1 */
      seed: number;
      /** Format: date-time */
      startAt?: string;
    };
    StaffWorkload: {
      items: {
        completed: number;
        /** @description Milliseconds; null: nothing to count. */
        medianServiceMs: number | null;
        open: number;
        /** Format: uuid */
        userId: string;
      }[];
      /** @description Left out because they speak of fewer than 5 cases. */
      suppressed: number;
    };
    Stance: {
      country: string | null;
      items: (components["schemas"]["Feature"] & {
        /** @enum {string} */
        because: "default" | "switch" | "country";
        isAllowed: boolean;
      })[];
      switches: components["schemas"]["StanceSwitch"][];
    };
    StanceCountry: {
      /** @example DE */
      country: string;
    };
    StanceSwitch: {
      country: string | null;
      feature: string;
      isOn: boolean;
      reason: string;
      /** Format: date-time */
      switchedAt: string;
      /** Format: uuid */
      switchedBy: string;
    };
    StanceSwitchInput: {
      /**
       * @description null: everywhere.
       * @default null
       * @example DE
       */
      country: string | null;
      /** @example score.news2 */
      feature: string;
      isOn: boolean;
      reason: string;
    };
    Task: {
      /** @description Members who hold it may work the task. */
      candidatePermission: string;
      /** Format: uuid */
      claimedBy: string | null;
      comment: string | null;
      /** Format: date-time */
      completedAt: string | null;
      /** Format: uuid */
      completedBy: string | null;
      /** Format: date-time */
      createdAt: string;
      data?: unknown;
      /** Format: date-time */
      dueAt: string;
      escalationLevel: number;
      /** @description A JSON schema for `data`, or a form's name. */
      form?: unknown;
      /** Format: uuid */
      id: string;
      /** @description Two people have to come to one outcome. */
      isFourEyes: boolean;
      outcome: string | null;
      /** @description Those to choose from; empty: any. */
      outcomes: string[];
      /** Format: uuid */
      patientId: string | null;
      /** @description Groups of members; empty: everybody. */
      pools: string[];
      /** @enum {string} */
      priority: "low" | "normal" | "high" | "critical";
      /**
       * Format: uuid
       * @description The first of two.
       */
      proposedBy: string | null;
      /**
       * Format: uuid
       * @description The run that has opened it.
       */
      runId: string | null;
      /** Format: date-time */
      snoozedUntil: string | null;
      /** @enum {string} */
      state: "open" | "claimed" | "completed" | "cancelled";
      subject: {
        id: string;
        type: string;
      };
      /** @example Review: Discharge letter */
      title: string;
      /** @description Counts the changes; the ETag repeats it. */
      version: number;
    };
    TaskComment: {
      /** Format: date-time */
      at: string;
      /** Format: uuid */
      authorId: string;
      /** Format: uuid */
      id: string;
      text: string;
    };
    TaskCommentPage: {
      items: components["schemas"]["TaskComment"][];
      nextCursor: string | null;
    };
    TaskCompletion: {
      comment?: string;
      /** @description What the form asks for. */
      data?: {
        [key: string]: unknown;
      };
      /** @example filed */
      outcome?: string;
    };
    TaskDelegation: {
      /** Format: uuid */
      toUserId: string;
    };
    TaskPage: {
      items: components["schemas"]["Task"][];
      nextCursor: string | null;
    };
    TaskPool: components["schemas"]["TaskPoolInput"] & {
      name: string;
    };
    TaskPoolInput: {
      members: string[];
    };
    TaskPools: {
      items: components["schemas"]["TaskPool"][];
    };
    TaskSnooze: {
      /** Format: date-time */
      until: string;
    };
    UndoOrder: {
      undoOf: string;
    };
    ValueSet: {
      codes: number;
      /** Format: date-time */
      createdAt: string;
      /** Format: uuid */
      createdBy: string;
      /** Format: uuid */
      id: string;
      /** @enum {string} */
      kind: "ValueSet" | "CodeSystem";
      /** Format: date-time */
      retiredAt: string | null;
      sha256: string;
      title: string;
      url: string;
      version: string | null;
    };
    /** @description A ValueSet with its expansion, or a CodeSystem with its concepts, of FHIR R4. */
    ValueSetInput: Record<string, never>;
    ValueSetPage: {
      items: components["schemas"]["ValueSet"][];
      nextCursor: string | null;
    };
    Variance: {
      /** Format: date-time */
      at: string;
      /** @enum {string} */
      cause: "patient" | "clinician" | "system" | "clinical" | "social";
      code: string | null;
      /** Format: uuid */
      id: string;
      note: string | null;
      /** Format: uuid */
      recordedBy: string;
      step: string;
      /** @enum {string} */
      type: "early" | "late" | "omitted" | "added" | "substituted";
    };
    VarianceInput: {
      /** @enum {string} */
      cause: "patient" | "clinician" | "system" | "clinical" | "social";
      code?: string;
      note?: string;
      step: string;
      /** @enum {string} */
      type: "early" | "late" | "omitted" | "added" | "substituted";
    };
    WorkflowFunctions: {
      items: {
        name: string;
        permission: string;
        title: string;
      }[];
    };
    WorkflowGraph: {
      edges: components["schemas"]["WorkflowGraphEdge"][];
      nodes: {
        /**
         * @description Its place, or `start`, `end`.
         * @example /do/0/assess
         */
        id: string;
        /** @example switch */
        kind: string;
        /** @description The task that it stands in. */
        parent: string | null;
        title: string;
      }[];
    };
    WorkflowGraphEdge: {
      from: string;
      /** @enum {string} */
      kind: "next" | "into" | "catch";
      /** @description The case that leads here. */
      label: string | null;
      to: string;
    };
    Workload: {
      hours: {
        completed: number;
        hour: number;
        /** @description 1 is Monday; by UTC. */
        weekday: number;
      }[];
      items: {
        completed: number;
        /** @description Milliseconds; null: nothing to count. */
        medianServiceMs: number | null;
        /** @description Milliseconds; null: nothing to count. */
        medianWaitingMs: number | null;
        open: number;
        opened: number;
        overdue: number;
        /** @description A pool; null: everybody's. */
        role: string | null;
      }[];
      /** @description Left out because they speak of fewer than 5 cases. */
      suppressed: number;
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
