/** An account's life: register, verify, enrol, lose the phone, recover, see all devices, end them. */
import { Buffer } from "node:buffer";
import { createHmac } from "node:crypto";
import { z } from "zod";
import { createAuthenticator } from "../../services/identity/factors/authenticator.ts";
import { createClient, until } from "../client.ts";
import { expect, type Report, say } from "./report.ts";

const PASSWORD = "otter-violet-cannon-81";
const FACTORS = "/api/identity/users/me/factors";

const Tokens = z.object({ accessToken: z.string(), refreshToken: z.string() });
const Challenge = z.object({
  mfaRequired: z.literal(true),
  challengeId: z.string(),
  factors: z.array(z.string()),
});
const Offered = z.object({ factorId: z.string(), secret: z.string() });
const Enrolled = z.object({
  factor: z.object({ id: z.string() }),
  recoveryCodes: z.array(z.string()).optional(),
});
const Issuer = z.object({ issuer: z.string() });
const Options = z.object({
  challengeId: z.string(),
  options: z.object({ challenge: z.string() }),
});
const Sessions = z.object({ items: z.array(z.object({ id: z.string(), current: z.boolean() })) });
const Mails = z.object({ items: z.array(z.object({ subject: z.string(), body: z.string() })) });

/** RFC 6238, as the app on a phone computes it. */
function codeOf(secret: string, at = Date.now()): string {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  const bits = [...secret].map((one) => alphabet.indexOf(one).toString(2).padStart(5, "0")).join(
    "",
  );
  const key = Buffer.from(bits.match(/.{8}/g)!.map((byte) => parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(at / 30_000)));
  const digest = createHmac("sha1", key).update(counter).digest();
  const offset = digest[19]! & 15;
  return String((digest.readUInt32BE(offset) & 0x7fffffff) % 1_000_000).padStart(6, "0");
}

