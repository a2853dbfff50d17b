/** How practice's things are reached as FHIR R4: read and search. */
import { z } from "@hono/zod-openapi";
import {
  type Api,
  createApi,
  defineRoute,
  PageQuery,
  readCursor,
  reply,
  toPage,
} from "@praxis/shared/http";
import * as appointments from "../appointments/appointments.ts";
import { callOf } from "../calls.ts";
import type { Deps } from "../deps.ts";
import * as locations from "../locations/locations.ts";
import { PartialDate } from "../patients/model.ts";
import * as practitioners from "../practitioners/practitioners.ts";
import * as fhir from "./fhir.ts";
import {
  bundleOf,
  fhirStatuses,
  fromAppointment,
  fromLocation,
  fromPatient,
  fromPractitioner,
  type Resource,
  ResourceSchema,
  statusesOf,
} from "./model.ts";

const BASE = "/fhir/R4";
const tags = ["fhir"];
const FHIR_JSON = "application/fhir+json";
const headers = { "Content-Type": FHIR_JSON };
const Id = z.object({ id: z.uuid() });
const word = z.string().trim().min(1).max(200);

const paging = { _count: PageQuery.shape.limit, _cursor: PageQuery.shape.cursor };
/** A reference to `type`, with or without saying so. */
const reference = (type: string) =>
  z.string().transform((value) => value.replace(`${type}/`, "")).pipe(z.uuid());

const ok = {
  200: { description: "OK", content: { "application/json": { schema: ResourceSchema } } },
};

const read = <T extends string>(type: T, permission: "patients:read" | "appointments:read") =>
  defineRoute({
    permission,
    method: "get",
    path: `${BASE}/${type}/{id}`,
    tags,
    summary: `Read a ${type}`,
    request: { params: Id },
    responses: ok,
  });

const reads = {
  Patient: read("Patient", "patients:read"),
  Practitioner: read("Practitioner", "appointments:read"),
  Location: read("Location", "appointments:read"),
  Appointment: read("Appointment", "appointments:read"),
};

const searchPatients = defineRoute({
  permission: "patients:read",
  method: "get",
  path: `${BASE}/Patient`,
  tags,
  summary: "Search patients",
  request: {
    query: z.strictObject({
      _id: z.uuid().optional(),
      name: word.optional(),
      family: word.optional(),
      given: word.optional(),
      identifier: z.string().trim().min(1).max(601).optional(),
      birthdate: z.string().transform((day) => day.replace(/^eq/, "")).pipe(PartialDate)
        .optional(),
      ...paging,
    }),
  },
  responses: ok,
});

const searchPractitioners = defineRoute({
  permission: "appointments:read",
  method: "get",
  path: `${BASE}/Practitioner`,
  tags,
  summary: "Search practitioners",
  request: {
    query: z.strictObject({
      name: word.optional(),
      identifier: z.string().trim().min(1).max(601).optional(),
      ...paging,
    }),
  },
  responses: ok,
});

const searchLocations = defineRoute({
  permission: "appointments:read",
  method: "get",
  path: `${BASE}/Location`,
  tags,
  summary: "Search locations",
  request: { query: z.strictObject({ name: word.optional(), ...paging }) },
  responses: ok,
});

const date = z.string().regex(
  /^(eq|ge|lt)?\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2}))?$/,
  "Write ge or lt and a day or a time with its zone.",
).refine((value) => {
  const time = value.replace(/^\D+/, "");
  // Date.parse alone takes 30 February for 2 March.
  return z.iso.date().safeParse(time.slice(0, 10)).success && !Number.isNaN(Date.parse(time));
}, "No such time.");

const searchAppointments = defineRoute({
  permission: "appointments:read",
  method: "get",
  path: `${BASE}/Appointment`,
  tags,
  summary: "Search appointments",
  request: {
    query: z.strictObject({
      patient: reference("Patient").optional(),
      practitioner: reference("Practitioner").optional(),
      location: reference("Location").optional(),
      status: z.enum(fhirStatuses as [string, ...string[]]).optional(),
      date: z.union([date, z.array(date).max(2)]).optional(),
      ...paging,
    }),
  },
  responses: ok,
});

const DAY_MS = 24 * 60 * 60 * 1000;

/** FHIR's date parameters as a half open range. A day without a zone is one of UTC. */
export function rangeOf(dates: string[]): { from?: string; to?: string } {
  const range: { from?: string; to?: string } = {};
  for (const one of dates) {
    const [, prefix = "eq", value] = one.match(/^(eq|ge|lt)?(.*)$/)!;
    const at = Date.parse(value!);
    const isDay = !value!.includes("T");
    if (prefix !== "lt") range.from = new Date(at).toISOString();
    if (prefix === "lt") range.to = new Date(at).toISOString();
    if (prefix === "eq") range.to = new Date(at + (isDay ? DAY_MS : 1)).toISOString();
  }
  return range;
}

