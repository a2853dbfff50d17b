/** What leaves for a model: reduced material without identifiers, and the way back. */
import { sha256 } from "../language/language.ts";
import { createDeidentifier, daysFor, KnownPatient, termsOf } from "./deidentify/deidentify.ts";
import { mapTexts, type Material } from "./input.ts";
import type { Prompt } from "./prompts.ts";

export type Payload = {
  instructions: string;
  data: string;
  /** As the model sees it: what its answer is checked against. */
  material: Material;
  /** Equal for the same task, prompt and material, whatever the marks. */
  key: string;
  /** Whether anything known was still to be seen: then it must not leave. */
  isClean: boolean;
  hidden: Record<string, number>;
  /** Tokens, dates and ids as they were; undefined when there are any that we did not give. */
  restore(output: unknown): unknown | undefined;
};

type Options = {
  prompt: Prompt;
  material: Material;
  patient: KnownPatient | undefined;
  patientId: string | null;
  names: readonly string[];
  shiftKey: string;
};

/** Ids of sources may be telling, too: they leave as `s1`, `s2` and so on. */
function alias(material: Material) {
  const ids = [...material.facts, ...material.documents].map(({ id }) => id);
  const out = new Map(ids.map((id, n) => [id, `s${n + 1}`]));
  const back = new Map(ids.map((id, n) => [`s${n + 1}`, id]));
  const rename = <T extends { id: string }>(one: T): T => ({ ...one, id: out.get(one.id)! });
  return {
    material: {
      ...material,
      facts: material.facts.map(rename),
      documents: material.documents.map(rename),
    },
    back,
  };
}

/** Every text of it, as it would leave. */
function textsOf(material: Material): string[] {
  const texts: string[] = [];
  mapTexts(material, (text) => {
    texts.push(text);
    return text;
  });
  return texts;
}

const nobody = KnownPatient.parse({ name: {} });
/** Fields whose words are ours, or a code system's: nothing in them was hidden. */
const OURS = new Set(["id", "after", "system", "code", "status", "heading", "unit"]);

export async function createPayload(
  { prompt, material: given, patient, patientId, names, shiftKey }: Options,
): Promise<Payload> {
  const { material: named, back } = alias(given);
  const birthDate = /^\d{4}-\d{2}-\d{2}$/.test(patient?.birthDate ?? "")
    ? patient!.birthDate!
    : null;
  const known = termsOf(patient ?? nobody, names);
  const days = await daysFor(shiftKey, patientId ?? "");
  const deidentifier = createDeidentifier({ known, birthDate, days });
  const material = mapTexts(named, deidentifier.hide);
  const mark = crypto.randomUUID();
  const part = (kind: string, id: string, text: string) =>
    `<<data ${mark} kind=${kind} source=${id}>>\n${text}\n<<end ${mark}>>`;
  const facts = material.facts.map(({ id, ...fact }) => part("fact", id, JSON.stringify(fact)));
  const documents = material.documents.map(({ id, trust, text }) => part(trust, id, text));
  const instruction = material.instruction === null
    ? []
    : [part("clinician", "none", material.instruction)];
  const parts = [...facts, ...documents, ...instruction];

  function restore(value: unknown, name = ""): unknown {
    if (Array.isArray(value)) return value.map((one) => restore(one, name));
    if (value !== null && typeof value === "object") {
      return Object.fromEntries(
        Object.entries(value).map(([key, one]) => [key, restore(one, key)]),
      );
    }
    if (typeof value !== "string" || OURS.has(name)) return value;
    const own = name === "sources" || name === "sourceId"
      ? back.get(value)
      : deidentifier.restore(value);
    if (own === undefined) throw new Unknown();
    return own;
  }

  return {
    instructions: prompt.text,
    data: parts.join("\n\n"),
    material,
    key: await sha256(JSON.stringify([prompt.task, prompt.version, prompt.sha256, material])),
    isClean: textsOf(material).every(deidentifier.isClean),
    hidden: deidentifier.counts(),
    restore: (output) => {
      try {
        return restore(output);
      } catch (error) {
        if (error instanceof Unknown) return undefined;
        throw error;
      }
    },
  };
}

class Unknown extends Error {}
