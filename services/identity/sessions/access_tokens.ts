/** Access tokens: ten minutes long, and without a word about permissions. */
import { ACCESS_AUDIENCE, ACCESS_TOKEN_TYPE, type AccessClaims } from "@praxis/shared/auth";
import { newId } from "@praxis/shared/id";
import type { Deps } from "../deps.ts";
import { ACCESS_TOKEN_SECONDS, type Proof } from "./model.ts";

const seconds = (at: Date) => Math.floor(at.getTime() / 1000);

/** Never outlives its session: verifiers elsewhere see no row that would tell them. */
export async function issueAccessToken(
  { keys, now, publicUrl, region }: Pick<Deps, "keys" | "now" | "publicUrl" | "region">,
  session: Proof,
): Promise<{ accessToken: string; expiresIn: number }> {
  const iat = seconds(now());
  const exp = Math.min(iat + ACCESS_TOKEN_SECONDS, seconds(session.expiresAt));
  const claims: AccessClaims = {
    sub: session.userId,
    sid: session.id,
    org: session.organizationId,
    mid: session.membershipId,
    pv: session.permissionVersion,
    acr: session.acr,
    amr: session.amr,
    auth_time: seconds(session.authenticatedAt),
    jti: newId(),
    iat,
    exp,
    rgn: region,
  };
  const issued = { ...claims, iss: publicUrl, aud: ACCESS_AUDIENCE };
  return { accessToken: await keys.sign(issued, ACCESS_TOKEN_TYPE), expiresIn: exp - iat };
}
