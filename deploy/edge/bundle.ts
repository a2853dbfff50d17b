/**
 * Bundles the gateway into one file for an edge: `deno run -A deploy/edge/bundle.ts [out]`. What an
 * edge has no use for stays outside (see README.md beside this file).
 */
const out = Deno.args[0] ?? new URL("./dist/gateway.js", import.meta.url).pathname;
const entry = new URL("../../services/gateway/main.ts", import.meta.url).pathname;
const { success } = await new Deno.Command(Deno.execPath(), {
  args: ["bundle", "--minify", "--output", out, entry],
  stdout: "inherit",
  stderr: "inherit",
}).output();
if (!success) Deno.exit(1);
