/** Codes that a clinic brings along, as FHIR R4 ValueSets with expansions or CodeSystems. */
import { z } from "@hono/zod-openapi";
import { isWithin } from "@praxis/shared/http";

const CODES_MAX = 5_000;
const WORDS_MAX = 10;
const LEVELS_MAX = 20;
/** A shorter one would be found in every text. */
const WORD_CHARS_MIN = 3;

const line = (max: number) => z.string().trim().min(1).max(max).regex(/^\P{Cc}*$/u);
export type Term = { system: string; code: string; display: string; words: string[] };

const Designation = z.looseObject({ value: line(200) });
type Concept = {
  system?: string | undefined;
  code?: string | undefined;
  display?: string | undefined;
  abstract?: boolean | undefined;
  inactive?: boolean | undefined;
  designation?: { value: string }[] | undefined;
  contains?: Concept[] | undefined;
  concept?: Concept[] | undefined;
};
const Concept: z.ZodType<Concept> = z.lazy(() =>
  z.looseObject({
    system: line(500).optional(),
    code: line(100).optional(),
    display: line(200).optional(),
    abstract: z.boolean().optional(),
    inactive: z.boolean().optional(),
    designation: z.array(Designation).max(100).optional(),
    contains: z.array(Concept).max(CODES_MAX).optional(),
    concept: z.array(Concept).max(CODES_MAX).optional(),
  })
) as z.ZodType<Concept>;

const common = {
  url: line(500),
  version: line(100).optional(),
  name: line(200).optional(),
  title: line(200).optional(),
};
const ValueSetResource = z.looseObject({
  resourceType: z.literal("ValueSet"),
  ...common,
  expansion: z.looseObject({
    total: z.int().optional(),
    contains: z.array(Concept).max(CODES_MAX),
  }),
});
const CodeSystemResource = z.looseObject({
  resourceType: z.literal("CodeSystem"),
  ...common,
  concept: z.array(Concept).max(CODES_MAX),
});

const Shallow = z.looseObject({}).refine((value) => isWithin(value, LEVELS_MAX), "It is too deep.");
export const ValueSetInput = Shallow
  .pipe(z.discriminatedUnion("resourceType", [ValueSetResource, CodeSystemResource]))
  .openapi("ValueSetInput", {
    type: "object",
    description: "A ValueSet with its expansion, or a CodeSystem with its concepts, of FHIR R4.",
  });
export type ValueSetInput = z.output<typeof ValueSetInput>;

export const ValueSet = z.object({
  id: z.uuid(),
  url: z.string(),
  version: z.string().nullable(),
  title: z.string(),
  kind: z.enum(["ValueSet", "CodeSystem"]),
  codes: z.int(),
  sha256: z.string(),
  createdBy: z.uuid(),
  createdAt: z.iso.datetime(),
  retiredAt: z.iso.datetime().nullable(),
}).openapi("ValueSet");
export type ValueSet = z.output<typeof ValueSet>;

type Fault = { pointer: string; detail: string };

/**
 * The codes that may be used, or what is in the way. Those that are abstract or inactive are left
 * out; one without a display is a fault, since nobody could check what it means.
 */
export function termsOf(resource: ValueSetInput): { terms: Term[]; faults: Fault[] } {
  const terms = new Map<string, Term>();
  const faults: Fault[] = [];
  const isValueSet = resource.resourceType === "ValueSet";
  const visit = (concepts: readonly Concept[], pointer: string) => {
    for (const [n, one] of concepts.entries()) {
      const at = `${pointer}/${n}`;
      const { code, display, designation = [] } = one;
      const system = isValueSet ? one.system : resource.url;
      if (!one.abstract && !one.inactive) {
        if (!system || !code || !display) {
          faults.push({ pointer: at, detail: "A system, a code and a display belong to it." });
        } else {
          const key = `${system} ${code}`;
          const known = terms.get(key);
          if (known && known.display !== display) {
            faults.push({ pointer: at, detail: `${code} stands there with two meanings.` });
          }
          const said = [display, ...designation.map(({ value }) => value)]
            .map((word) => word.toLowerCase()).filter((word) => word.length >= WORD_CHARS_MIN);
          const words = [...new Set(said)].slice(0, WORDS_MAX);
          terms.set(key, { system, code, display, words });
        }
      }
      visit(one.contains ?? [], `${at}/contains`);
      visit(one.concept ?? [], `${at}/concept`);
    }
  };
  if (isValueSet) visit(resource.expansion.contains, "/expansion/contains");
  else visit(resource.concept, "/concept");
  const whole = isValueSet ? "/expansion" : "/concept";
  if (terms.size > CODES_MAX) faults.push({ pointer: whole, detail: `More than ${CODES_MAX}.` });
  if (terms.size === 0) faults.push({ pointer: whole, detail: "There is no code in it." });
  // A page of an expansion would pass for all of it.
  if (isValueSet && (resource.expansion.total ?? 0) > countOf(resource.expansion.contains)) {
    faults.push({ pointer: "/expansion/total", detail: "The expansion is not complete." });
  }
  return { terms: [...terms.values()], faults };
}

const countOf = (concepts: readonly Concept[]): number =>
  concepts.reduce((sum, { contains = [] }) => sum + 1 + countOf(contains), 0);
