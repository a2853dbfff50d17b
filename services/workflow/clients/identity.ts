/** What workflow asks of identity: who in an organization may see something. */
import type { Permission, ServiceToken } from "@praxis/shared/auth";
import { common } from "@praxis/shared/problem";
import { fetchPeer } from "@praxis/shared/mtls";
import { z } from "zod";

const TIMEOUT_MS = 3_000;

/** `GET /internal/organizations/{organizationId}/members?permission=` */
const Members = z.object({ items: z.array(z.object({ userId: z.uuid() })) });

export type IdentityClient = {
  /**
   * The users who are members of the organization and hold `permission` in it.
   * @throws a 503 problem when identity does not answer, in time or at all.
   */
  listMembers(organizationId: string, permission: Permission): Promise<string[]>;
};

type Options = { identityUrl: string; serviceToken: ServiceToken; timeoutMs?: number };

export function createIdentityClient(
  { identityUrl, serviceToken, timeoutMs = TIMEOUT_MS }: Options,
): IdentityClient {
  async function ask(path: string): Promise<unknown> {
    const response = await fetchPeer(new URL(path, identityUrl), {
      headers: { authorization: `Bearer ${await serviceToken()}` },
      signal: AbortSignal.timeout(timeoutMs),
    });
    if (!response.ok) {
      await response.body?.cancel();
      throw new Error(`identity did not list members (${response.status})`);
    }
    return await response.json();
  }

  return {
    async listMembers(organizationId, permission) {
      const query = new URLSearchParams({ permission });
      try {
        const answer = await ask(`/internal/organizations/${organizationId}/members?${query}`);
        return Members.parse(answer).items.map(({ userId }) => userId);
      } catch (cause) {
        // Whatever is wrong is wrong at identity: the one who asked may come again.
        throw Object.assign(common("unavailable", { headers: { "retry-after": "1" } }), { cause });
      }
    },
  };
}
