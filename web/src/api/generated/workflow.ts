/** Generated from docs/openapi/workflow.json by web/generate_api.ts. */
// deno-lint-ignore-file
export interface paths {
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
          patientId?: string;
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
}
export type webhooks = Record<string, never>;
export interface components {
  schemas: {
    AssignTasks: components["schemas"]["MemberTasks"] & {
      taskIds: string[];
    };
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
    MemberTasks: {
      /** Format: uuid */
      organizationId: string;
      /** Format: uuid */
      userId: string;
    };
    MovedTasks: {
      taskIds: string[];
    };
    NewSaga: {
      input: {
        [key: string]: unknown;
      };
      /** @example hand-over-tasks */
      name: string;
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
    RestoreTasks: components["schemas"]["MemberTasks"] & {
      undoOf: string;
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
      /** Format: date-time */
      dueAt: string;
      /** Format: uuid */
      id: string;
      outcome: string | null;
      /** Format: uuid */
      patientId: string | null;
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
    TaskCompletion: {
      comment?: string;
      /** @example filed */
      outcome?: string;
    };
    TaskPage: {
      items: components["schemas"]["Task"][];
      nextCursor: string | null;
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
