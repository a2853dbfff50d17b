/** Who is signed in, where, and what their role lets them do. */
import { queryOptions, useQuery, useSuspenseQuery } from "@tanstack/react-query";
import type { Client, Me, Member } from "../../api/client.ts";
import { useClient } from "../../api/context.ts";

const LONG_MS = 5 * 60_000;
const PAGE = 100;
const MEMBERS_MAX = 2_000;

export const meQuery = (client: Client) =>
  queryOptions({
    queryKey: ["me"],
    staleTime: LONG_MS,
    queryFn: ({ signal }) => client.get("/api/identity/users/me", { signal }),
  });

/** Only to spare people buttons that would be refused: the services decide by themselves. */
export const permissionsQuery = (client: Client, userId: string | undefined) =>
  queryOptions({
    queryKey: ["permissions", userId],
    enabled: userId !== undefined,
    staleTime: LONG_MS,
    queryFn: async ({ signal }): Promise<ReadonlySet<string>> => {
      const answer = await client.post("/auth/validate", { body: { user_id: userId! }, signal });
      return new Set("permissions" in answer ? answer.permissions : []);
    },
  });

export const useMe = (): Me => useSuspenseQuery(meQuery(useClient())).data;

export const organizationOf = (me: Me) => me.organizations.find(({ current }) => current);

/** Undefined while nobody knows; then show the thing rather than hide it. */
export function useMay(permission: string): boolean | undefined {
  const client = useClient();
  const me = useQuery(meQuery(client));
  return useQuery(permissionsQuery(client, me.data?.id)).data?.has(permission);
}

const membersQuery = (client: Client, canRead: boolean) =>
  queryOptions({
    queryKey: ["members"],
    enabled: canRead,
    staleTime: LONG_MS,
    queryFn: async ({ signal }): Promise<Map<string, Member>> => {
      const members = new Map<string, Member>();
      let cursor: string | null = null;
      do {
        const page: { items: Member[]; nextCursor: string | null } = await client.get(
          "/api/identity/members",
          { query: { limit: PAGE, ...(cursor === null ? {} : { cursor }) }, signal },
        );
        for (const member of page.items) members.set(member.userId, member);
        cursor = page.nextCursor;
      } while (cursor !== null && members.size < MEMBERS_MAX);
      return members;
    },
  });

/** Everybody of the organization, by name. */
export function useMembers(): Member[] {
  const { data } = useQuery(membersQuery(useClient(), useMay("members:read") === true));
  return [...data?.values() ?? []].sort((a, b) => a.fullName.localeCompare(b.fullName));
}

/** Names for the ids that documents, tasks and audit events carry. */
export function useNames(): (userId: string) => string | undefined {
  const { data } = useQuery(membersQuery(useClient(), useMay("members:read") === true));
  return (userId) => data?.get(userId)?.fullName;
}
