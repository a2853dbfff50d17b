/** What can be done with clients of hooks: register and revoke them. */
import { record } from "@praxis/shared/audit";
import type { UserActor } from "@praxis/shared/auth";
import { newId } from "@praxis/shared/id";
import { read, transaction } from "@praxis/shared/postgres";
import { common } from "@praxis/shared/problem";
import type { Deps } from "../deps.ts";
import { problem } from "../problems.ts";
import type { Client, ClientInput } from "./model.ts";
import { baseOf } from "./prefetch.ts";
import * as store from "./store.ts";

export async function register(
  deps: Deps,
  actor: UserActor,
  { client, requestId }: { client: ClientInput; requestId: string },
): Promise<Client> {
  const { organizationId, userId } = actor;
  if (deps.isProduction && client.fhirServer?.startsWith("http:")) {
    throw common("invalid-request", {
      errors: [{ pointer: "/fhirServer", detail: "A token is sent there: it has to be https." }],
    });
  }
  return await transaction(deps.sql, { organizationId }, async (tx) => {
    const at = deps.now();
    const { jku = null, fhirServer, ...rest } = client;
    const one = { id: newId(), ...rest, jku, fhirServer: fhirServer ? baseOf(fhirServer) : null };
    const kept = await store.insertClient(tx, organizationId, one, { userId, at });
    if (!kept) throw problem("cds-client-exists");
    await record(tx, at, {
      actor,
      organizationId,
      action: "cds_client.registered",
      subject: { type: "cds_client", id: kept.id },
      requestId,
      details: { issuer: kept.issuer, keyIds: kept.keyIds, fhirServer: kept.fhirServer },
    });
    return kept;
  });
}

export async function revoke(
  deps: Deps,
  actor: UserActor,
  { id, requestId }: { id: string; requestId: string },
): Promise<Client> {
  const { organizationId } = actor;
  return await transaction(deps.sql, { organizationId }, async (tx) => {
    const at = deps.now();
    const revoked = await store.revokeClient(tx, organizationId, id, at);
    if (!revoked) throw problem("cds-client-not-found");
    await record(tx, at, {
      actor,
      organizationId,
      action: "cds_client.revoked",
      subject: { type: "cds_client", id },
      requestId,
    });
    return revoked;
  });
}

export async function list(
  deps: Deps,
  { organizationId }: UserActor,
  { before, limit }: { before: string | undefined; limit: number },
): Promise<Client[]> {
  return await read(
    deps.sql,
    { organizationId },
    (tx) => store.listClients(tx, organizationId, { before, limit: limit + 1 }),
  );
}
