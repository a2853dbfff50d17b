/** What the tests of second factors share: someone with an authenticator app. */
import { DEMO_PASSWORD } from "../demo_data.ts";
import { type TestIdentity } from "../testing.ts";
import { stepOf, totpOf } from "./model.ts";

export const FACTORS = "/api/identity/users/me/factors";

export type EnrolledUser = {
  accessToken: string;
  refreshToken: string;
  secret: string;
  factorId: string;
  recoveryCodes: string[];
};

export function unbase32(text: string): Uint8Array {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  const bits = [...text].map((one) => alphabet.indexOf(one).toString(2).padStart(5, "0")).join("");
  return Uint8Array.from(bits.match(/.{8}/g)!, (byte) => parseInt(byte, 2));
}

/** What the app shows now, or so many steps of 30 s later. */
export const codeOf = ({ deps }: TestIdentity, secret: string, steps = 0) =>
  totpOf(unbase32(secret), stepOf(deps.now()) + steps);

async function expectOk(response: Response) {
  if (!response.ok) throw new Error(`${response.status}: ${await response.text()}`);
  return await response.json();
}

/** Steps up by password, enrols a TOTP, and moves on so that its first code is history. */
export async function enrolTotp(identity: TestIdentity, who: string): Promise<EnrolledUser> {
  const bearer = (accessToken: string) => ({ authorization: `Bearer ${accessToken}` });
  const { accessToken } = await identity.signIn(who);
  const proof = { password: DEMO_PASSWORD, acr: "aal1" };
  const tokens = await expectOk(
    await identity.post("/auth/reauthenticate", proof, bearer(accessToken)),
  );
  const headers = bearer(tokens.accessToken);
  const { factorId, secret } = await expectOk(
    await identity.post(`${FACTORS}/totp`, {}, headers),
  );
  const confirmation = { factorId, code: codeOf(identity, secret) };
  const { recoveryCodes } = await expectOk(
    await identity.post(`${FACTORS}/totp/confirm`, confirmation, headers),
  );
  identity.pass(60);
  return { ...tokens, secret, factorId, recoveryCodes };
}

/** The challenge of someone who signs in by password and has a second factor. */
export async function challengeFor(identity: TestIdentity, who: string): Promise<string> {
  const given = { email: `${who}.praxis.test`, password: DEMO_PASSWORD, client: "api" };
  const answer = await expectOk(await identity.post("/auth/login", given));
  if (!answer.mfaRequired) throw new Error(`${who} was asked for no second factor`);
  return answer.challengeId;
}
