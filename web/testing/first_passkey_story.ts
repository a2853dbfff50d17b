/** A step of the e2e test: a clinic takes passkeys only, and somebody who has none signs in. */
import { equal } from "node:assert/strict";
import { it } from "@std/testing/bdd";
import type { Platform } from "@praxis/local/platform";
import postgres from "postgres";
import { DEMO_PASSWORD } from "../../tools/client.ts";
import { addAuthenticator } from "./authenticators.ts";
import type { Stage } from "./account_story.ts";

const EMAIL = "receptionist@demo.praxis.test";

export function firstPasskeyStory(stage: () => Stage & { platform: Platform }): void {
  it("makes the passkey that a clinic asks for between the password and the first page", async () => {
    const { platform, window, look } = stage();
    const sql = postgres(platform.env("identity").DATABASE_MIGRATION_URL!, { max: 1 });
    // By hand, since nobody of this clinic has a passkey to ask it of the others with.
    const [{ id } = {}] = await sql`
      select m.organization_id as id from memberships m join users u on u.id = m.user_id
      where u.email = ${EMAIL}`;
    await sql`
      insert into security_policies
      values (${id}, 'passkey', 600, 60, 1, now())
      on conflict (organization_id) do update set second_factor = 'passkey'`;
    try {
      const page = await window({ colorScheme: "light" });
      const key = await addAuthenticator(page);
      const enterPassword = async () => {
        await page.goto("/sign-in");
        await page.getByRole("textbox", { name: "Email address" }).fill(EMAIL);
        await page.getByLabel("Password", { exact: true }).fill(DEMO_PASSWORD);
        await page.getByRole("button", { name: "Sign in", exact: true }).click();
      };
      await enterPassword();
      await page.getByRole("heading", { name: "Add a second factor" }).waitFor();
      equal(await page.getByRole("img", { name: "QR code of the secret key" }).count(), 0);
      await look(page, "first-passkey");
      await page.getByRole("button", { name: "Make the passkey" }).click();
      await page.getByRole("list", { name: "Recovery codes" }).waitFor();
      await page.getByRole("button", { name: "I have kept them" }).click();
      await page.getByRole("button", { name: /^Account of/ }).waitFor();
      const { credentials } = await key.cdp.send("WebAuthn.getCredentials", {
        authenticatorId: key.id,
      });
      equal(credentials.length, 1);
      await page.getByRole("button", { name: /^Account of/ }).click();
      await page.getByRole("menuitem", { name: "Sign out" }).click();
      await page.getByRole("heading", { name: "Sign in" }).waitFor();
      await enterPassword();
      await page.getByRole("button", { name: "Use a passkey" }).click();
      await page.getByRole("button", { name: /^Account of/ }).waitFor();
      await page.context().close();
    } finally {
      await sql`update security_policies set second_factor = 'optional' where organization_id = ${id!}`;
      await sql.end();
    }
  });
}
