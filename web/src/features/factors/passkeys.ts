/** Passkeys of this browser, through SimpleWebAuthn, which is loaded when one is wanted. */
import type { PasskeyAnswer, PasskeyMade } from "../../api/client.ts";

const library = () => import("@simplewebauthn/browser");

/** The person stopped, time ran out, or there is no passkey for this address. */
export class PasskeyFailed extends Error {
  override name = "PasskeyFailed";

  constructor(readonly why: "stopped" | "known") {
    super(why);
  }
}

export const canUsePasskeys = (): boolean => typeof globalThis.PublicKeyCredential === "function";

type Options = Record<string, unknown>;

function failureOf(error: unknown): PasskeyFailed {
  // WebAuthn §5.1.3: InvalidStateError says that the authenticator holds one of those named.
  const isKnown = error instanceof Error && error.name === "InvalidStateError";
  return new PasskeyFailed(isKnown ? "known" : "stopped");
}

/** Asks the browser to sign `options`' challenge. @throws PasskeyFailed */
export async function showPasskey(options: Options): Promise<PasskeyAnswer> {
  const { startAuthentication } = await library();
  try {
    return await startAuthentication({ optionsJSON: options as never }) as PasskeyAnswer;
  } catch (error) {
    throw failureOf(error);
  }
}

/** Asks the browser to make a passkey. @throws PasskeyFailed */
export async function makePasskey(options: Options): Promise<PasskeyMade> {
  const { startRegistration } = await library();
  try {
    return await startRegistration({ optionsJSON: options as never }) as PasskeyMade;
  } catch (error) {
    throw failureOf(error);
  }
}
