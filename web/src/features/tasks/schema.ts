/** A task's form: the fields of its JSON schema, what is typed into them, and what is wrong. */
import { type Schema, Validator } from "@cfworker/json-schema";

export type FieldKind =
  | "text"
  | "long"
  | "number"
  | "boolean"
  | "choice"
  | "choices"
  | "date"
  | "json";
export type FormField = {
  name: string;
  label: string;
  hint: string | undefined;
  kind: FieldKind;
  isRequired: boolean;
  choices: readonly string[];
};
/** As it stands in the form: text, or several of the choices. */
export type Typed = Record<string, string | readonly string[]>;
export type FaultKind =
  | "missing"
  | "tooShort"
  | "tooLong"
  | "tooSmall"
  | "tooLarge"
  | "notNumber"
  | "notInteger"
  | "notDate"
  | "notOffered"
  | "notJson"
  | "wrongForm";
export type Fault = { kind: FaultKind; limit: number };

type Property = Record<string, unknown>;
const LONG_CHARS = 200;

const isPlain = (value: unknown): value is Property =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const isTexts = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((one) => typeof one === "string");

/** "spokeWith" is "Spoke with". */
export function labelOf(name: string): string {
  const words = name.replace(/([a-z\d])([A-Z])/g, "$1 $2").replaceAll(/[-_]+/g, " ").trim();
  return words ? words[0]!.toUpperCase() + words.slice(1).toLowerCase() : name;
}

function kindOf(property: Property): FieldKind {
  const { type, format, maxLength, items } = property;
  if (isTexts(property.enum)) return "choice";
  if (type === "boolean") return "boolean";
  if (type === "number" || type === "integer") return "number";
  if (type === "array" && isPlain(items) && isTexts(items.enum)) return "choices";
  if (type !== "string") return "json";
  if (format === "date") return "date";
  return typeof maxLength === "number" && maxLength > LONG_CHARS ? "long" : "text";
}

/**
 * The fields of an object's schema, those that are required first and in the order in which they
 * are named there: the order of properties is not kept on the way.
 */
export function fieldsOf(schema: unknown): FormField[] {
  if (!isPlain(schema) || !isPlain(schema.properties)) return [];
  const required = isTexts(schema.required) ? schema.required : [];
  const known = Object.entries(schema.properties);
  const place = (name: string) => required.includes(name) ? required.indexOf(name) : known.length;
  known.sort(([a], [b]) => place(a) - place(b));
  return known.flatMap(([name, property]) => {
    if (!isPlain(property)) return [];
    const { title, description, items } = property;
    const kind = kindOf(property);
    const choices = kind === "choice" ? property.enum : isPlain(items) ? items.enum : [];
    return [{
      name,
      label: typeof title === "string" && title ? title : labelOf(name),
      hint: typeof description === "string" ? description : undefined,
      kind,
      isRequired: required.includes(name),
      choices: isTexts(choices) ? choices : [],
    }];
  });
}

function valueOf({ kind }: FormField, typed: string | readonly string[]): unknown {
  if (typeof typed !== "string") return typed.length > 0 ? typed : undefined;
  const text = typed.trim();
  if (text === "") return undefined;
  if (kind === "boolean") return text === "yes";
  if (kind === "number") {
    const number = Number(text.replace(",", "."));
    return Number.isFinite(number) ? number : text;
  }
  if (kind !== "json") return text;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** What is sent: nothing for a field that was left empty. */
export function dataOf(fields: readonly FormField[], typed: Typed): Record<string, unknown> {
  return Object.fromEntries(fields.flatMap((field) => {
    const value = valueOf(field, typed[field.name] ?? "");
    return value === undefined ? [] : [[field.name, value]];
  }));
}

/** As `data` stands in the form, for somebody to look over; what has no field is left out. */
export function typedOf(fields: readonly FormField[], data: Record<string, unknown>): Typed {
  return Object.fromEntries(fields.flatMap(({ name, kind }): [string, Typed[string]][] => {
    const value = data[name];
    if (value === undefined) return [];
    if (kind === "choices" && isTexts(value)) return [[name, value]];
    if (kind === "boolean") return [[name, value === true ? "yes" : "no"]];
    if (kind === "json") return [[name, JSON.stringify(value)]];
    return [[name, String(value)]];
  }));
}

const KINDS: Record<string, FaultKind> = {
  minLength: "tooShort",
  maxLength: "tooLong",
  minimum: "tooSmall",
  maximum: "tooLarge",
  format: "notDate",
  enum: "notOffered",
};

function faultOf(schema: Property, field: FormField, keyword: string): Fault {
  const property = (schema.properties as Record<string, Property>)[field.name]!;
  const limit = Number(property[keyword]);
  if (keyword === "type" && field.kind === "number") {
    return { kind: property.type === "integer" ? "notInteger" : "notNumber", limit: 0 };
  }
  if (keyword === "format" && field.kind !== "date") return { kind: "wrongForm", limit: 0 };
  return { kind: KINDS[keyword] ?? "wrongForm", limit: Number.isFinite(limit) ? limit : 0 };
}

/** The first fault of every field that has one; the service looks again. */
export function faultsOf(schema: unknown, typed: Typed): Map<string, Fault> {
  const faults = new Map<string, Fault>();
  if (!isPlain(schema)) return faults;
  const fields = fieldsOf(schema);
  const data = dataOf(fields, typed);
  for (const { name, kind, isRequired } of fields) {
    const text = typed[name] ?? "";
    const isEmpty = text.length === 0 || (typeof text === "string" && text.trim() === "");
    if (isEmpty && isRequired) faults.set(name, { kind: "missing", limit: 0 });
    else if (!isEmpty && kind === "json" && data[name] === undefined) {
      faults.set(name, { kind: "notJson", limit: 0 });
    }
  }
  for (const { instanceLocation, keyword } of check(schema, data)) {
    const name = instanceLocation.split("/")[1]?.replaceAll("~1", "/").replaceAll("~0", "~");
    const field = fields.find((one) => one.name === name);
    // What only holds others says of them that they do not fit.
    if (!field || faults.has(field.name) || keyword === "properties") continue;
    faults.set(field.name, faultOf(schema, field, keyword));
  }
  return faults;
}

/**
 * Patterns are left to the service, which can stop one that explodes, and so is a schema that
 * cannot be used here.
 */
function check(schema: Property, data: Record<string, unknown>) {
  const isPattern = (name: string) => name === "pattern" || name === "patternProperties";
  const harmless = JSON.stringify(schema, (name, value) => isPattern(name) ? undefined : value);
  try {
    return new Validator(JSON.parse(harmless) as Schema, "7", false).validate(data).errors;
  } catch {
    return [];
  }
}
