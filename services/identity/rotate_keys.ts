/**
 * The operator's hand on the signing keys. Without arguments: the waiting key takes over, if every
 * verifier has had the time to fetch it. `--retire <kid>`: that key is no longer published from now
 * on, and no service believes what it signed (when its private half is known to someone).
 */
import { loadConfig } from "@praxis/shared/config";
import { connect, read } from "@praxis/shared/postgres";
import { RotationConfig } from "./config.ts";
import { retireNow, rotateNow } from "./keys/keys.ts";
import { list } from "./keys/store.ts";

const { DATABASE_URL, ENCRYPTION_KEY } = loadConfig(RotationConfig);
const say = (text: string) => Deno.stdout.writeSync(new TextEncoder().encode(`${text}\n`));

const sql = connect(DATABASE_URL, { connectionsMax: 1 });
const deps = { sql, now: () => new Date(), encryptionKey: ENCRYPTION_KEY };
let isDone = false;
try {
  const [option, kid] = Deno.args;
  if (option === undefined) {
    isDone = await rotateNow(deps);
    if (!isDone) say("No key has been published for long enough: try again in 20 minutes.");
  } else if (option === "--retire" && kid !== undefined) {
    isDone = await retireNow(deps, kid);
    if (!isDone) say(`There is no key ${kid}.`);
  } else say("Usage: rotate_keys.ts [--retire <kid>]");
  for (const key of await read(sql, "system", list)) {
    say(`${key.kid}  ${key.state}  published ${key.publishedAt.toISOString()}`);
  }
} finally {
  await sql.end({ timeout: 5 });
}
if (!isDone) Deno.exit(1);
