/** Practice on a fresh database, with a clock that stands still. */
import type { Permission } from "@praxis/shared/auth";
import type { Api } from "@praxis/shared/http";
import { newId } from "@praxis/shared/id";
import { asService, openTestService, type TestService } from "@praxis/shared/testing";
import { createApp } from "./app.ts";
import type { ChartSources } from "./clients/sources.ts";
import type { Deps } from "./deps.ts";

/** A Monday. */
export const NOON = new Date("2026-01-05T12:00:00Z");

type More = {
  body?: unknown; /** Sent as it is. */
  text?: BodyInit;
  headers?: Record<string, string>;
};
/** What a user sends to the service, and what comes back. */
export type Caller = (method: string, path: string, more?: More) => Promise<Response>;

export type Person = { userId?: string; organizationId: string; permissions?: Permission[] };

export type TestPractice = AsyncDisposable & {
  service: TestService;
  deps: Deps;
  app: Api;
  /** The jobs that were sent. */
  sent: { queue: string; data: unknown }[];
  as(person: Person): Caller;
  /** Sends and expects a good answer, as JSON. */
  post(call: Caller, path: string, body: unknown): Promise<Answer>;
  get(call: Caller, path: string): Promise<Answer>;
};

// deno-lint-ignore no-explicit-any
export type Answer = any;

const emptySources: ChartSources = {
  content: () => Promise.resolve({ documents: [] }),
  communication: () => Promise.resolve({ messages: [] }),
  workflow: () => Promise.resolve({ tasks: [], pathways: [] }),
};

export async function openPractice(chartSources = emptySources): Promise<TestPractice> {
  const folder = new URL("./migrations/", import.meta.url);
  const service = await openTestService({ service: "practice", folder, now: () => NOON });
  const sent: TestPractice["sent"] = [];
  const deps: Deps = {
    ...service.deps,
    jobs: {
      send: (_tx, queue, data) => {
        sent.push({ queue: queue.name, data });
        return Promise.resolve();
      },
    },
    chartSources,
    linkKey: "a key for tests only",
    region: "eu",
    publicUrl: "http://localhost:8000",
  };
  const app = createApp(deps, { identify: service.identify });
  const json = async (response: Response, what: string) => {
    const text = await response.text();
    if (!response.ok) throw new Error(`${what} answered ${response.status}: ${text}`);
    return JSON.parse(text);
  };
  return {
    service,
    deps,
    app,
    sent,
    as:
      ({ userId = newId(), ...person }) =>
      async (method, path, { body, text, headers = {} } = {}) =>
        await app.request(path, {
          method,
          headers: {
            ...service.headersOf({ userId, ...person }),
            ...(body === undefined ? {} : { "content-type": "application/json" }),
            ...headers,
          },
          ...(text === undefined ? {} : { body: text }),
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        }),
    post: async (call, path, body) => await json(await call("POST", path, { body }), path),
    get: async (call, path) => await json(await call("GET", path), path),
    [Symbol.asyncDispose]: () => service[Symbol.asyncDispose](),
  };
}

export { asService };

export const PATIENTS = "/api/practice/patients";
export const APPOINTMENTS = "/api/practice/appointments";

export const brady = {
  identifiers: [{ system: "urn:mrn", value: "1" }],
  name: { family: "Kuhlman", given: ["Brady"] },
  birthDate: "1970-07-25",
  sex: "male",
};

/** Nine to five in Paris on weekdays, half an hour each. */
export const paris = {
  timeZone: "Europe/Paris",
  slotMinutes: 30,
  hours: [1, 2, 3, 4, 5].map((weekday) => ({ weekday, from: "09:00", to: "17:00" })),
};

/** A clinic with a patient and a practitioner. */
export async function openClinic(t: TestPractice, organizationId = newId()) {
  const call = t.as({ organizationId });
  const patient = await t.post(call, PATIENTS, {
    ...brady,
    identifiers: [{ system: "urn:mrn", value: newId() }],
  });
  const practitioner = await t.post(call, "/api/practice/practitioners", {
    name: { family: "Novak", given: ["Pavel"] },
    calendar: paris,
  });
  const booking = (startsAt: string, endsAt: string) => ({
    patientId: patient.id as string,
    practitionerId: practitioner.id as string,
    startsAt,
    endsAt,
  });
  return { organizationId, call, patient, practitioner, booking };
}