/** Runs the story at the gateway `url`. Letters are read from the mailbox of development. */
export async function tellIdentityStory(report: Report, url: string): Promise<void> {
  const stranger = createClient(url);
  const email = `ada-${Date.now()}@otter.example`;
  const login = () => stranger.post("/auth/login", { email, password: PASSWORD, client: "api" });
  const statusOf = async (path: string, init: RequestInit, token?: string) => {
    const response = await createClient(url, token).request(path, init);
    await response.body?.cancel();
    return response.status;
  };
  const letter = (subject: string) =>
    until(`the letter “${subject}”`, async () => {
      const query = new URLSearchParams({ to: email });
      const { items } = Mails.parse(await stranger.get(`/api/communication/mailbox?${query}`));
      return items.find((one) => one.subject === subject);
    });

  say("\nAn account");
  await report.step("Ada registers with her clinic", async () => {
    const body = { email, password: PASSWORD, fullName: "Ada Quist" };
    await stranger.post("/auth/register", { ...body, organization: { name: "Otter Clinic" } });
  });
  await report.step("before the link is followed nobody signs in", async () => {
    const init = {
      method: "POST",
      body: JSON.stringify({ email, password: PASSWORD, client: "api" }),
      headers: { "content-type": "application/json" },
    };
    expect(await statusOf("/auth/login", init) === 401, "somebody did");
  });
  await report.step("the letter arrives, and its link verifies the address", async () => {
    const { body } = await letter("Confirm your e-mail address");
    const token = body.match(/#token=([\w-]+)/)?.[1];
    await stranger.post("/auth/email/verify", { token });
  });

  say("\nA second factor");
  const enrolled = await report.step("Ada proves herself again and enrols her phone", async () => {
    const first = createClient(url, Tokens.parse(await login()).accessToken);
    const again = { password: PASSWORD, acr: "aal1" };
    const stepped = Tokens.parse(await first.post("/auth/reauthenticate", again));
    const ada = createClient(url, stepped.accessToken);
    const { factorId, secret } = Offered.parse(await ada.post(`${FACTORS}/totp`, {}));
    const confirm = { factorId, code: codeOf(secret) };
    const { recoveryCodes } = Enrolled.parse(await ada.post(`${FACTORS}/totp/confirm`, confirm));
    return { factorId, secret, recoveryCodes: recoveryCodes! };
  });
  if (!enrolled) return;
  await report.step("from now on a sign-in asks for it", async () => {
    const { challengeId, factors } = Challenge.parse(await login());
    expect(factors.includes("totp"), "it does not");
    // The phone's clock shows the next code: the first one is used up.
    const code = codeOf(enrolled.secret, Date.now() + 30_000);
    Tokens.parse(await stranger.post("/auth/mfa/verify", { challengeId, code }));
  });

  say("\nA passkey");
  // The pages that a passkey is for stand at the public address, whatever ours is called here.
  const { issuer } = Issuer.parse(await stranger.get("/.well-known/openid-configuration"));
  const passkey = createAuthenticator(issuer);
  const steppedUp = await report.step(
    "Ada signs in with a recovery code and adds a passkey",
    async () => {
      const { challengeId } = Challenge.parse(await login());
      const recoveryCode = enrolled.recoveryCodes[1];
      const { accessToken } = Tokens.parse(
        await stranger.post("/auth/mfa/verify", { challengeId, recoveryCode }),
      );
      const ada = createClient(url, accessToken);
      const offered = Options.parse(await ada.post(`${FACTORS}/passkeys/options`, {}));
      await ada.post(`${FACTORS}/passkeys`, {
        challengeId: offered.challengeId,
        name: "Her laptop",
        passkey: passkey.create(offered.options.challenge),
      });
      return true;
    },
  );
  if (!steppedUp) return;
  await report.step("with it she signs in without a password", async () => {
    const offered = Options.parse(await stranger.post("/auth/passkeys/options", {}));
    const given = { challengeId: offered.challengeId, client: "api" };
    const answer = passkey.get(offered.options.challenge);
    Tokens.parse(await stranger.post("/auth/passkeys/verify", { ...given, passkey: answer }));
  });
  await report.step("a copy of it, whose counter stands still, is refused", async () => {
    const offered = Options.parse(await stranger.post("/auth/passkeys/options", {}));
    const body = {
      challengeId: offered.challengeId,
      client: "api",
      passkey: passkey.get(offered.options.challenge, { isStale: true }),
    };
    const init = {
      method: "POST",
      body: JSON.stringify(body),
      headers: { "content-type": "application/json" },
    };
    expect(await statusOf("/auth/passkeys/verify", init) === 401, "it was taken");
  });

  say("\nThe phone is lost");
  const recovered = await report.step("a recovery code signs Ada in", async () => {
    const { challengeId } = Challenge.parse(await login());
    const recoveryCode = enrolled.recoveryCodes[0];
    return Tokens.parse(await stranger.post("/auth/mfa/verify", { challengeId, recoveryCode }));
  });
  if (!recovered) return;
  await report.step("once", async () => {
    const { challengeId } = Challenge.parse(await login());
    const init = {
      method: "POST",
      body: JSON.stringify({ challengeId, recoveryCode: enrolled.recoveryCodes[0] }),
      headers: { "content-type": "application/json" },
    };
    expect(await statusOf("/auth/mfa/verify", init) === 401, "it was taken again");
  });
  const ada = createClient(url, recovered.accessToken);
  await report.step("she enrols a new phone and removes the lost one", async () => {
    const { factorId, secret } = Offered.parse(await ada.post(`${FACTORS}/totp`, {}));
    await ada.post(`${FACTORS}/totp/confirm`, { factorId, code: codeOf(secret) });
    const path = `${FACTORS}/${enrolled.factorId}`;
    const status = await statusOf(path, { method: "DELETE" }, recovered.accessToken);
    expect(status === 204, `removing answered ${status}`);
  });
  await report.step("a letter told her of it", async () => {
    await letter("A second factor was removed");
  });

  say("\nHer devices");
  await report.step("she sees them all", async () => {
    const { items } = Sessions.parse(await ada.get("/api/identity/users/me/sessions"));
    expect(items.length >= 3, `there are ${items.length}`);
    return `${items.length} devices`;
  });
  await report.step("and ends all but this one", async () => {
    const path = "/api/identity/users/me/sessions";
    expect(await statusOf(path, { method: "DELETE" }, recovered.accessToken) === 200, "it failed");
    const { items } = Sessions.parse(await ada.get(path));
    expect(items.length === 1 && items[0]!.current, `${items.length} are left`);
  });
}
