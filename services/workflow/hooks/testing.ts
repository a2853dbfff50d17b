/** A client of hooks for tests and benchmarks: its keys, its tokens, its requests. */
import { newId } from "@praxis/shared/id";
import { exportJWK, generateKeyPair, SignJWT } from "jose";
import { sickPatient } from "../decisions/testing.ts";

export async function createCdsClient(issuer: string, alg = "ES384") {
  const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true });
  const kid = `key-of-${newId()}`;
  const jwk = { ...await exportJWK(publicKey), kid, alg, use: "sig" };
  return {
    registration: { name: "Another chart", issuer, keys: { keys: [jwk] } },
    privateKey,
    /** A token for `audience`, good for five minutes from `now`. */
    async token(
      audience: string,
      now: Date,
      { header = {}, claims = {}, key }: {
        header?: Record<string, unknown>;
        claims?: Record<string, unknown>;
        key?: Parameters<SignJWT["sign"]>[0];
      } = {},
    ): Promise<string> {
      const seconds = Math.floor(now.getTime() / 1000);
      return await new SignJWT({
        iss: issuer,
        aud: audience,
        iat: seconds,
        exp: seconds + 300,
        jti: newId(),
        ...claims,
      }).setProtectedHeader({ alg, typ: "JWT", kid, ...header } as { alg: string })
        .sign(key ?? privateKey);
    },
  };
}

/** `patient-view` for a patient with a NEWS2 of seven. */
export const patientView = (
  patientId: string,
  { prefetch = sickPatient(patientId), ...more }: {
    prefetch?: Record<string, unknown>;
    [name: string]: unknown;
  } = {},
) => ({
  hook: "patient-view",
  hookInstance: newId(),
  context: { userId: "Practitioner/a", patientId, encounterId: "e1" },
  prefetch,
  ...more,
});
