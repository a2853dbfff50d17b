/** Exchanging a service's credential for a token of five minutes. */
import { Buffer } from "node:buffer";
import { createHash, timingSafeEqual } from "node:crypto";
import { PLATFORM } from "@praxis/shared/audit";
import { anonymous, SERVICE_AUDIENCE, SERVICE_TOKEN_TYPE } from "@praxis/shared/auth";
import { newId } from "@praxis/shared/id";
import type { Deps } from "../deps.ts";
import { type ClientCredentials, SERVICE_TOKEN_SECONDS } from "./model.ts";

const NOBODY = "0".repeat(64);

function isKnown(
  { credentialHashes }: Pick<Deps, "credentialHashes">,
  { service, credential }: ClientCredentials,
): boolean {
  const known = Object.hasOwn(credentialHashes, service) ? credentialHashes[service] : undefined;
  const given = createHash("sha256").update(credential).digest();
  return timingSafeEqual(given, Buffer.from(known ?? NOBODY, "hex"));
}

/** A token that speaks for the service, or undefined; the refusal is on record then. */
export async function exchange(
  deps: Deps,
  credentials: ClientCredentials | undefined,
  { requestId }: { requestId: string },
): Promise<{ token: string; expiresIn: number } | undefined> {
  if (!credentials || !isKnown(deps, credentials)) {
    const { service } = credentials ?? {};
    const isName = service !== undefined && Object.hasOwn(deps.credentialHashes, service);
    await deps.auditRead({
      actor: anonymous,
      organizationId: PLATFORM,
      action: "service_token.refused",
      subject: { type: "service", ...(isName ? { id: service } : {}) },
      outcome: "failed",
      requestId,
    });
    return undefined;
  }
  const iat = Math.floor(deps.now().getTime() / 1000);
  const token = await deps.keys.sign({
    iss: deps.publicUrl,
    aud: SERVICE_AUDIENCE,
    sub: `service:${credentials.service}`,
    jti: newId(),
    iat,
    exp: iat + SERVICE_TOKEN_SECONDS,
  }, SERVICE_TOKEN_TYPE);
  return { token, expiresIn: SERVICE_TOKEN_SECONDS };
}
