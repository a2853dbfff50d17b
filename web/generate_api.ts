/** Writes src/api/<service>.ts, the types of each service's OpenAPI document; --check compares. */
import openapiTypes, { astToString } from "openapi-typescript";

const SERVICES = ["communication", "content", "identity", "practice", "workflow"];
const documents = new URL("../docs/openapi/", import.meta.url);
const types = new URL("./src/api/generated/", import.meta.url);

/** As `deno fmt` leaves it. */
async function format(text: string): Promise<string> {
  const fmt = new Deno.Command(Deno.execPath(), {
    args: ["fmt", "--ext", "ts", "-"],
    cwd: new URL("..", import.meta.url),
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const writer = fmt.stdin.getWriter();
  await writer.write(new TextEncoder().encode(text));
  await writer.close();
  const { success, stdout } = await fmt.output();
  if (!success) throw new Error("the types cannot be formatted");
  return new TextDecoder().decode(stdout);
}

async function typesOf(service: string): Promise<string> {
  const ast = await openapiTypes(new URL(`${service}.json`, documents), { alphabetize: true });
  const text = `/** Generated from docs/openapi/${service}.json by web/generate_api.ts. */\n` +
    `// deno-lint-ignore-file\n${astToString(ast)}`;
  // Long unions are laid out differently when they are formatted a second time.
  return await format(await format(text));
}

/** The names of services whose types do not fit their document. */
export async function generate(isCheck: boolean): Promise<string[]> {
  const stale: string[] = [];
  if (!isCheck) await Deno.mkdir(types, { recursive: true });
  for (const service of SERVICES) {
    const file = new URL(`${service}.ts`, types);
    const text = await typesOf(service);
    if (!isCheck) await Deno.writeTextFile(file, text);
    else if (await Deno.readTextFile(file).catch(() => "") !== text) stale.push(service);
  }
  return stale;
}

if (import.meta.main) {
  const stale = await generate(Deno.args.includes("--check"));
  if (stale.length > 0) {
    const message = `web/src/api/generated: ${stale.join(", ")} out of date: ` +
      "run deno run -A web/generate_api.ts\n";
    Deno.stderr.writeSync(new TextEncoder().encode(message));
    Deno.exit(1);
  }
}
