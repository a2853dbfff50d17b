/** What an import is, and how a file becomes rows: nothing is registered here. */
import { z } from "@hono/zod-openapi";
import { errorsOf, Page, PageQuery } from "@praxis/shared/http";
import { defineQueue } from "@praxis/shared/jobs";
import { Duplicate } from "../duplicates/model.ts";
import {
  ForeignPatient,
  fromPatient,
  type Json,
  NO_SYSTEM,
  notHeldOf,
  toPatientInput,
} from "../fhir/model.ts";
import { isInFuture, PatientInput } from "../patients/model.ts";
import { delimiterOf, readCsv } from "./csv.ts";

export const formats = ["csv", "fhir"] as const;
export type Format = typeof formats[number];

export const FILE_BYTES_MAX = 20 * 1024 * 1024;
export const ROWS_MAX = 100_000;
/** Registered in one transaction. */
export const CHUNK = 100;
const ERRORS_PER_ROW_MAX = 10;
const COLUMNS_MAX = 200;
/** What a file says that nobody holds is named up to here; the rest is counted together. */
const NOT_HELD_MAX = 1_000;
const PATH_LENGTH_MAX = 200;
const FURTHER = "further paths";

export const rowStatuses = ["staged", "registered", "known", "duplicate", "broken"] as const;
export type RowStatus = typeof rowStatuses[number];

export const Counts = z.object({
  total: z.number().int(),
  staged: z.number().int().openapi({ description: "Not looked at yet." }),
  registered: z.number().int().openapi({ description: "Or, on a dry run, those who would be." }),
  known: z.number().int().openapi({ description: "Had an identifier of the row before." }),
  duplicate: z.number().int().openapi({ description: "Left out as possible duplicates." }),
  broken: z.number().int(),
  possibleDuplicates: z.number().int().openapi({ description: "Rows that somebody is like." }),
}).openapi("ImportCounts");
export type Counts = z.output<typeof Counts>;

export const Import = z.object({
  id: z.uuid(),
  format: z.enum(formats),
  status: z.enum(["running", "done"]),
  isDryRun: z.boolean(),
  onDuplicate: z.enum(["register", "skip"]),
  sha256: z.string(),
  counts: Counts,
  notHeld: z.record(z.string(), z.number()).openapi({
    description: "What the file says that is not taken over, by path, and how often.",
  }),
  createdAt: z.iso.datetime(),
  createdBy: z.uuid(),
  finishedAt: z.iso.datetime().nullable(),
}).openapi("Import");
export type Import = z.output<typeof Import>;

export const ImportPage = Page(Import).openapi("ImportPage");

const RowError = z.object({ pointer: z.string(), detail: z.string() });
export const ImportRow = z.object({
  line: z.number().int(),
  status: z.enum(rowStatuses),
  errors: z.array(RowError),
  patientId: z.uuid().nullable(),
  duplicates: z.array(Duplicate),
}).openapi("ImportRow");
export type ImportRow = z.output<typeof ImportRow>;

export const ImportRowPage = Page(ImportRow).openapi("ImportRowPage");
export const ImportRowQuery = PageQuery.extend({
  status: z.enum(rowStatuses).optional(),
  isDuplicate: z.enum(["true"]).optional().openapi({ description: "Only those with a likeness." }),
});

export const importQueue = defineQueue({
  name: "import",
  data: z.object({ importId: z.uuid(), organizationId: z.uuid() }),
});

type RowErrors = z.output<typeof RowError>[];
export type StagedRow =
  | { line: number; patient: PatientInput }
  | { line: number; errors: RowErrors };
export type Staged = { rows: StagedRow[]; notHeld: Record<string, number> };

/** Why a file cannot be read at all. */
export type Unreadable = { unreadable: string };

/** Staged rows, or why there are none. */
export function stage(format: Format, bytes: Uint8Array, now: Date): Staged | Unreadable {
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return { unreadable: "The file is not text in UTF-8." };
  }
  const staged = format === "csv" ? stageCsv(text, now) : stageFhir(text, now);
  if ("unreadable" in staged) return staged;
  if (staged.rows.length === 0) return { unreadable: "There is no patient in this file." };
  if (staged.rows.length > ROWS_MAX) {
    return { unreadable: `At most ${ROWS_MAX} patients at once: split the file.` };
  }
  return { ...staged, rows: refuseRepeated(staged.rows) };
}

