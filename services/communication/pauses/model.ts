/** When so many letters come back, or are complained about, that an account is to be rested. */
import { z } from "@hono/zod-openapi";

export const IncidentKind = z.enum(["bounce", "complaint"]);
export type IncidentKind = z.infer<typeof IncidentKind>;

/** Letters of so many milliseconds count: complaints come days after the letter. */
export const WINDOW_MS = 3 * 86_400_000;

/**
 * Of how many letters one may come back or be complained about, and how many at least must: 5 % and
 * 0.1 %, from where on mailbox providers and the large senders look into an account.
 */
const STORMS: Record<IncidentKind, { lettersPerIncident: number; incidentsMin: number }> = {
  bounce: { lettersPerIncident: 20, incidentsMin: 10 },
  complaint: { lettersPerIncident: 1_000, incidentsMin: 3 },
};

/** So many letters sent, or fewer, make `incidents` of them a storm; 0: whatever was sent, none. */
export function lettersOfStorm(kind: IncidentKind, incidents: number): number {
  const { lettersPerIncident, incidentsMin } = STORMS[kind];
  return incidents < incidentsMin ? 0 : incidents * lettersPerIncident;
}

export const Pause = z.object({
  kind: IncidentKind,
  incidents: z.int().openapi({ description: "Letters that came back, or were complained about." }),
  sent: z.int().openapi({ description: "Letters sent in the same three days." }),
  pausedAt: z.iso.datetime(),
}).openapi("ProviderAccountPause");
export type Pause = z.infer<typeof Pause>;

/** What those who manage providers are told. `name`: undefined for an account of the platform. */
export function titleOf({ kind, name }: { kind: IncidentKind; name: string | undefined }): string {
  const account = name === undefined ? "the platform's account" : `“${name}”`;
  const what = kind === "bounce" ? "came back" : "were complained about";
  return `Marketing waits: too many letters by ${account} ${what}`;
}
