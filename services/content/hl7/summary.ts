/** What a message is about: patient, visit, orders, observations, as rows. */
import { IDENTIFIERS_MAX, type SeenPatient } from "../ingestion/model.ts";
import {
  dateOf,
  type Header,
  headerWith,
  type Message,
  repetitionsOf,
  type Segment,
  valueOf as fullValueOf,
  wordsOfField,
} from "./grammar.ts";

export type Order = {
  placer: string;
  filler: string;
  control: string;
  code: string;
  text: string;
  system: string;
  observedAt: string;
  status: string;
};

export type Observation = {
  /** Place among the patient's orders, from 0; null before the first. */
  order: number | null;
  valueType: string;
  code: string;
  text: string;
  system: string;
  subId: string;
  value: string;
  units: string;
  referenceRange: string;
  flags: string;
  status: string;
  observedAt: string;
  notes: string;
};

export type Visit = {
  number: string;
  class: string;
  location: string;
  attending: string;
  admittedAt: string;
  dischargedAt: string;
};

export type MessageSummary = {
  /** In its file, from 1. */
  place: number;
  /** Among the patients of its message, from 1: each PID begins another. */
  group: number;
  header: Header;
  patient: SeenPatient | null;
  visit: Visit | null;
  orders: Order[];
  observations: Observation[];
  /** Notes that stand with no observation. */
  notes: string[];
  /** There are more rows than are kept. */
  isCut?: true;
};

/** Beyond these a message's rows of one sort are cut, and it says so; text and bytes are not. */
export const ROWS_MAX = 10_000;
const VALUE_CHARS_MAX = 4_000;
const short = (text: string) => text.slice(0, VALUE_CHARS_MAX);
/** Codes and numbers are looked up by an index, which takes no longer ones. */
const FIELD_CHARS_MAX = 500;
const valueOf: typeof fullValueOf = (...place) => fullValueOf(...place).slice(0, FIELD_CHARS_MAX);

const SEXES: Record<string, string> = { F: "female", M: "male", O: "other", U: "unknown" };

/** Who assigned an identifier: an OID where there is one, else the name, else the kind of number. */
function systemOf(segment: Segment, n: number, repetition: number): string | undefined {
  const part = (component: number, subcomponent = 1) =>
    valueOf(segment, n, component, { repetition, subcomponent });
  const universal = part(4, 2);
  if (/^[0-2](\.\d+)+$/.test(universal)) return `urn:oid:${universal}`;
  return universal || part(4) || part(5) || undefined;
}

function identifiersIn(segment: Segment, n: number): SeenPatient["identifiers"] {
  return Array.from({ length: Math.min(repetitionsOf(segment, n), IDENTIFIERS_MAX) }, (_, at) => {
    const value = valueOf(segment, n, 1, { repetition: at + 1 });
    const system = systemOf(segment, n, at + 1);
    return { value, ...(system === undefined ? {} : { system }) };
  }).filter(({ value }) => value !== "");
}

export function patientOf(pid: Segment): SeenPatient {
  const identifiers = identifiersIn(pid, 3);
  const external = identifiers.length > 0
    ? []
    : [...identifiersIn(pid, 2), ...identifiersIn(pid, 4)];
  const given = [valueOf(pid, 5, 2), ...valueOf(pid, 5, 3).split(/\s+/)].filter((name) =>
    name !== ""
  );
  const family = valueOf(pid, 5, 1);
  const birthDate = dateOf(valueOf(pid, 7));
  const sex = SEXES[valueOf(pid, 8).toUpperCase()];
  return {
    identifiers: [...identifiers, ...external].slice(0, IDENTIFIERS_MAX),
    ...(family === "" ? {} : { family }),
    ...(given.length === 0 ? {} : { given }),
    ...(birthDate === undefined ? {} : { birthDate }),
    ...(sex === undefined ? {} : { sex }),
  };
}