export function fhirRoutes(deps: Deps): Api {
  const api = createApi();

  /** Browsers and programs reach the gateway, so links begin there. */
  const publicUrl = (url: string) => {
    const { pathname, search } = new URL(url);
    return new URL(pathname + search, deps.publicUrl).href;
  };
  const bundle = (url: string, resources: Resource[], nextCursor: string | null) =>
    bundleOf(publicUrl(url), resources, nextCursor);

  for (const type of Object.keys(reads) as (keyof typeof reads)[]) {
    api.openapi(reads[type], async (c) => {
      const resource = await fhir.readers[type](deps, callOf(c), c.req.valid("param").id);
      const etag = `W/"${(resource.meta as { versionId: string }).versionId}"`;
      return reply(c, 200, ResourceSchema, resource, { ...headers, etag });
    });
  }

  api.openapi(searchPatients, async (c) => {
    const { _id, _count, _cursor, ...rest } = c.req.valid("query");
    if (_id !== undefined) {
      const found = await fhir.readers.Patient(deps, callOf(c), _id).catch((error) => {
        if (error?.status === 404) return undefined;
        throw error;
      });
      const answer = bundle(c.req.url, found ? [found] : [], null);
      return reply(c, 200, ResourceSchema, answer, headers);
    }
    const [rank, id] = readCursor(_cursor, z.tuple([z.number().int(), z.uuid()])) ?? [];
    const after = rank === undefined || id === undefined ? undefined : { rank, id };
    const { name, family, given, identifier, birthdate } = rest;
    const { found, fits } = await fhir.searchPatients(
      deps,
      callOf(c),
      { name, family, given, identifier, birthdate },
      { after, limit: _count },
    );
    const { items, nextCursor } = toPage(found, _count, (one) => [one.rank, one.id]);
    const answer = bundle(c.req.url, items.filter(fits).map(fromPatient), nextCursor);
    return reply(c, 200, ResourceSchema, answer, headers);
  });

  api.openapi(searchPractitioners, async (c) => {
    const { name, identifier, _count, _cursor } = c.req.valid("query");
    const [after] = readCursor(_cursor, z.tuple([z.uuid()])) ?? [];
    const filter = {
      ...(name === undefined ? {} : { name: likeOf(name) }),
      ...(identifier === undefined ? {} : { identifier }),
    };
    const rows = await practitioners.list(deps, callOf(c), filter, { after, limit: _count });
    const { items, nextCursor } = toPage(rows, _count, ({ id }) => [id]);
    const answer = bundle(c.req.url, items.map(fromPractitioner), nextCursor);
    return reply(c, 200, ResourceSchema, answer, headers);
  });

  api.openapi(searchLocations, async (c) => {
    const { name, _count, _cursor } = c.req.valid("query");
    const [after] = readCursor(_cursor, z.tuple([z.uuid()])) ?? [];
    const filter = name === undefined ? {} : { name: likeOf(name) };
    const rows = await locations.list(deps, callOf(c), filter, { after, limit: _count });
    const { items, nextCursor } = toPage(rows, _count, ({ id }) => [id]);
    const answer = bundle(c.req.url, items.map(fromLocation), nextCursor);
    return reply(c, 200, ResourceSchema, answer, headers);
  });

  api.openapi(searchAppointments, async (c) => {
    const { patient, practitioner, location, status, date, _count, _cursor } = c.req.valid("query");
    const [startsAt, id] = readCursor(_cursor, z.tuple([z.iso.datetime(), z.uuid()])) ?? [];
    const after = startsAt === undefined || id === undefined ? undefined : { startsAt, id };
    const filter = {
      ...(patient === undefined ? {} : { patientId: patient }),
      ...(practitioner === undefined ? {} : { practitionerId: practitioner }),
      ...(location === undefined ? {} : { locationId: location }),
      ...(status === undefined ? {} : { statuses: statusesOf(status) }),
      ...rangeOf([date ?? []].flat()),
    };
    const rows = await appointments.list(deps, callOf(c), filter, { after, limit: _count });
    const { items, nextCursor } = toPage(rows, _count, (one) => [one.startsAt, one.id]);
    const answer = bundle(c.req.url, items.map(fromAppointment), nextCursor);
    return reply(c, 200, ResourceSchema, answer, headers);
  });

  return api;
}

/** Lower case, with what LIKE would take for a pattern as it stands. */
const likeOf = (text: string) => text.toLowerCase().replace(/[\\%_]/g, "\\$&");
