/** Writes every service's OpenAPI document to `docs/openapi/`, or, with --check, compares them. */
import { createApp as communication } from "@praxis/communication";
import { createApp as content } from "@praxis/content";
import { createApp as identity } from "@praxis/identity";
import { createApp as practice } from "@praxis/practice";
import { createApp as workflow } from "@praxis/workflow";
import type { Surroundings } from "@praxis/shared/http";
import { anonymous } from "@praxis/shared/auth";

type App = { request(path: string): Response | Promise<Response> };
type CreateApp = (deps: never, surroundings: Surroundings) => App;

const apps: Record<string, CreateApp> = { communication, content, identity, practice, workflow };
const folder = new URL("../docs/openapi/", import.meta.url);

/** The document is made when the app is: nothing here is ever called. */
const surroundings: Surroundings = { identify: () => Promise.resolve(anonymous) };
const standIn: object = new Proxy(() => {}, { get: () => standIn });

const isCheck = Deno.args.includes("--check");
const stale: string[] = [];
for (const [name, createApp] of Object.entries(apps)) {
  const app = createApp(standIn as never, surroundings);
  const document = await (await app.request("/openapi.json")).json();
  const text = JSON.stringify(document, null, 2) + "\n";
  const file = new URL(`${name}.json`, folder);
  if (!isCheck) await Deno.writeTextFile(file, text);
  else if (await Deno.readTextFile(file).catch(() => "") !== text) stale.push(`${name}.json`);
}
if (stale.length > 0) {
  const message = `docs/openapi: ${stale.join(", ")} out of date: run deno task openapi\n`;
  Deno.stderr.writeSync(new TextEncoder().encode(message));
  Deno.exit(1);
}
