/** What a part of the product is meant for, and whether a clinic may use it. */
import { z } from "@hono/zod-openapi";

export const featureKinds = ["score", "rule", "viewer", "assistant", "analytics"] as const;
export type FeatureKind = typeof featureKinds[number];

/** `depends`: on what a clinic puts in, or on a question that only an authority can answer. */
export const standings = ["device", "not-a-device", "depends"] as const;

const Opinion = z.object({
  standing: z.enum(standings),
  riskClass: z.string().nullable().openapi({ example: "IIa" }),
  why: z.string(),
});

/** The label that answers carry: what it is for, and what it is not for. */
export const IntendedUse = z.object({
  feature: z.string().openapi({ example: "score.news2" }),
  title: z.string(),
  use: z.string(),
  notFor: z.string(),
  users: z.string(),
}).openapi("IntendedUse");
export type IntendedUse = z.output<typeof IntendedUse>;

export const Feature = IntendedUse.extend({
  kind: z.enum(featureKinds),
  /** Where it is not on offer, whatever a clinic says. */
  withheldIn: z.array(z.string()),
  isOnByDefault: z.boolean(),
  eu: Opinion.openapi({ description: "Our own reading of rule 11 of the EU MDR." }),
  us: Opinion.openapi({ description: "Our own reading of section 520(o) of the FD&C Act." }),
}).openapi("Feature");
export type Feature = z.output<typeof Feature>;

/** As in `score.news2`; `score` alone is all of its kind. Rules are named by those who write them. */
export const FeatureId = z.string().max(100).regex(/^[a-z]+(\.[A-Za-z0-9][A-Za-z0-9.-]*)?$/)
  .openapi({ example: "score.news2" });
const Country = z.string().regex(/^[A-Z]{2}$/).openapi({ example: "DE" });

export const SwitchInput = z.strictObject({
  feature: FeatureId,
  country: Country.nullable().default(null).openapi({ description: "null: everywhere." }),
  isOn: z.boolean(),
  reason: z.string().trim().min(3).max(500).regex(/^[^\0]*$/),
}).openapi("StanceSwitchInput");
export const Switch = z.object({
  feature: z.string(),
  country: z.string().nullable(),
  isOn: z.boolean(),
  reason: z.string(),
  switchedBy: z.uuid(),
  switchedAt: z.iso.datetime(),
}).openapi("StanceSwitch");
export type Switch = z.output<typeof Switch>;
export const CountryInput = z.strictObject({ country: Country }).openapi("StanceCountry");

export const Stance = z.object({
  country: z.string().nullable(),
  items: z.array(Feature.extend({
    isAllowed: z.boolean(),
    because: z.enum(["default", "switch", "country"]),
  })),
  switches: z.array(Switch),
}).openapi("Stance");

export type Verdict = { isAllowed: boolean; because: "default" | "switch" | "country" };
type Said = Pick<Switch, "feature" | "country" | "isOn">;

/**
 * Off wins over on, and the whole kind over one of it. Where the country is not known, what is off
 * in any country is off, and what is on in one is not.
 */
export function judge(
  { feature, withheldIn, isOnByDefault }: Pick<Feature, "feature" | "withheldIn" | "isOnByDefault">,
  country: string | null,
  switches: readonly Said[],
): Verdict {
  if (country === null ? withheldIn.length > 0 : withheldIn.includes(country)) {
    return { isAllowed: false, because: "country" };
  }
  const kind = feature.split(".")[0];
  const own = switches.filter((one) => one.feature === feature || one.feature === kind);
  const isHere = (one: Said) => one.country === null || one.country === country;
  const isOff = own.some((one) => !one.isOn && (isHere(one) || country === null));
  if (isOff) return { isAllowed: false, because: "switch" };
  if (own.some((one) => one.isOn && one.feature === feature && isHere(one))) {
    return { isAllowed: true, because: "switch" };
  }
  return { isAllowed: isOnByDefault, because: "default" };
}
