/** Steps of the e2e test: one person's account, from registering it to losing the phone. */
import { deepEqual, equal, match } from "node:assert/strict";
import { it } from "@std/testing/bdd";
import type { Browser, Page } from "playwright-core";
import { signIn, until } from "../../tools/client.ts";
import { addAuthenticator, type Authenticator, copyPasskeys, createApp } from "./authenticators.ts";
import { openWindow, type Watch } from "./browser.ts";

export type Stage = {
  browser: Browser;
  /** Where the app and the platform are, as passkeys and cookies know it. */
  url: string;
  /** The same app at another origin. */
  otherUrl: string;
  watch: Watch;
  window: (options?: Parameters<Browser["newContext"]>[0]) => Promise<Page>;
  /** Looks at the page in both themes and at all widths. */
  look: (page: Page, name: string) => Promise<void>;
};

const EMAIL = "ada.brandt@otter.example";
const NEW_EMAIL = "ada@otter.example";
const PASSWORD = "tangerine-gravel-window-seven";
const NEW_PASSWORD = "thirteen-violet-ladders-asleep";

/** The newest letter to `email` whose subject fits; its link, opened in `page`. */
async function openLetter(page: Page, email: string, subject: string): Promise<string> {
  let href = "";
  await until(`a letter: ${subject}`, async () => {
    await page.goto(`/mailbox?to=${encodeURIComponent(email)}`);
    await page.getByRole("heading", { name: "Development mailbox" }).waitFor();
    await page.getByText("Loading …").first().waitFor({ state: "detached" });
    const letter = page.getByRole("listitem").filter({ hasText: subject }).first();
    if (await letter.count() === 0) return undefined;
    href = await letter.getByRole("link").getAttribute("href") ?? "";
    await letter.getByRole("link").click();
    return true;
  });
  return href;
}

async function enterPassword(page: Page, email: string, password: string): Promise<void> {
  await page.getByRole("textbox", { name: "Email address" }).fill(email);
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
}

async function signOut(page: Page): Promise<void> {
  await page.getByRole("button", { name: /^Account of/ }).click();
  await page.getByRole("menuitem", { name: "Sign out" }).click();
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
}

async function openAccount(page: Page): Promise<void> {
  await page.getByRole("button", { name: /^Account of/ }).click();
  await page.getByRole("menuitem", { name: "Account and security" }).click();
  await page.getByRole("heading", { level: 1, name: "Account and security" }).waitFor();
}

