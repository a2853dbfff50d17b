/** Definitions and pathways that come with the product: a clinic takes what it likes as a draft. */

export const shippedDefinitions = [
  "abnormal-result-follow-up",
  "referral",
  "pre-visit-intake",
  "missed-appointment",
  "document-review",
] as const;
export type ShippedDefinition = typeof shippedDefinitions[number];

/** The text as a clinic would have written it. */
export const readShipped = (name: ShippedDefinition): Promise<string> =>
  Deno.readTextFile(new URL(`./${name}.yaml`, import.meta.url));
