/** This service's own token towards the others, exchanged for its credential and kept fresh. */
import { z } from "zod";
import { fetchPeer } from "../mtls/identity.ts";

/** RFC 6749 §5.1. */
const TokenAnswer = z.object({ access_token: z.string(), expires_in: z.number().positive() });

const TIMEOUT_MS = 3_000;
/** Renewed this long before it ends, so that no call travels with a token about to expire. */
const MARGIN_SECONDS = 60;

/** `refused` is a token that was not taken, so that another is fetched: its key was given up. */
export type ServiceToken = (refused?: string) => Promise<string>;

type Options = {
  identityUrl: string;
  service: string;
  credential: string;
  now?: () => number;
};

/**
 * Client credentials grant (RFC 6749 §4.4). One request at a time, whoever asks.
 * @throws when identity cannot be reached or refuses.
 */
export function createServiceToken(
  { identityUrl, service, credential, now = Date.now }: Options,
): ServiceToken {
  let current: { token: string; renewAt: number } | undefined;
  let underWay: Promise<string> | undefined;

  async function fetchToken(): Promise<string> {
    const response = await fetchPeer(new URL("/oauth/token", identityUrl), {
      method: "POST",
      body: new URLSearchParams({ grant_type: "client_credentials" }),
      headers: { authorization: `Basic ${btoa(`${service}:${credential}`)}` },
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    if (!response.ok) {
      await response.body?.cancel();
      throw new Error(`identity refused a service token (${response.status})`);
    }
    const answer = TokenAnswer.parse(await response.json());
    const lifeMs = Math.max(answer.expires_in - MARGIN_SECONDS, answer.expires_in / 2) * 1000;
    current = { token: answer.access_token, renewAt: now() + lifeMs };
    return current.token;
  }

  return async (refused) => {
    const isGood = current !== undefined && current.token !== refused && now() < current.renewAt;
    if (current && isGood) return current.token;
    underWay ??= fetchToken().finally(() => underWay = undefined);
    return await underWay;
  };
}
