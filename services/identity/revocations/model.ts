/** What a revocation is: what other services must stop believing at once. */
import { z } from "@hono/zod-openapi";

/** A service that starts asks for these, and no access token lives longer. */
export const RECENT_MS = 15 * 60_000;

/** The number of the last revocation seen; empty or absent: none yet. */
export const RevocationQuery = z.strictObject({
  after: z.string().regex(/^\d{0,18}$/).default(""),
});

export type NewRevocation =
  & { organizationId: string; id: string }
  & (
    | { kind: "session" }
    | { kind: "membership"; permissionVersion: number | null }
    /** `id` is the `kid` of a signing key that was given up in an emergency. */
    | { kind: "key" }
  );

/** Wakes those who wait for the next revocation. */
export type Bell = {
  /** Something was committed just now. */
  ring(): void;
  /** How often it has rung: taken before a look, and given to `wait` after it. */
  rings(): number;
  /** Resolves with true once it has rung more than `heard` times, with false after `ms` or at the end. */
  wait(heard: number, ms: number): Promise<boolean>;
  /** Lets everyone go, now and from now on. */
  stop(): void;
};
