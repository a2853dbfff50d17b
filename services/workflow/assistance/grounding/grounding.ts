/** Whether a draft says only what it was given: codes, sources, quotes, numbers, doses, no links. */
import { speaksToMachines } from "../injection.ts";
import type { Material } from "../input.ts";
import { findCode } from "../tasks/lexicon.ts";
import type { Task } from "../tasks/task.ts";
import { foreignAdvice, foreignDoses } from "./doses.ts";
import { foreignNumbers, givenIn, quantitiesOf } from "./numbers.ts";

export const groundingRules = [
  "unknown-code",
  "wrong-display",
  "unknown-source",
  "not-a-quote",
  "quotes-an-instruction",
  "unknown-number",
  "number-of-another",
  "dose",
  "advice",
  "link",
  "not-stated",
] as const;
export type Finding = { pointer: string; rule: typeof groundingRules[number]; detail: string };

const LINK =
  /https?:|\bwww\.|\]\(|!\[|<[a-z/!]|\bjavascript:|\bdata:[a-z]|\b(?:[a-z0-9-]+\.)+(?:com|org|net|io|info|biz|ru|cn|xyz|top|de|uk|fr)\b/i;
/** ICD-10 as it stands in running text; what is all digits is a number. */
const CODE_LIKE = /\b[A-TV-Z]\d[0-9A-Z]\.[0-9A-Z]{1,4}\b/g;

const squeeze = (text: string) => text.normalize("NFKC").replace(/\s+/g, " ").trim().toLowerCase();

const textsOf = ({ facts, documents, instruction }: Material): string[] => [
  ...facts.flatMap(({ id: _id, kind: _kind, code, value, unit, ...rest }) => [
    // Both ends of a range have the value's unit, though it is written once.
    ...quantitiesOf(rest.range ?? "").map((end) => `${end.value} ${unit ?? ""}`),
    ...Object.values(rest).filter((one) => typeof one === "string"),
    [value, unit].filter((one) => one !== undefined).join(" "),
    ...(code === undefined ? [] : [code.code, code.display]),
  ]),
  ...documents.map(({ text }) => text),
  ...(instruction === null ? [] : [instruction]),
];

/** Numbers that belong to a fact, whatever unit they come with. */
const numbersOf = (texts: readonly (string | undefined)[]) =>
  new Set(texts.flatMap((text) => quantitiesOf(text ?? "").map(({ value }) => value)));

/**
 * A number stands with the fact named before it in its sentence. One that another fact has and this
 * one has not was moved from there.
 */
function movedNumbers(text: string, { facts, documents, instruction }: Material): string[] {
  const named = facts.filter(({ value }) => value !== undefined);
  if (named.length < 2) return [];
  const loose = numbersOf([...documents.map((one) => one.text), instruction ?? ""]);
  const own = named.map(({ name, value, range, at, dose }) => ({
    name: name.toLowerCase(),
    values: numbersOf([value, range, at, dose, name]),
  }));
  return text.split(/(?<=[.!?])\s|\n/).flatMap((sentence) => {
    const lower = sentence.toLowerCase();
    return quantitiesOf(sentence).flatMap(({ value, at }) => {
      const before = own.map((fact) => ({ fact, from: lower.lastIndexOf(fact.name, at) }))
        .filter(({ from }) => from >= 0)
        .sort((a, b) => b.from - a.from || b.fact.name.length - a.fact.name.length)[0]?.fact;
      if (!before || before.values.has(value) || loose.has(value)) return [];
      // Facts of one name are one: an earlier value may be compared with a later one.
      const same = own.some((one) => one.name === before.name && one.values.has(value));
      const isTaken = own.some((one) => one.values.has(value));
      return isTaken && !same ? [`${value} after “${before.name}”`] : [];
    });
  });
}

export function ground<O>(task: Task<O>, output: O, material: Material): Finding[] {
  const findings: Finding[] = [];
  const add = (pointer: string, rule: Finding["rule"], detail: string) =>
    void findings.push({ pointer, rule, detail });
  const { texts, sources, codes, quotes } = task.claimsOf(output);
  const given = textsOf(material);
  const numbers = givenIn(given);
  // What the clinician has said may be said again, even to a patient.
  const said = material.instruction === null ? [] : [material.instruction];
  const known = new Set([...material.facts, ...material.documents].map(({ id }) => id));
  const codesGiven = new Set(given.flatMap((text) => text.match(CODE_LIKE) ?? []));

  for (const { id, pointer } of sources) {
    if (!known.has(id)) add(pointer, "unknown-source", "This source was not given.");
  }
  for (const { system, code, display, pointer } of codes) {
    const own = material.facts.find((fact) =>
      fact.code?.system === system && fact.code.code === code
    )?.code;
    const found = own ?? findCode(system, code, material.terms);
    if (!found) {
      add(pointer, "unknown-code", `${code} is not in the code system as it is kept here.`);
    } else if (squeeze(found.display) !== squeeze(display)) {
      add(pointer, "wrong-display", `${code} means something else.`);
    }
  }
  for (const { sourceId, quote, pointer } of quotes) {
    const source = material.documents.find(({ id }) => id === sourceId)?.text;
    if (source === undefined || !squeeze(source).includes(squeeze(quote))) {
      add(pointer, "not-a-quote", "The source does not say that.");
    } else if (speaksToMachines(quote)) {
      add(pointer, "quotes-an-instruction", "These words speak to a machine.");
    }
  }
  for (const { text, pointer } of texts) {
    for (const one of foreignNumbers(text, numbers)) {
      add(pointer, "unknown-number", `${one} was not given.`);
    }
    for (const one of movedNumbers(text, material)) {
      add(pointer, "number-of-another", `${one} belongs to another value.`);
    }
    for (const one of text.match(CODE_LIKE) ?? []) {
      if (!codesGiven.has(one)) add(pointer, "unknown-code", `${one} was not given.`);
    }
    for (const one of foreignDoses(text, task.doses === "none" ? said : given)) {
      add(pointer, "dose", `“${one}” is a dose.`);
    }
    if (task.isForPatient) {
      for (const one of foreignAdvice(text, material.instruction)) {
        add(pointer, "advice", `“${one}” is advice that nobody has given.`);
      }
    }
    if (LINK.test(text)) add(pointer, "link", "Links and markup are not taken.");
    if (speaksToMachines(text) && !given.some((one) => squeeze(one) === squeeze(text))) {
      add(pointer, "quotes-an-instruction", "These words speak to a machine.");
    }
  }
  for (const { pointer, detail } of task.check?.(output, material) ?? []) {
    add(pointer, "not-stated", detail);
  }
  return findings;
}
