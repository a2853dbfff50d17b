/** CDS Hooks 2.0: what a client asks, what it is answered, and what it tells afterwards. */
import { z } from "@hono/zod-openapi";
import { Action, type HookName, indicators } from "../decisions/model.ts";

/** Many clients send a reference where the standard wants the id. */
const idOf = (type: string) =>
  z.string().regex(new RegExp(`^(?:${type}/)?[A-Za-z0-9\\-.]{1,64}$`), "This is no FHIR id.")
    .transform((text) => text.replace(`${type}/`, ""));
const [patientId, encounterId] = [idOf("Patient"), idOf("Encounter")];
const reference = z.string().regex(
  /^[A-Z][A-Za-z]{1,60}\/[A-Za-z0-9\-.]{1,64}$/,
  "This is no reference to a resource.",
);
const resource = (type: string) => z.looseObject({ resourceType: z.literal(type) });
const text = z.string().min(1).max(500);

const visit = { userId: reference, patientId, encounterId: encounterId.optional() };

/** What each hook of the standard's library says of its moment. */
const contexts = {
  "patient-view": z.looseObject(visit),
  "encounter-start": z.looseObject({ ...visit, encounterId }),
  "encounter-discharge": z.looseObject({ ...visit, encounterId }),
  "order-select": z.looseObject({
    ...visit,
    selections: z.array(text).min(1).max(200),
    draftOrders: resource("Bundle"),
  }),
  "order-sign": z.looseObject({ ...visit, draftOrders: resource("Bundle") }),
  "order-dispatch": z.looseObject({
    patientId,
    dispatchedOrders: z.array(reference).min(1).max(200),
    performer: reference,
  }),
  "appointment-book": z.looseObject({ ...visit, appointments: resource("Bundle") }),
  "allergyintolerance-create": z.looseObject({
    ...visit,
    allergyIntolerance: resource("AllergyIntolerance"),
  }),
  "problem-list-item-create": z.looseObject({ ...visit, conditions: resource("Bundle") }),
} satisfies Record<HookName, z.ZodType>;

export type HookContext = { patientId: string; userId?: string; encounterId?: string };

const Authorization = z.looseObject({
  access_token: text.max(20_000),
  token_type: z.literal("Bearer"),
  expires_in: z.number().int(),
  scope: z.string().min(1).max(5_000),
  subject: text,
});

/** The request of one hook. `fhirServer` has to be safe where data are real. */
export const hookRequest = (hook: HookName, isProduction: boolean) =>
  z.looseObject({
    hook: z.literal(hook, "This service answers another hook."),
    hookInstance: z.uuid(),
    fhirServer: z.url({ protocol: isProduction ? /^https$/ : /^https?$/ }).max(2_000).optional(),
    fhirAuthorization: Authorization.optional(),
    context: contexts[hook],
    prefetch: z.record(
      z.string().max(100),
      z.looseObject({ resourceType: z.string().min(1).max(60) }),
    ).optional(),
  }).refine(
    ({ fhirServer, fhirAuthorization }) => !fhirAuthorization || fhirServer !== undefined,
    { path: ["fhirServer"], message: "It belongs to fhirAuthorization." },
  );

const isResource = (value: object) => "resourceType" in value;

/**
 * Places with null, or with something empty. What stands in FHIR resources follows FHIR's rules,
 * but no resource may be null.
 */
export function emptyPlaces(value: unknown, pointer = ""): string[] {
  if (value === null || value === "") return [pointer];
  if (typeof value !== "object") return [];
  const entries = Object.entries(value);
  if (entries.length === 0) return [pointer];
  if (isResource(value)) return [];
  return entries.flatMap(([name, one]) =>
    emptyPlaces(one, `${pointer}/${name.replaceAll("~", "~0").replaceAll("/", "~1")}`)
  );
}

/** Its shape depends on the hook, and a mistake in it is a 400: see hooks.ts. */
export const AnyHookRequest = z.record(z.string(), z.unknown()).openapi("CdsHookRequest", {
  description: "https://cds-hooks.hl7.org/2.0/#http-request_1",
});

