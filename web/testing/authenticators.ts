/** What people hold in their hands: an authenticator app, and a passkey in Chromium's virtual one. */
import { createHmac } from "node:crypto";
import type { CDPSession, Page } from "playwright-core";

const BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const STEP_MS = 30_000;

function bytesOf(base32: string): Uint8Array {
  const bits = [...base32].map((char) => BASE32.indexOf(char).toString(2).padStart(5, "0")).join(
    "",
  );
  return Uint8Array.from(bits.match(/.{8}/g) ?? [], (byte) => parseInt(byte, 2));
}

/**
 * An app with one secret. Each code counts once at the platform, which takes those of the step
 * before and after as well: so three can be shown one after the other without waiting.
 */
export function createApp(secret: string): { nextCode(): string } {
  const key = bytesOf(secret);
  let last = Math.floor(Date.now() / STEP_MS) - 2;
  return {
    nextCode() {
      last = Math.max(last + 1, Math.floor(Date.now() / STEP_MS) - 1);
      const counter = new DataView(new ArrayBuffer(8));
      counter.setBigUint64(0, BigInt(last));
      const digest = new DataView(
        Uint8Array.from(createHmac("sha1", key).update(new Uint8Array(counter.buffer)).digest())
          .buffer,
      );
      const at = digest.getUint8(19) & 15;
      return String((digest.getUint32(at) & 0x7fffffff) % 1_000_000).padStart(6, "0");
    },
  };
}

export type Authenticator = { cdp: CDPSession; id: string };

/** A platform authenticator that always finds its user present and verified. */
export async function addAuthenticator(page: Page): Promise<Authenticator> {
  const cdp = await page.context().newCDPSession(page);
  await cdp.send("WebAuthn.enable");
  const { authenticatorId: id } = await cdp.send("WebAuthn.addVirtualAuthenticator", {
    options: {
      protocol: "ctap2",
      transport: "internal",
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  return { cdp, id };
}

/** What no real authenticator would do. */
export async function copyPasskeys(from: Authenticator, to: Authenticator): Promise<void> {
  const { credentials } = await from.cdp.send("WebAuthn.getCredentials", {
    authenticatorId: from.id,
  });
  for (const credential of credentials) {
    // A counter ahead of the original's: it must not be the counter that gives the copy away.
    const ahead = { ...credential, signCount: credential.signCount + 1_000 };
    await to.cdp.send("WebAuthn.addCredential", { authenticatorId: to.id, credential: ahead });
  }
}