function check(line: number, input: unknown, now: Date): StagedRow {
  const result = PatientInput.safeParse(input);
  if (!result.success) {
    const issues = result.error.issues as Parameters<typeof errorsOf>[0];
    return { line, errors: errorsOf(issues).slice(0, ERRORS_PER_ROW_MAX) };
  }
  const { birthDate, deceased } = result.data;
  if (birthDate && isInFuture(birthDate, now)) {
    return { line, errors: [{ pointer: "/birthDate", detail: "This day is yet to come." }] };
  }
  if (deceased?.on && isInFuture(deceased.on, now)) {
    return { line, errors: [{ pointer: "/deceased/on", detail: "This day is yet to come." }] };
  }
  return { line, patient: result.data };
}

/** One identifier cannot name two patients of one file. */
function refuseRepeated(rows: StagedRow[]): StagedRow[] {
  const lines = new Map<string, number>();
  return rows.map((row) => {
    if (!("patient" in row)) return row;
    const keys = row.patient.identifiers.map(({ system, value }) =>
      JSON.stringify([system, value])
    );
    const repeated = keys.findIndex((key) => lines.has(key));
    if (repeated >= 0) {
      const detail = `Line ${lines.get(keys[repeated]!)} has this identifier, too.`;
      return { line: row.line, errors: [{ pointer: `/identifiers/${repeated}`, detail }] };
    }
    for (const key of keys) lines.set(key, row.line);
    return row;
  });
}

const COLUMNS = [
  "family",
  "given",
  "prefix",
  "maidenname",
  "birthdate",
  "sex",
  "identifier",
  "identifiersystem",
  "phone",
  "mobile",
  "email",
  "street",
  "postalcode",
  "city",
  "state",
  "country",
  "language",
  "deceasedon",
  "confidential",
] as const;
type Column = typeof COLUMNS[number];

const SEXES: Record<string, string> = {
  f: "female",
  w: "female",
  m: "male",
  o: "other",
  d: "other",
  x: "other",
  u: "unknown",
  "": "unknown",
};

/** `31.12.1990` is what many systems write; days before months elsewhere cannot be told apart. */
const isoOf = (day: string) => day.replace(/^(\d{2})\.(\d{2})\.(\d{4})$/, "$3-$2-$1");

function stageCsv(text: string, now: Date): Staged | Unreadable {
  const lines = readCsv(text, delimiterOf(text.replace(/^\ufeff/, "")));
  const head = lines.next().value;
  if (!head || "broken" in head) return { unreadable: "The first line must name the columns." };
  const names = head.fields.map((name) => name.toLowerCase().replace(/[^a-z]/g, ""));
  if (names.length > COLUMNS_MAX) return { unreadable: `At most ${COLUMNS_MAX} columns.` };
  const columns = names.map((name) => COLUMNS.find((column) => column === name));
  if (!columns.includes("family") && !columns.includes("given")) {
    return { unreadable: "There is no column called family, nor one called given." };
  }
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice !== undefined) return { unreadable: "Two columns have the same name." };
  const rows: StagedRow[] = [];
  const notHeld: Record<string, number> = {};
  for (const one of lines) {
    if (rows.length > ROWS_MAX) break;
    const { line } = one;
    if ("broken" in one) rows.push({ line, errors: [{ pointer: "", detail: one.broken }] });
    else if (one.fields.length !== columns.length) {
      const detail = `There are ${one.fields.length} fields instead of ${columns.length}.`;
      rows.push({ line, errors: [{ pointer: "", detail }] });
    } else {
      const values: Partial<Record<Column, string>> = {};
      for (const [at, column] of columns.entries()) {
        const value = one.fields[at]!.trim();
        if (column !== undefined) values[column] = value;
        else if (value !== "") {
          const name = `column ${names[at] || at + 1}`;
          notHeld[name] = (notHeld[name] ?? 0) + 1;
        }
      }
      rows.push(check(line, inputOf(values), now));
    }
  }
  return { rows, notHeld };
}

