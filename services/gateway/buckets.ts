/** Which buckets a request takes from. */
import { networkOf } from "./addresses.ts";
import type { Inbound, Readable } from "./headers.ts";
import type { Limiter } from "./limits.ts";
import type { Known } from "./tokens.ts";

export type Limiters = Record<"user" | "organization" | "key" | "address" | "signIn", Limiter>;

const SIGN_IN = "/auth/login";

type Facts = { path: string; inbound: Inbound; address: string; known: Known | undefined };

/**
 * The narrowest first: what one may not have is not taken from those who share the wider with
 * him. A stranger's requests count against the address before anything is computed for them.
 */
export function bucketsOf(
  limiters: Limiters,
  { path, inbound, address, known }: Facts,
): [limiter: Limiter, key: string][] {
  const { signIn, user, key, organization } = limiters;
  const buckets: [Limiter, string][] = path === SIGN_IN ? [[signIn, networkOf(address)]] : [];
  if (known === undefined) {
    const network = networkOf(address);
    buckets.push([limiters.address, network]);
    const name = keyOf(inbound);
    // Anybody can say this name: from elsewhere that costs the program itself nothing.
    if (name !== undefined) buckets.push([key, `${name} ${network}`]);
    return buckets;
  }
  buckets.push([user, known.userId]);
  if (known.clientId !== undefined) buckets.push([key, known.clientId]);
  buckets.push([organization, known.organizationId]);
  return buckets;
}

/** The client id of a program's own credentials (RFC 6749 §2.3.1), as it says it is called. */
function keyOf(headers: Readable): string | undefined {
  const basic = /^Basic ([\w+/]{4,512}={0,2})$/i.exec(headers.get("authorization") ?? "")?.[1];
  return basic === undefined ? undefined : atobOrNothing(basic)?.split(":")[0]?.slice(0, 128);
}

function atobOrNothing(text: string): string | undefined {
  try {
    return atob(text);
  } catch {
    return undefined;
  }
}