export function accountStory(stage: () => Stage): void {
  let page: Page;
  let app: { nextCode(): string };
  let key: Authenticator;
  let codes: string[] = [];
  const dialog = (of: Page) => of.getByRole("dialog", { name: "Confirm that it is you" });
  const part = (of: Page, name: string) => of.getByRole("region", { name });

  it("registers somebody, says why a password is weak, and lets them in by the letter's link", async () => {
    const { watch, window, look } = stage();
    page = await window({ colorScheme: "light" });
    key = await addAuthenticator(page);
    watch.mayFail = true;
    await page.goto("/sign-in");
    await page.getByRole("link", { name: "Create an account" }).click();
    await page.getByRole("heading", { name: "Create an account" }).waitFor();
    await page.getByRole("button", { name: "Create the account" }).click();
    await page.getByText("Enter your name.").waitFor();
    await page.getByRole("textbox", { name: "Your name" }).fill("Ada Brandt");
    await page.getByRole("textbox", { name: /^Name of your clinic/ }).fill("Otter Clinic");
    await page.getByRole("textbox", { name: "Email address" }).fill(EMAIL);
    await page.getByLabel("Password", { exact: true }).fill("otter clinic ada 1");
    await page.getByRole("button", { name: "Create the account" }).click();
    await page.getByText("This password is too easy to guess").waitFor();
    equal(await page.getByRole("textbox", { name: "Your name" }).inputValue(), "Ada Brandt");
    await look(page, "register");
    await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
    await page.getByRole("button", { name: "Create the account" }).click();
    await page.getByRole("heading", { name: "Look into your mail" }).waitFor();
    const link = await openLetter(page, EMAIL, "Confirm your e-mail address");
    await page.getByRole("button", { name: "Confirm this address" }).click();
    await page.getByRole("heading", { name: "Your address is confirmed" }).waitFor();
    await page.goto("/mailbox");
    await page.goto(link);
    await page.getByRole("button", { name: "Confirm this address" }).click();
    await page.getByText("This link was used before, or is too old").waitFor();
    watch.mayFail = false;
    await page.goto("/sign-in");
    await enterPassword(page, EMAIL, PASSWORD);
    await page.getByText("Otter Clinic").waitFor();
  });

  it("enrols an authenticator app after asking for the password, and shows codes once", async () => {
    const { watch, look } = stage();
    await openAccount(page);
    await page.getByText("No second factor yet").waitFor();
    watch.mayFail = true;
    await page.getByRole("button", { name: "Add an authenticator app" }).click();
    await dialog(page).getByLabel("Password").fill("not it at all, sorry");
    await dialog(page).getByRole("button", { name: "Continue" }).click();
    await dialog(page).getByText("This password does not fit").waitFor();
    await dialog(page).getByLabel("Password").fill(PASSWORD);
    await page.keyboard.press("Enter");
    const setup = page.getByRole("dialog", { name: "Add an authenticator app" });
    await setup.getByRole("img", { name: "QR code of the secret key" }).waitFor();
    await look(page, "totp");
    const secret = (await setup.locator("code").textContent())!.replaceAll(" ", "");
    match(secret, /^[A-Z2-7]{32}$/);
    app = createApp(secret);
    const code = app.nextCode();
    const wrong = String((Number(code) + 1) % 1_000_000).padStart(6, "0");
    await setup.getByRole("textbox", { name: /Code from/ }).fill(wrong);
    await setup.getByRole("button", { name: "Continue" }).click();
    await setup.getByText("This was not accepted").waitFor();
    await setup.getByRole("textbox", { name: /Code from/ }).fill(code);
    await setup.getByRole("button", { name: "Continue" }).click();
    watch.mayFail = false;
    const list = page.getByRole("list", { name: "Recovery codes" });
    await list.waitFor();
    codes = await list.getByRole("listitem").allTextContents();
    equal(new Set(codes).size, 10);
    await look(page, "recovery-codes");
    const loading = page.waitForEvent("download");
    await page.getByRole("button", { name: "Save as a file" }).click();
    const saved = await Deno.readTextFile((await (await loading).path())!);
    deepEqual(saved.trim().split("\n"), codes);
    await page.getByRole("button", { name: "I have kept them" }).click();
    await page.getByText("10 recovery codes left").waitFor();
    await page.reload();
    await page.getByText("10 recovery codes left").waitFor();
    equal(await page.getByText(codes[0]!).count(), 0);
  });

  it("enrols a passkey after a code of the app, and nothing less", async () => {
    const { watch } = stage();
    watch.mayFail = true;
    await page.getByRole("button", { name: "Add a passkey" }).click();
    await dialog(page).getByLabel("Password").fill(PASSWORD);
    await dialog(page).getByRole("textbox", { name: /Code from/ }).fill(app.nextCode());
    await dialog(page).getByRole("button", { name: "Continue" }).click();
    const naming = page.getByRole("dialog", { name: "Add a passkey" });
    await naming.getByRole("textbox").fill("Ward laptop");
    await naming.getByRole("button", { name: "Make the passkey" }).click();
    await part(page, "Second factors").getByText("Ward laptop").waitFor();
    // The same authenticator a second time: the browser knows, and says so.
    await page.getByRole("button", { name: "Add a passkey" }).click();
    await naming.getByRole("button", { name: "Make the passkey" }).click();
    await naming.getByText("This device has a passkey of yours already.").waitFor();
    await naming.getByRole("button", { name: "Cancel" }).click();
    watch.mayFail = false;
    const { credentials } = await key.cdp.send("WebAuthn.getCredentials", {
      authenticatorId: key.id,
    });
    equal(credentials.length, 1);
  });

  it("signs in with a password and the passkey, and with the passkey alone", async () => {
    const { look } = stage();
    await signOut(page);
    await enterPassword(page, EMAIL, PASSWORD);
    await page.getByRole("heading", { name: "One more step" }).waitFor();
    await look(page, "second-step");
    await page.getByRole("button", { name: "Use a passkey" }).click();
    await page.getByText("Otter Clinic").waitFor();
    await signOut(page);
    await page.getByRole("button", { name: "Sign in with a passkey" }).click();
    await page.getByText("Otter Clinic").waitFor();
  });

  it("does not take a passkey that signed for another origin", async () => {
    const { browser, otherUrl, watch } = stage();
    watch.mayFail = true;
    const stolen = await openWindow(browser, otherUrl, watch);
    await copyPasskeys(key, await addAuthenticator(stolen));
    await stolen.goto("/sign-in");
    await stolen.getByRole("button", { name: "Sign in with a passkey" }).click();
    await stolen.getByText("This was not accepted").waitFor();
    await stolen.context().close();
    // And a page of another host does not even get an answer from the authenticator.
    const foreign = await openWindow(browser, otherUrl.replace("localhost", "127.0.0.1"), watch);
    await copyPasskeys(key, await addAuthenticator(foreign));
    await foreign.goto("/sign-in");
    await foreign.getByRole("button", { name: "Sign in with a passkey" }).click();
    await foreign.getByText("The passkey was not used").waitFor();
    await foreign.context().close();
    watch.mayFail = false;
  });

  it("lets somebody in who lost everything but a recovery code, once", async () => {
    const { window, watch, look } = stage();
    const other = await window({ colorScheme: "light" });
    await other.goto("/sign-in");
    await enterPassword(other, EMAIL, PASSWORD);
    const useCode = async () => {
      await other.getByRole("button", { name: "Use a recovery code" }).click();
      await other.getByRole("textbox", { name: "Recovery code" }).fill(codes[0]!.toLowerCase());
      await other.getByRole("button", { name: "Continue" }).click();
    };
    await useCode();
    await other.getByText("Otter Clinic").waitFor();
    await openAccount(other);
    await other.getByText("9 recovery codes left").waitFor();
    await part(other, "Devices").getByRole("listitem").nth(1).waitFor();
    await look(other, "account");

    await other.getByRole("button", { name: "Remove Authenticator app" }).click();
    await other.getByRole("dialog").getByRole("button", { name: "Remove" }).click();
    await other.getByText("Removed.").waitFor();
    await other.getByRole("button", { name: "Remove Authenticator app" }).waitFor({
      state: "detached",
    });
    await part(other, "What happened to your account").getByText("Removed a second factor")
      .waitFor();
    await other.getByRole("button", { name: "End all others" }).click();
    await other.getByText("You are signed in nowhere else.").waitFor();

    // The laptop that was left behind is asked who it is; what is on its page stays.
    watch.mayFail = true;
    await page.goto("/tasks");
    await page.getByRole("heading", { name: "Sign in" }).waitFor();
    await signOut(other);
    await enterPassword(other, EMAIL, PASSWORD);
    await useCode();
    await other.getByText("This was not accepted").waitFor();
    equal(
      await other.getByRole("textbox", { name: "Recovery code" }).inputValue(),
      codes[0]!.toLowerCase(),
    );
    watch.mayFail = false;
    await other.context().close();
  });

  it("sets a new password by letter, and still asks for the second factor", async () => {
    const { watch } = stage();
    await page.goto("/sign-in");
    await page.getByRole("link", { name: "Forgot the password?" }).click();
    await page.getByRole("textbox", { name: "Email address" }).fill(EMAIL);
    await page.getByRole("button", { name: "Send the link" }).click();
    await page.getByRole("heading", { name: "Look into your mail" }).waitFor();
    await openLetter(page, EMAIL, "Set a new password");
    await page.getByRole("heading", { name: "Choose a new password" }).waitFor();
    await page.getByLabel("New password").fill(NEW_PASSWORD);
    await page.getByRole("button", { name: "Set the password" }).click();
    await page.getByRole("link", { name: "To the sign-in" }).click();
    watch.mayFail = true;
    await enterPassword(page, EMAIL, PASSWORD);
    await page.getByText("This address and password do not fit").waitFor();
    watch.mayFail = false;
    await enterPassword(page, EMAIL, NEW_PASSWORD);
    await page.getByRole("button", { name: "Use a passkey" }).click();
    await page.getByText("Otter Clinic").waitFor();
  });

  it("changes the address with a letter to the new one", async () => {
    await openAccount(page);
    await part(page, "Email address").getByRole("button", { name: "Change" }).click();
    await page.getByRole("textbox", { name: "New email address" }).fill(NEW_EMAIL);
    await page.getByRole("button", { name: "Send the letter" }).click();
    await page.getByText("Until then nothing changes.").waitFor();
    await openLetter(page, NEW_EMAIL, "Confirm your new e-mail address");
    await page.getByRole("button", { name: "Use this address" }).click();
    await page.getByText(`You sign in as ${NEW_EMAIL}.`).waitFor();
  });

  it("asks before a program gets in, passes its words on as they are, and takes no for an answer", async () => {
    const { url, window, watch, look } = stage();
    const owner = await signIn(url, "owner@demo.praxis.test");
    const redirectUri = `${url}/nowhere/callback`;
    const { id } = await owner.post("/api/identity/oauth-clients", {
      name: "Ward <b>display</b>",
      kind: "public",
      redirectUris: [redirectUri],
      permissions: ["documents:read"],
    }) as { id: string };
    const query = new URLSearchParams({
      response_type: "code",
      client_id: id,
      redirect_uri: redirectUri,
      scope: "openid documents:read",
      code_challenge: "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
      code_challenge_method: "S256",
      state: "1e5",
    });
    const asked = await window({ colorScheme: "light" });
    const decide = async (button: string) => {
      await asked.goto(`/oauth/authorize?${query}`);
      await asked.getByRole("button", { name: button }).or(
        asked.getByRole("heading", { name: "Sign in" }),
      ).waitFor();
      if (await asked.getByRole("heading", { name: "Sign in" }).count() > 0) {
        await enterPassword(asked, "owner@demo.praxis.test", "harbour-lantern-copper-42");
      }
      await asked.getByRole("heading", { name: "Ward <b>display</b> asks for access" }).waitFor();
      await asked.getByText("Read documents").waitFor();
      if (button === "Refuse") await look(asked, "consent");
      await asked.getByRole("button", { name: button }).click();
      await asked.waitForURL(/\/nowhere\/callback/);
      return new URL(asked.url()).searchParams;
    };
    const refused = await decide("Refuse");
    deepEqual([refused.get("error"), refused.get("state")], ["access_denied", "1e5"]);
    const allowed = await decide("Allow");
    equal(allowed.get("state"), "1e5");
    match(allowed.get("code") ?? "", /^eu_/);
    watch.mayFail = true;
    await asked.goto(`/authorize?${new URLSearchParams({ client_id: "x" })}`);
    await asked.getByText("The program that sent you here is not known").waitFor();
    watch.mayFail = false;
    await asked.context().close();
    await page.context().close();
  });
}
