/** What tests of the stack share: stand-in services as small as a service can be, and free ports. */
import { isFree } from "./ports.ts";
import { pollUntil } from "./process.ts";
import { portsOf, SERVICES } from "./services.ts";

const MAIN = `
const port = Number(Deno.env.get("PORT"));
console.log("stand-in", Deno.pid, "listens on", port);
Deno.addSignalListener("SIGTERM", () => Deno.exit(0));
Deno.serve({ hostname: "127.0.0.1", port, onListen: () => {} }, (request) => {
  if (request.url.endsWith("/crash")) Deno.exit(7);
  return Response.json({ status: "up" });
});
`;
const MIGRATE = `
if (!Deno.env.get("DATABASE_MIGRATION_URL")?.includes("_owner:")) Deno.exit(3);
console.log("stand-in migrated");
`;
/** Below the range from which the system takes ports for outgoing connections. */
const OFFSET_MIN = 11_000;
const OFFSET_MAX = 23_000;
const DEADLINE_MS = 30_000;

/** Makes a folder that looks like the repository to `startPlatform`. */
export async function writeStandIns(): Promise<string> {
  const root = await makeFolder();
  await Deno.writeTextFile(`${root}/deno.json`, "{}");
  await Deno.mkdir(`${root}/shared`);
  for (const { folder, postgresPort } of SERVICES) {
    await Deno.mkdir(`${root}/${folder}`, { recursive: true });
    await Deno.writeTextFile(`${root}/${folder}/main.ts`, MAIN);
    if (postgresPort) await Deno.writeTextFile(`${root}/${folder}/migrate.ts`, MIGRATE);
  }
  return root;
}

export async function makeFolder(): Promise<string> {
  return await Deno.realPath(await Deno.makeTempDir({ prefix: "praxis-stack-" }));
}

/** An offset at which every port of the platform is free. */
export function findFreeOffset(): number {
  while (true) {
    const offset = OFFSET_MIN + Math.floor(Math.random() * (OFFSET_MAX - OFFSET_MIN));
    const ports = SERVICES.flatMap((service) => Object.values(portsOf(service, offset)));
    if (ports.every(isFree)) return offset;
  }
}

/** Waits for a fact, and fails naming it when it does not come about. */
export async function eventually<T>(
  what: string,
  ask: () => T | undefined | Promise<T | undefined>,
): Promise<T> {
  const answer = await pollUntil(ask, DEADLINE_MS);
  if (answer === undefined) throw new Error(`did not come about: ${what}`);
  return answer;
}
