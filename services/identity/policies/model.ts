/** What a clinic asks of a sign-in, beyond the platform's own floor. */
import { z } from "@hono/zod-openapi";

/** The floor: a clinic may only be stricter. */
export const FLOOR = { secondFactor: "optional", sessionMinutes: 720, idleMinutes: 480 } as const;
const MINUTES_MIN = 5;

const secondFactors = ["optional", "required", "passkey"] as const;
export type SecondFactor = typeof secondFactors[number];

export const NewPolicy = z.strictObject({
  secondFactor: z.enum(secondFactors).openapi({
    description: "`passkey`: nothing but a passkey will do.",
  }),
  sessionMinutes: z.number().int().min(MINUTES_MIN).max(100_000),
  idleMinutes: z.number().int().min(MINUTES_MIN).max(100_000),
}).openapi("NewSecurityPolicy");
export type NewPolicy = z.output<typeof NewPolicy>;

export const Policy = z.object({
  secondFactor: z.enum(secondFactors),
  sessionMinutes: z.number().int(),
  idleMinutes: z.number().int(),
  version: z.number().int().openapi({ description: "0: the platform's own. Also the ETag." }),
}).openapi("SecurityPolicy");
export type Policy = z.infer<typeof Policy>;

/** The pointers of what is laxer than the platform. */
export function belowFloor({ sessionMinutes, idleMinutes }: NewPolicy): string[] {
  return [
    ...sessionMinutes > FLOOR.sessionMinutes ? ["/sessionMinutes"] : [],
    ...idleMinutes > FLOOR.idleMinutes ? ["/idleMinutes"] : [],
  ];
}

/** Whether what a session was proven with is enough for a clinic. */
export function satisfies(
  { acr, amr }: { acr: string; amr: readonly string[] },
  asked: SecondFactor,
): boolean {
  if (asked === "optional") return true;
  return asked === "passkey" ? amr.includes("hwk") : acr === "aal2";
}
