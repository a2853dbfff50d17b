/** What can be done with users. */
import type { UserActor } from "@praxis/shared/auth";
import { read } from "@praxis/shared/postgres";
import { common } from "@praxis/shared/problem";
import type { Deps } from "../deps.ts";
import type { Me } from "./model.ts";
import * as store from "./store.ts";

/** The user's own profile and clinics, the others included. */
export async function getMe({ sql }: Deps, { userId, organizationId }: UserActor): Promise<Me> {
  return await read(sql, { userId }, async (tx) => {
    const user = await store.find(tx, userId);
    if (!user) throw common("not-found");
    const organizations = await store.listOrganizations(tx, userId);
    return {
      ...user,
      organizations: organizations.map((one) => ({ ...one, current: one.id === organizationId })),
    };
  });
}
