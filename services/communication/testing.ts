/** Communication on a fresh database, with a clock that stands still and an identity made up here. */
import type { EventEnvelope } from "@praxis/shared/events";
import { newId } from "@praxis/shared/id";
import { asService, openTestService, type TestService } from "@praxis/shared/testing";
import type { Api } from "@praxis/shared/http";
import { simulatedAccounts } from "./accounts/platform.ts";
import { createApp } from "./app.ts";
import { drainDeliveries } from "./deliveries/deliveries.ts";
import type { Deps } from "./deps.ts";
import { closeTransports } from "./providers/providers.ts";
import { closeSandbox } from "./templates/templates.ts";
import { createSimulators, PREFIX, type Simulators } from "./simulators/simulators.ts";

let known: Deps["platformAccounts"] | undefined;
/** A key pair is made once: that takes a while. */
const simulated = () => known ??= simulatedAccounts("eu");

export const NOON = new Date("2026-01-05T12:00:00Z");

type Document = {
  organizationId: string;
  documentId?: string;
  title?: string;
  patientId?: string | null;
};

export type TestCommunication = AsyncDisposable & {
  service: TestService;
  deps: Deps;
  app: Api;
  /** An organization whose members with documents:read are these. */
  addOrganization(...userIds: string[]): string;
  simulators: Simulators;
  /** Lets time pass. */
  advance(seconds: number): void;
  /** Works off all that is due now; callbacks of the simulators have been made as well. */
  drain(): Promise<void>;
  /** Sends a body, as a user with every permission unless told otherwise. */
  send(
    organizationId: string,
    method: string,
    path: string,
    body?: unknown,
    more?: { userId?: string; headers?: Record<string, string> },
  ): Promise<Answer>;
  /** From now on every question to identity ends like this. */
  breakIdentity(error: Error | undefined): void;
  /** Delivers an event as `teller`. */
  tell(event: unknown, teller?: string): Promise<Response>;
  /** Answers of the service to a user. */
  as(userId: string, organizationId: string): (
    method: "GET" | "POST",
    path: string,
  ) => Promise<Response>;
};

// deno-lint-ignore no-explicit-any
export type Answer = { status: number; json: any };

export const ENCRYPTION_KEY = "a key for tests only, 32 characters or more";
export const PUBLIC_URL = "https://clinic.example";
/** Short, so that a provider that hangs does not hold a test up. */
export const CALL_TIMEOUT_MS = 1_500;

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

export async function openCommunication(
  { mail = { isKept: true }, smtpUrl = "smtp://127.0.0.1:1", accounts = simulated(), redis }: {
    mail?: Deps["mail"];
    smtpUrl?: string;
    accounts?: Deps["platformAccounts"];
    redis?: Deps["redis"];
  } = {},
): Promise<TestCommunication> {
  const folder = new URL("./migrations/", import.meta.url);
  const ending = new AbortController();
  let clock = NOON.getTime();
  const now = () => new Date(clock);
  const service = await openTestService({ service: "communication", folder, now });
  const simulators = createSimulators({
    now,
    callBack: async (request) => await app.request(request),
  });
  const server = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen: () => {}, signal: ending.signal },
    (request) => simulators.handle(request) ?? new Response(null, { status: 404 }),
  );
  const simulatorsUrl = `http://127.0.0.1:${server.addr.port}${PREFIX}`;
  const members = new Map<string, string[]>();
  let broken: Error | undefined;
  const deps: Deps = {
    ...service.deps,
    ...(redis === undefined ? {} : { redis }),
    mail,
    encryptionKey: ENCRYPTION_KEY,
    region: "eu",
    publicUrl: PUBLIC_URL,
    calls: {
      baseUrlOf: (provider) => provider === "smtp" ? smtpUrl : `${simulatorsUrl}/${provider}`,
      tokenUrl: `${simulatorsUrl}/fcm/token`,
      timeoutMs: CALL_TIMEOUT_MS,
      now,
    },
    platformAccounts: accounts,
    simulators,
    limits: { leaseSeconds: 30, settleSeconds: 60, mayCallInside: true },
    identity: {
      listMembers: (organizationId, permission) => {
        if (broken) return Promise.reject(broken);
        const isAsked = permission === undefined || permission === "documents:read";
        const known = isAsked && members.get(organizationId);
        return Promise.resolve(known || []);
      },
    },
  };
  const app = createApp(deps, { identify: service.identify });
  return {
    service,
    deps,
    app,
    addOrganization: (...userIds) => {
      const organizationId = newId();
      members.set(organizationId, userIds);
      return organizationId;
    },
    breakIdentity: (error) => {
      broken = error;
    },
    tell: async (event, teller = "content") =>
      await app.request("/internal/events", {
        method: "POST",
        body: JSON.stringify(event),
        headers: { "content-type": "application/json", ...asService(teller) },
      }),
    as: (userId, organizationId) => async (method, path) =>
      await app.request(path, {
        method,
        headers: service.headersOf({ userId, organizationId, permissions: [] }),
      }),
    simulators,
    advance: (seconds) => void (clock += seconds * 1000),
    async drain() {
      await drainDeliveries(deps);
      await simulators.settle();
    },
    async send(organizationId, method, path, body, { userId, headers = {} } = {}) {
      const response = await app.request(`/api/communication${path}`, {
        method,
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        headers: {
          ...service.headersOf({ organizationId, ...(userId === undefined ? {} : { userId }) }),
          ...(body === undefined ? {} : { "content-type": "application/json" }),
          ...headers,
        },
      });
      const text = await response.text();
      return { status: response.status, json: text.startsWith("{") ? JSON.parse(text) : text };
    },
    async [Symbol.asyncDispose]() {
      await simulators.settle();
      closeTransports();
      await closeSandbox();
      // What hangs there on purpose would hold an orderly end up.
      ending.abort();
      await server.finished;
      await service[Symbol.asyncDispose]();
    },
  };
}

/** A patient who is reached at these addresses, all of them verified. */
export async function addPatient(
  t: TestCommunication,
  organizationId: string,
  points: { email?: string; sms?: string; push?: string } = {},
  recipient: Record<string, unknown> = {},
): Promise<string> {
  const id = newId();
  const added = await t.send(organizationId, "POST", "/recipients", { id, ...recipient });
  if (added.status !== 200) throw new Error(`adding a patient answered ${added.status}`);
  for (const [channel, address] of Object.entries(points)) {
    const path = `/recipients/${id}/contact-points`;
    const point = { channel, address, isVerified: true };
    const { status } = await t.send(organizationId, "POST", path, point);
    if (status !== 201) throw new Error(`adding ${channel} answered ${status}`);
  }
  return id;
}

export const reminder = (...ids: string[]) => ({
  template: "appointment-reminder",
  recipients: ids.map((id) => ({ id })),
  data: { clinic: "Harbour Clinic", when: "Tuesday at 14:00" },
});

/** The state of a message's deliveries, as the API tells it. */
export async function deliveriesOf(
  t: TestCommunication,
  organizationId: string,
  messageId: string,
): Promise<Answer["json"][]> {
  return (await t.send(organizationId, "GET", `/messages/${messageId}`)).json.deliveries;
}
