/** Signing keys changed on a running platform as an operator does it: with `rotate_keys.ts`. */
import type { startPlatform } from "@praxis/local/platform";
import { connect } from "@praxis/shared/postgres";
import { PUBLISH_AHEAD_MS } from "../services/identity/keys/model.ts";

type Platform = Awaited<ReturnType<typeof startPlatform>>;

const program = new URL("../services/identity/rotate_keys.ts", import.meta.url).pathname;

async function operate(platform: Platform, args: string[]): Promise<void> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", program, ...args],
    env: platform.env("identity"),
  }).output();
  if (success) return;
  const text = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes)).join("\n");
  throw new Error(`the keys could not be changed: ${text}`);
}

/**
 * The key that waits signs from now on (an instance hears of it within 15 seconds). A key has to
 * wait for twenty minutes first: of this one it is pretended, by its date of publication.
 */
export async function rotate(platform: Platform): Promise<void> {
  const sql = connect(platform.env("identity").DATABASE_MIGRATION_URL!, { connectionsMax: 1 });
  try {
    await sql`
      update signing_keys set published_at = published_at - ${PUBLISH_AHEAD_MS} * interval '1 ms'
      where state = 'next'`;
  } finally {
    await sql.end();
  }
  await operate(platform, []);
}

/** Nobody believes `kid` from now on, and the key that waits signs. */
export const giveUp = (platform: Platform, kid: string): Promise<void> =>
  operate(platform, ["--retire", kid]);
