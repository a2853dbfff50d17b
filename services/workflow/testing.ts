/** Workflow on a fresh database, with a clock that stands still. */
import type { EventEnvelope } from "@praxis/shared/events";
import type { Api } from "@praxis/shared/http";
import { newId } from "@praxis/shared/id";
import { asService, openTestService, type TestService } from "@praxis/shared/testing";
import { createApp } from "./app.ts";
import { createEvaluator } from "./dmn/dmn.ts";
import { catalogue, type CatalogueFunction, createSandbox } from "./language/language.ts";
import { type Mover, startMover } from "./run_migrations/mover.ts";
import { type Runner, startRunner } from "./runs/runner.ts";
import type { Ask } from "./sagas/model.ts";
import type { Deps } from "./deps.ts";
import type { SagaDefinition } from "./sagas/model.ts";
import type { Task } from "./tasks/model.ts";

export const NOON = new Date("2026-01-05T12:00:00Z");

type Document = {
  organizationId: string;
  documentId?: string;
  title?: string;
  patientId?: string | null;
};

/** What a user sends to the service, and what comes back. */
export type Caller = (
  method: "GET" | "POST" | "PUT",
  path: string,
  more?: { body?: unknown; headers?: Record<string, string> },
) => Promise<Response>;

/**
 * Hands a version in and approves what was handed in, each by their own; `path` is the version's.
 * @throws when one of them is refused
 */
export async function publishVersion(
  [author, approver]: readonly [Caller, Caller],
  path: string,
  state: "active" | "shadow" = "active",
) {
  const submitted = await author("POST", `${path}/submit`);
  const said = await submitted.text();
  if (!submitted.ok) throw new Error(`handing it in: ${submitted.status} ${said}`);
  const { sha256 } = JSON.parse(said);
  const approved = await approver("POST", `${path}/approve`, { body: { sha256, state } });
  if (!approved.ok) throw new Error(`approving: ${approved.status} ${await approved.text()}`);
  return await approved.json();
}

export type TestWorkflow = AsyncDisposable & {
  service: TestService;
  deps: Deps;
  app: Api;
  /** Delivers an event as `teller`. */
  tell(event: unknown, teller?: string): Promise<Response>;
  as(userId: string, organizationId: string): Caller;
  /** Works on runs when it is told to. */
  runner: Runner;
  /** Moves runs to other versions when it is told to. */
  mover: Mover;
  /** Moves the clock of the service. */
  pass(ms: number): void;
  /** The task that follows from a document. */
  openTask(document: Document): Promise<Task>;
};

export function documentCreated(document: Document): EventEnvelope {
  const { organizationId, documentId = newId(), title = "Letter", patientId = null } = document;
  return {
    specversion: "1.0",
    id: newId(),
    source: "/content",
    type: "document.created",
    subject: documentId,
    time: NOON.toISOString(),
    datacontenttype: "application/json",
    dataversion: 1,
    organizationid: organizationId,
    requestid: "request-of-the-upload",
    data: {
      documentId,
      version: 1,
      kind: "pdf",
      title,
      fileName: "letter.pdf",
      patientId,
      createdBy: newId(),
    },
  };
}

type Made = {
  sagas?: readonly SagaDefinition[];
  /** Who may work tasks, whatever the organization. */
  workers?: readonly string[];
  functions?: readonly CatalogueFunction[];
  /** What services answer to runs. */
  ask?: Ask;
  leaseSeconds?: number;
};

const nobodyAnswers: Ask = () => Promise.resolve({ kind: "refused", reason: "nobody is there" });

export async function openWorkflow(
  { sagas = [], workers = [], functions = catalogue, ask = nobodyAnswers, leaseSeconds }: Made = {},
): Promise<TestWorkflow> {
  let time = NOON.getTime();
  const folder = new URL("./migrations/", import.meta.url);
  const service = await openTestService({ service: "workflow", folder, now: () => new Date(time) });
  const sandbox = createSandbox({ processes: 1, limitMs: 20_000 });
  const evaluator = createEvaluator({ processes: 1, decisionMs: 10_000, batchMs: 20_000 });
  const deps: Deps = {
    ...service.deps,
    identity: { listMembers: () => Promise.resolve([...workers]) },
    sagas,
    wakeSagas: () => Promise.resolve(),
    sandbox,
    evaluator,
    fetchFhir: () => Promise.resolve({ refused: "no-answer" }),
    publicUrl: "https://praxis.test",
    isProduction: true,
    functions,
    wakeRuns: () => Promise.resolve(),
  };
  const runner = startRunner({
    sql: deps.sql,
    sandbox,
    functions,
    ask,
    now: deps.now,
    log: deps.log,
    isLooking: false,
    ...(leaseSeconds === undefined ? {} : { leaseSeconds }),
  });
  const mover = startMover({ sql: deps.sql, now: deps.now, log: deps.log, isLooking: false });
  const app = createApp(deps, { identify: service.identify });
  const tell: TestWorkflow["tell"] = async (event, teller = "content") =>
    await app.request("/internal/events", {
      method: "POST",
      body: JSON.stringify(event),
      headers: { "content-type": "application/json", ...asService(teller) },
    });
  const as: TestWorkflow["as"] =
    (userId, organizationId) => async (method, path, { body, headers = {} } = {}) =>
      await app.request(path, {
        method,
        headers: {
          ...service.headersOf({ userId, organizationId }),
          ...(body === undefined ? {} : { "content-type": "application/json" }),
          ...headers,
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
  return {
    service,
    deps,
    app,
    tell,
    as,
    runner,
    mover,
    pass: (ms) => void (time += ms),
    openTask: async (document) => {
      const event = documentCreated(document);
      const told = await tell(event);
      if (told.status !== 204) throw new Error(`the event was answered with ${told.status}`);
      const call = as(newId(), document.organizationId);
      const response = await call("GET", `/api/workflow/tasks?subjectId=${event.subject}`);
      return (await response.json()).items[0];
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([runner.stop(), mover.stop()]);
      await Promise.all([sandbox.close(), evaluator.close()]);
      await service[Symbol.asyncDispose]();
    },
  };
}
