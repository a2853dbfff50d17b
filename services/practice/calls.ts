/** Who asks, and under which request id: what every use case receives. */
import { createHash } from "node:crypto";
import { signedIn, type UserActor } from "@praxis/shared/auth";

export type Call = { actor: UserActor; requestId: string };

type Context = Parameters<typeof signedIn>[0] & { get(key: "requestId"): string };

export const callOf = (c: Context): Call => ({ actor: signedIn(c), requestId: c.get("requestId") });

/** Equal for equal requests. */
export const fingerprintOf = (input: unknown): string =>
  createHash("sha256").update(JSON.stringify(input)).digest("hex");
