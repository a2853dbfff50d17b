/** `deno run -A deploy/pki/main.ts <folder> <service> …`: certificates below `<folder>/<service>/`. */
import { openAuthority, writeIdentity } from "./authority.ts";

const [folder, ...services] = Deno.args;
if (folder === undefined || services.length === 0) {
  Deno.stderr.writeSync(new TextEncoder().encode("Usage: main.ts <folder> <service> …\n"));
  Deno.exit(2);
}
const authority = await openAuthority(folder);
for (const service of services) await writeIdentity(authority, service, `${folder}/${service}`);