const visitOf = (pv1: Segment): Visit => ({
  number: valueOf(pv1, 19),
  class: valueOf(pv1, 2),
  location: wordsOfField(pv1, 3),
  attending: [valueOf(pv1, 7, 2), valueOf(pv1, 7, 3)].filter((part) => part !== "").join(", "),
  admittedAt: valueOf(pv1, 44),
  dischargedAt: valueOf(pv1, 45),
});

const orderOf = (common: Segment | undefined, obr: Segment): Order => ({
  placer: valueOf(obr, 2) || (common ? valueOf(common, 2) : ""),
  filler: valueOf(obr, 3) || (common ? valueOf(common, 3) : ""),
  control: common ? valueOf(common, 1) : "",
  code: valueOf(obr, 4),
  text: valueOf(obr, 4, 2),
  system: valueOf(obr, 4, 3),
  observedAt: valueOf(obr, 7),
  status: valueOf(obr, 25),
});

const observationOf = (obx: Segment, order: number | null): Observation => ({
  order,
  valueType: valueOf(obx, 2),
  code: valueOf(obx, 3),
  text: valueOf(obx, 3, 2),
  system: valueOf(obx, 3, 3),
  subId: valueOf(obx, 4),
  // Base64 of an attachment (ED) is no value to look at.
  value: valueOf(obx, 2) === "ED" ? valueOf(obx, 5, 2) : short(wordsOfField(obx, 5)),
  units: valueOf(obx, 6),
  referenceRange: short(wordsOfField(obx, 7)),
  flags: wordsOfField(obx, 8),
  status: valueOf(obx, 11),
  observedAt: valueOf(obx, 14),
  notes: "",
});

/** Beyond so many patients a message's rows are cut. */
const GROUPS_MAX = 1_000;

/**
 * A message's rows: one summary for each patient, since a result may repeat its patient's group
 * (ORU) and two may change beds (ADT^A17). What stands before the first PID is the first one's.
 */
export function summariesOf(message: Message, place: number): MessageSummary[] {
  const header = headerWith(message[0]!, valueOf);
  const begin = (group: number): MessageSummary => ({
    place,
    group,
    header,
    patient: null,
    visit: null,
    orders: [],
    observations: [],
    notes: [],
  });
  const first = begin(1);
  const summaries = [first];
  let summary = first;
  let common: Segment | undefined;
  let last: Observation | undefined;
  let [orders, observations, notes] = [0, 0, 0];
  for (const segment of message) {
    switch (segment.name) {
      case "PID":
        if (summary.patient !== null) {
          if (summaries.length === GROUPS_MAX) {
            first.isCut = true;
            return summaries;
          }
          summary = begin(summaries.length + 1);
          summaries.push(summary);
          [common, last] = [undefined, undefined];
        }
        summary.patient = patientOf(segment);
        if ([2, 3, 4].some((n) => repetitionsOf(segment, n) > IDENTIFIERS_MAX)) {
          summary.isCut = true;
        }
        break;
      case "PV1":
        summary.visit ??= visitOf(segment);
        break;
      case "ORC":
        common = segment;
        break;
      case "OBR":
        if (++orders <= ROWS_MAX) summary.orders.push(orderOf(common, segment));
        else summary.isCut = true;
        common = undefined;
        last = undefined;
        break;
      case "OBX":
        if (++observations > ROWS_MAX) {
          summary.isCut = true;
          break;
        }
        last = observationOf(
          segment,
          summary.orders.length === 0 ? null : summary.orders.length - 1,
        );
        summary.observations.push(last);
        break;
      case "NTE": {
        const note = wordsOfField(segment, 3);
        if (note === "") break;
        if (last) last.notes = short(last.notes === "" ? note : `${last.notes}\n${note}`);
        else if (++notes <= ROWS_MAX) summary.notes.push(short(note));
        else summary.isCut = true;
      }
    }
  }
  return summaries;
}
