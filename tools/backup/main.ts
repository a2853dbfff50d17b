/** `deno task backup <file>` and `deno task restore <file>`: see docs/runbooks/backup.md. */
import { readHost } from "../../deploy/local/host.ts";
import { backUp } from "./backup.ts";
import { newKey, readKey } from "./cipher.ts";
import type { Manifest } from "./model.ts";
import { Refusal } from "./refusal.ts";
import { inspect, restore } from "./restore.ts";
import { embeddedSource, namedSource } from "./source.ts";

const USAGE = `Usage:
  deno task backup <new file>         a backup of the running platform
  deno task backup --new-key          a key for BACKUP_KEY
  deno task restore <file>            into PRAXIS_DATA, a folder that does not exist yet
  deno task restore --check <file>    reads all of the archive and changes nothing`;

const say = (text: string) => Deno.stdout.writeSync(new TextEncoder().encode(`${text}\n`));

function describe({ at, fenceMs, databases, files }: Manifest): string {
  const tables = Object.values(databases).flatMap((database) => Object.values(database.tables));
  const rows = tables.reduce((sum, table) => sum + table.rows, 0);
  return `${at}: ${
    Object.keys(databases).length
  } databases, ${tables.length} tables, ${rows} rows, ` +
    `${files.count} files with ${files.bytes} bytes; writes were held for ${fenceMs} ms`;
}

async function run([command, ...args]: string[]): Promise<void> {
  const environment = Deno.env.toObject();
  const [option, file] = args.length > 1 ? args : [undefined, args[0]];
  if (command === "backup" && file === "--new-key") return void say(newKey());
  const isKnown = option === undefined || (command === "restore" && option === "--check");
  if (!isKnown || file === undefined || file.startsWith("--")) throw new Refusal(USAGE);
  const key = readKey(environment.BACKUP_KEY);
  const { dataDir, portOffset } = readHost().settings;
  if (command === "backup") {
    const source = namedSource(environment) ?? await embeddedSource(dataDir, portOffset);
    return void say(describe(await backUp(source, key, file)));
  }
  if (option === "--check") return void say(describe(await inspect(file, key)));
  say(describe(await restore({ archive: file, key, dataDir, portOffset, say })));
  say(`Restored into ${dataDir}. Start the platform on it and sign in before anybody else may.`);
}

try {
  await run(Deno.args);
} catch (error) {
  if (!(error instanceof Refusal)) throw error;
  say(error.message);
  Deno.exit(1);
}