function inputOf(values: Partial<Record<Column, string>>): unknown {
  const get = (column: Column) => values[column] || null;
  const sex = (values.sex ?? "").toLowerCase();
  const contacts = [
    { kind: "phone", value: get("phone"), use: "home" },
    { kind: "phone", value: get("mobile"), use: "mobile" },
    { kind: "email", value: get("email"), use: null },
  ].filter(({ value }) => value !== null);
  const address = {
    lines: get("street") ? [get("street")] : [],
    postalCode: get("postalcode"),
    city: get("city"),
    state: get("state"),
    country: get("country"),
  };
  const hasAddress = address.lines.length > 0 ||
    Object.values(address).some((part) => typeof part === "string");
  const given = get("given")?.split(/\s+/) ?? [];
  return {
    identifiers: get("identifier")
      ? [{ system: get("identifiersystem") ?? NO_SYSTEM, value: get("identifier") }]
      : [],
    name: { family: get("family"), given, prefix: get("prefix") ? [get("prefix")] : [] },
    otherNames: get("maidenname") ? [{ use: "maiden", family: get("maidenname"), given }] : [],
    birthDate: get("birthdate") && isoOf(get("birthdate")!),
    sex: SEXES[sex] ?? sex,
    contacts,
    addresses: hasAddress ? [address] : [],
    languages: get("language") ? [{ code: get("language"), isPreferred: true }] : [],
    deceased: get("deceasedon") ? { on: isoOf(get("deceasedon")!) } : null,
    isConfidential: /^(1|true|yes|y)$/i.test(values.confidential ?? ""),
  };
}

const Bundle = z.object({
  resourceType: z.literal("Bundle"),
  entry: z.array(z.object({ resource: z.looseObject({ resourceType: z.string() }).optional() }))
    .default([]),
});

function stageFhir(text: string, now: Date): Staged | Unreadable {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return { unreadable: "The file is not JSON." };
  }
  const isPatient = (json as { resourceType?: unknown } | null)?.resourceType === "Patient";
  const bundle = Bundle.safeParse(
    isPatient ? { resourceType: "Bundle", entry: [{ resource: json }] } : json,
  );
  if (!bundle.success) return { unreadable: "This is neither a FHIR Bundle nor a Patient." };
  const rows: StagedRow[] = [];
  const notHeld = new Map<string, number>();
  const count = (path: string, times = 1) => {
    const name = storable(path);
    const key = notHeld.has(name) || notHeld.size < NOT_HELD_MAX ? name : FURTHER;
    notHeld.set(key, (notHeld.get(key) ?? 0) + times);
  };
  for (const [at, { resource }] of bundle.data.entry.entries()) {
    const line = at + 1;
    if (resource?.resourceType !== "Patient") {
      count(`${resource?.resourceType ?? "entry without a"} resource`);
      continue;
    }
    const foreign = ForeignPatient.safeParse(resource);
    if (!foreign.success) {
      const issues = foreign.error.issues as Parameters<typeof errorsOf>[0];
      rows.push({ line, errors: errorsOf(issues).slice(0, ERRORS_PER_ROW_MAX) });
      continue;
    }
    const row = check(line, toPatientInput(foreign.data), now);
    rows.push(row);
    if ("patient" in row) {
      for (const [path, times] of Object.entries(lostOf(resource as Json, row.patient))) {
        count(`Patient.${path}`, times);
      }
    }
  }
  return { rows, notHeld: Object.fromEntries(notHeld) };
}

/** A name that somebody else chose, as JSONB takes it. */
const storable = (path: string) =>
  path.slice(0, PATH_LENGTH_MAX).replace(/\p{Cc}/gu, "\ufffd").toWellFormed();

/** What would not come back if the patient were asked for as FHIR. */
export function lostOf(resource: Json, patient: PatientInput): Record<string, number> {
  const kept = fromPatient({
    ...patient,
    id: "",
    version: 1,
    status: "active",
    mergedInto: null,
    createdAt: "",
    updatedAt: "",
  });
  return notHeldOf(resource, kept);
}
