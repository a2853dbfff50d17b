/**
 * What is true of a session and a membership now, although the token was signed minutes ago:
 * permissions, cached per version, and revocations, followed by long poll.
 */
import { z } from "zod";
import { fetchPeer } from "../mtls/identity.ts";
import type { VerifiedClaims } from "./tokens.ts";
import { isPermission, type Permission } from "./permissions.ts";
import type { ServiceToken } from "./service_token.ts";

/** `GET /internal/memberships/{mid}/permissions` */
export const Standing = z.object({
  membershipId: z.uuid(),
  permissionVersion: z.number().int(),
  permissions: z.array(z.string()),
});

/** `GET /internal/revocations?after=` */
export const RevocationPage = z.object({
  items: z.array(z.object({
    kind: z.enum(["session", "membership", "key"]),
    /** A UUID, or the `kid` of a signing key that nobody may believe any more. */
    id: z.string().max(64),
    /** A membership's new permission version; null when it has ended. */
    permissionVersion: z.number().int().nullable(),
  })),
  /** Pass it as `after` next time. It changes for another reason only when identity lost its list. */
  cursor: z.string(),
});
export type RevocationPage = z.infer<typeof RevocationPage>;

const CACHE_MAX = 10_000;
const REVOKED_MAX = 100_000;
const TIMEOUT_MS = 3_000;
/** Longer than identity holds a long poll. */
const POLL_TIMEOUT_MS = 35_000;
const RETRY_MS = 500;
/** A revoked session is remembered this long: no access token lives longer. */
const REMEMBER_MS = 20 * 60_000;

export type StandingOf = {
  /**
   * The permissions behind a verified token, or undefined when its session or membership has
   * ended. Throws when identity cannot be asked and the answer is not known.
   */
  permissions(
    claims: Pick<VerifiedClaims, "sid" | "sub" | "org" | "mid" | "pv" | "kid">,
  ): Promise<readonly Permission[] | undefined>;
  /** Whether a signing key was given up. */
  isKeyRetired(kid: string): boolean;
  /** Seconds since identity last confirmed the list of revocations; infinite before the first. */
  staleSeconds(): number;
  /** Follows revocations until the signal aborts. */
  follow(signal: AbortSignal): Promise<void>;
};

type Options = { identityUrl: string; serviceToken: ServiceToken; now?: () => number };

export function createStanding(
  { identityUrl, serviceToken, now = Date.now }: Options,
): StandingOf {
  const endedSessions = new Map<string, number>();
  /** A handful in the life of a deployment. */
  const retiredKeys = new Set<string>();
  /** Newest known version of a membership; null when it has ended. */
  const versions = new Map<string, number | null>();
  const cache = new Map<string, Promise<readonly Permission[] | undefined>>();
  let confirmedAt = -Infinity;
  const listed = Promise.withResolvers<void>();

  async function ask(path: string, signal: AbortSignal): Promise<Response> {
    const send = (token: string) =>
      fetchPeer(new URL(path, identityUrl), {
        headers: { authorization: `Bearer ${token}` },
        signal,
      });
    const token = await serviceToken();
    const answer = await send(token);
    if (answer.status !== 401) return answer;
    // The key that signed it was given up. Asked all the time, this renews it for all who share it.
    await answer.body?.cancel();
    return await send(await serviceToken(token));
  }

  async function fetchPermissions(mid: string): Promise<readonly Permission[] | undefined> {
    const path = `/internal/memberships/${mid}/permissions`;
    const response = await ask(path, AbortSignal.timeout(TIMEOUT_MS));
    if (response.status === 404) {
      await response.body?.cancel();
      return undefined;
    }
    if (!response.ok) {
      await response.body?.cancel();
      throw new Error(`identity did not answer for a membership (${response.status})`);
    }
    return Standing.parse(await response.json()).permissions.filter(isPermission);
  }

  function remember({ items }: RevocationPage) {
    for (const { kind, id, permissionVersion } of items) {
      if (kind === "session") endedSessions.set(id, now());
      else if (kind === "key") retiredKeys.add(id);
      else versions.set(id, permissionVersion);
    }
    // Insertion order is age order, so the oldest are dropped first.
    for (const [id, at] of endedSessions) {
      if (endedSessions.size <= REVOKED_MAX && now() - at < REMEMBER_MS) break;
      endedSessions.delete(id);
    }
  }

  async function poll(after: string, signal: AbortSignal): Promise<string> {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(POLL_TIMEOUT_MS)]);
    const query = new URLSearchParams(after ? { after } : {});
    const response = await ask(`/internal/revocations?${query}`, limit);
    if (!response.ok) {
      await response.body?.cancel();
      throw new Error(`identity did not list revocations (${response.status})`);
    }
    const page = RevocationPage.parse(await response.json());
    remember(page);
    confirmedAt = now();
    listed.resolve();
    return page.cursor;
  }

  /** Before the first list has been read, a session that has ended would pass for a live one. */
  async function awaitList(): Promise<void> {
    if (confirmedAt !== -Infinity) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error("no list of revocations yet")), TIMEOUT_MS);
    });
    await Promise.race([listed.promise, late]).finally(() => clearTimeout(timer));
  }

  return {
    async permissions({ sid, mid, pv, kid }) {
      await awaitList();
      if (kid !== undefined && retiredKeys.has(kid)) return undefined;
      if (endedSessions.has(sid) || versions.get(mid) === null) return undefined;
      const version = Math.max(pv, versions.get(mid) ?? 0);
      const key = `${mid} ${version}`;
      let answer = cache.get(key);
      if (!answer) {
        answer = fetchPermissions(mid);
        cache.set(key, answer);
        answer.catch(() => cache.delete(key));
        if (cache.size > CACHE_MAX) cache.delete(cache.keys().next().value!);
      }
      return await answer;
    },
    isKeyRetired: (kid) => retiredKeys.has(kid),
    staleSeconds: () => (now() - confirmedAt) / 1000,
    async follow(signal) {
      let cursor = "";
      while (!signal.aborted) {
        try {
          cursor = await poll(cursor, signal);
        } catch {
          if (signal.aborted) return;
          await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
        }
      }
    },
  };
}