const Coding = z.object({
  code: z.string(),
  system: z.string().optional(),
  display: z.string().min(1),
});
export const Card = z.object({
  uuid: z.uuid(),
  summary: z.string().min(1).max(139),
  detail: z.string().min(1).optional(),
  indicator: z.enum(indicators),
  source: z.object({
    label: z.string().min(1),
    url: z.url().optional(),
    topic: Coding.optional(),
  }),
  suggestions: z.array(z.object({
    label: z.string().min(1),
    uuid: z.uuid(),
    isRecommended: z.boolean().optional(),
    actions: z.array(Action).min(1).optional(),
  })).min(1).optional(),
  selectionBehavior: z.enum(["at-most-one", "any"]).optional(),
  overrideReasons: z.array(Coding).min(1).optional(),
  links: z.array(z.object({ label: z.string().min(1), url: z.url(), type: z.literal("absolute") }))
    .min(1).optional(),
}).openapi("CdsCard");
export type Card = z.output<typeof Card>;

export const HookResponse = z.object({
  cards: z.array(Card),
  extension: z.object({
    "app.praxis.undecided": z.array(z.object({
      rule: z.string(),
      version: z.number().int(),
      missing: z.array(z.string()).min(1).optional(),
      stale: z.array(z.string()).min(1).optional(),
      reason: z.string().optional(),
    })).min(1),
  }).optional().openapi({ description: "Rules that could not be told, and why." }),
}).openapi("CdsHookResponse");
export type HookResponse = z.output<typeof HookResponse>;

export const Service = z.object({
  hook: z.string(),
  title: z.string(),
  description: z.string(),
  id: z.string(),
  prefetch: z.record(z.string(), z.string()),
  usageRequirements: z.string(),
}).openapi("CdsService");
export const Services = z.object({ services: z.array(Service) }).openapi("CdsServices");

export const Feedback = z.object({
  feedback: z.array(
    z.looseObject({
      card: z.uuid(),
      outcome: z.enum(["accepted", "overridden"]),
      acceptedSuggestions: z.array(z.looseObject({ id: z.uuid() })).min(1).max(50).optional(),
      overrideReason: z.looseObject({
        reason: z.looseObject({ code: text.max(100) }).optional(),
        userComment: text.max(2_000).regex(/^[^\0]*$/).optional(),
      }).optional(),
      outcomeTimestamp: z.iso.datetime({ offset: true }),
    }).refine(
      ({ outcome, acceptedSuggestions }) =>
        outcome !== "accepted" || acceptedSuggestions !== undefined,
      { path: ["acceptedSuggestions"], message: "Say which suggestions were accepted." },
    ),
  ).min(1).max(100),
});
export type Feedback = z.output<typeof Feedback>;

const Jwk = z.looseObject({ kty: z.enum(["EC", "RSA", "OKP"]), kid: text.max(200) })
  .refine((key) => !("d" in key) && !("k" in key), "A private key does not belong here.");
export const ClientInput = z.strictObject({
  name: text.max(200).regex(/^[^\0]*$/),
  issuer: z.string().min(1).max(500).regex(/^[!-~]+$/).openapi({
    example: "https://ehr.example.com/",
  }),
  tenant: z.string().min(1).max(200).regex(/^[!-~]+$/).optional(),
  keys: z.strictObject({ keys: z.array(Jwk).min(1).max(10) }).openapi({
    description: "Public keys, as a JSON Web Key Set. It is never fetched from anywhere.",
  }),
  jku: z.url({ protocol: /^https$/ }).max(500).optional(),
  fhirServer: z.url({ protocol: /^https?$/ }).max(500).regex(/^[^?#@]*$/).optional().openapi({
    example: "https://fhir.example.com/r4",
    description: "The only server from which anything is fetched for its hooks; none unless given.",
  }),
}).openapi("CdsClientInput");
export type ClientInput = z.output<typeof ClientInput>;

export const Client = z.object({
  id: z.uuid(),
  name: z.string(),
  issuer: z.string(),
  tenant: z.string().nullable(),
  fhirServer: z.string().nullable(),
  keyIds: z.array(z.string()),
  createdBy: z.uuid(),
  createdAt: z.iso.datetime(),
  revokedAt: z.iso.datetime().nullable(),
}).openapi("CdsClient");
export type Client = z.output<typeof Client>;
