/** Passkeys (WebAuthn level 3), through SimpleWebAuthn, which is loaded at its first use. */
import type { Db } from "@praxis/shared/postgres";
import type { Deps } from "../deps.ts";
import type { NewPasskey, PasskeyAnswer } from "./model.ts";
import * as store from "./store.ts";

/** Loading takes a third of a second. */
const library = () => import("@simplewebauthn/server");

const RP_NAME = "Praxis";
const TIMEOUT_MS = 300_000;

/** The domain of the web app, from the configuration: a Host header may say anything. */
const relyingParty = ({ publicUrl }: Pick<Deps, "publicUrl">) => {
  const { origin, hostname } = new URL(publicUrl);
  return { expectedOrigin: origin, expectedRPID: hostname };
};

type Options = { challenge: string; options: Record<string, unknown> };

export async function enrolmentOptions(
  deps: Deps,
  { userId, email, fullName, passkeys }: {
    userId: string;
    email: string;
    fullName: string;
    passkeys: readonly store.Passkey[];
  },
): Promise<Options> {
  const { generateRegistrationOptions } = await library();
  const options = await generateRegistrationOptions({
    rpName: RP_NAME,
    rpID: relyingParty(deps).expectedRPID,
    userName: email,
    userDisplayName: fullName,
    userID: new TextEncoder().encode(userId),
    timeout: TIMEOUT_MS,
    attestationType: "none",
    excludeCredentials: passkeys.map(({ credentialId }) => ({ id: credentialId })),
    authenticatorSelection: { residentKey: "preferred", userVerification: "required" },
  });
  return { challenge: options.challenge, options: { ...options } };
}

/** For the passkeys given, or for whichever the browser finds. */
export async function signInOptions(
  deps: Deps,
  passkeys: readonly store.Passkey[],
): Promise<Options> {
  const { generateAuthenticationOptions } = await library();
  const options = await generateAuthenticationOptions({
    rpID: relyingParty(deps).expectedRPID,
    timeout: TIMEOUT_MS,
    userVerification: "required",
    allowCredentials: passkeys.map(({ credentialId }) => ({ id: credentialId })),
  });
  return { challenge: options.challenge, options: { ...options } };
}

export type Verified = { credentialId: string; publicKey: Uint8Array; signCount: number };

/** Undefined when it is not the answer to `challenge`, made here, by a user who was verified. */
export async function verifyNew(
  deps: Deps,
  challenge: string,
  passkey: NewPasskey,
): Promise<Verified | undefined> {
  const { verifyRegistrationResponse } = await library();
  try {
    const { verified, registrationInfo } = await verifyRegistrationResponse({
      response: passkey as never,
      expectedChallenge: challenge,
      ...relyingParty(deps),
      requireUserVerification: true,
    });
    if (!verified) return undefined;
    const { id, publicKey, counter } = registrationInfo.credential;
    return { credentialId: id, publicKey, signCount: counter };
  } catch {
    // The library throws on every answer that does not fit.
    return undefined;
  }
}

/** Within `tx`. The user whose passkey has answered `challenge`, or undefined. */
export async function useWithin(
  deps: Deps,
  tx: Db,
  challenge: string,
  answer: PasskeyAnswer,
): Promise<string | undefined> {
  const { verifyAuthenticationResponse } = await library();
  const passkey = await store.lockPasskey(tx, answer.id);
  if (!passkey) return undefined;
  const { id, userId, credentialId, publicKey, signCount } = passkey;
  const { userHandle } = answer.response;
  const ownHandle = new TextEncoder().encode(userId)
    .toBase64({ alphabet: "base64url", omitPadding: true });
  if (userHandle && userHandle !== ownHandle) return undefined;
  try {
    const { verified, authenticationInfo } = await verifyAuthenticationResponse({
      response: answer as never,
      expectedChallenge: challenge,
      ...relyingParty(deps),
      // A copied passkey shows by a counter that does not rise; the library refuses it.
      credential: { id: credentialId, publicKey: new Uint8Array(publicKey), counter: signCount },
      requireUserVerification: true,
    });
    if (!verified) return undefined;
    await store.usePasskey(tx, { id, signCount: authenticationInfo.newCounter }, deps.now());
    return userId;
  } catch {
    return undefined;
  }
}
