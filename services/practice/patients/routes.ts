/** How patients are reached over HTTP. */
import { z } from "@hono/zod-openapi";
import { type Api, createApi, defineRoute, readCursor, reply, toPage } from "@praxis/shared/http";
import { IdempotencyHeaders } from "@praxis/shared/idempotency";
import { callOf } from "../calls.ts";
import type { Deps } from "../deps.ts";
import { Duplicate } from "../duplicates/model.ts";
import { etagOf, Patient, PatientInput, PatientPage, PatientQuery } from "./model.ts";
import * as patients from "./patients.ts";

const PATH = "/api/practice/patients";
const tags = ["patients"];
const json = <T extends z.ZodType>(schema: T) => ({ "application/json": { schema } });
const Id = z.object({ id: z.uuid() });

const Registered = Patient.extend({
  possibleDuplicates: z.array(Duplicate),
}).openapi("RegisteredPatient");
const Duplicates = z.object({ items: z.array(Duplicate) }).openapi("PossibleDuplicates");

const registerPatient = defineRoute({
  permission: "patients:write",
  method: "post",
  path: PATH,
  tags,
  summary: "Register a patient; warns of those who might be the same person",
  request: { headers: IdempotencyHeaders, body: { content: json(PatientInput) } },
  responses: { 201: { description: "Registered", content: json(Registered) } },
});

const searchPatients = defineRoute({
  permission: "patients:read",
  method: "get",
  path: PATH,
  tags,
  summary: "Find patients by name, identifier or birth date; without any, the newest",
  request: { query: PatientQuery },
  responses: { 200: { description: "OK", content: json(PatientPage) } },
});

const getPatient = defineRoute({
  permission: "patients:read",
  method: "get",
  path: `${PATH}/{id}`,
  tags,
  summary: "Read a patient; one who was merged says into whom",
  request: { params: Id },
  responses: { 200: { description: "OK", content: json(Patient) } },
});

const changePatient = defineRoute({
  permission: "patients:write",
  method: "put",
  path: `${PATH}/{id}`,
  tags,
  summary: "Replace what is known of a patient; If-Match says which version was read",
  request: {
    params: Id,
    headers: z.object({ "if-match": z.string().max(200).optional() }),
    body: { content: json(PatientInput) },
  },
  responses: { 200: { description: "Changed", content: json(Patient) } },
});

const findDuplicates = defineRoute({
  permission: "patients:write",
  method: "post",
  path: "/api/practice/duplicates",
  tags,
  summary: "Who might be the same person as somebody who is about to be registered",
  request: { body: { content: json(PatientInput) } },
  responses: { 200: { description: "OK", content: json(Duplicates) } },
});

export function patientRoutes(deps: Deps): Api {
  const api = createApi();

  api.openapi(registerPatient, async (c) => {
    const key = c.req.valid("header")["idempotency-key"];
    const patient = await patients.register(deps, callOf(c), c.req.valid("json"), key);
    const headers = { location: `${PATH}/${patient.id}`, etag: etagOf(patient) };
    return reply(c, 201, Registered, patient, headers);
  });

  api.openapi(searchPatients, async (c) => {
    const { q, identifier, birthDate, ids, limit, cursor } = c.req.valid("query");
    const [rank, id] = readCursor(cursor, z.tuple([z.number().int(), z.uuid()])) ?? [];
    const after = rank === undefined || id === undefined ? undefined : { rank, id };
    const asked = { q, identifier, birthDate, ids };
    const found = await patients.search(deps, callOf(c), asked, { after, limit });
    return reply(c, 200, PatientPage, toPage(found, limit, (one) => [one.rank, one.id]));
  });

  api.openapi(getPatient, async (c) => {
    const patient = await patients.open(deps, callOf(c), c.req.valid("param").id);
    return reply(c, 200, Patient, patient, { etag: etagOf(patient) });
  });

  api.openapi(changePatient, async (c) => {
    const patient = await patients.change(deps, callOf(c), {
      id: c.req.valid("param").id,
      ifMatch: c.req.valid("header")["if-match"],
      input: c.req.valid("json"),
    });
    return reply(c, 200, Patient, patient, { etag: etagOf(patient) });
  });

  api.openapi(findDuplicates, async (c) => {
    const items = await patients.findDuplicates(deps, callOf(c), c.req.valid("json"));
    return reply(c, 200, Duplicates, { items });
  });

  return api;
}
