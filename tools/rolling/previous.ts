/**
 * `deno run -A tools/rolling/previous.ts [commit] [folder …]`: the tests of an older commit on the
 * schema that the present migrations make. What fails there would fail in the instances of the
 * older release that are still running while the new one is rolled out.
 */
const FOLDERS = ["shared", "services"];
const say = (text: string) => Deno.stdout.writeSync(new TextEncoder().encode(`${text}\n`));

const root = new URL("../../", import.meta.url).pathname;

async function run(command: string, args: string[], cwd: string): Promise<boolean> {
  const child = new Deno.Command(command, { args, cwd, stdout: "inherit", stderr: "inherit" });
  return (await child.output()).success;
}

async function must(command: string, args: string[], cwd = root): Promise<void> {
  if (!await run(command, args, cwd)) throw new Error(`${command} ${args[0]} failed`);
}

/** The older release's tree, with the present migrations in the place of its own. */
async function prepare(commit: string, tree: string): Promise<void> {
  await must("sh", ["-c", `git archive "$0" | tar -x -C "$1"`, commit, tree]);
  // Links, so that what is installed for one tree does not change in the other.
  await must("cp", ["-al", `${root}node_modules`, `${tree}/node_modules`]);
  for (const area of ["services", "shared"]) {
    for (const { name } of Deno.readDirSync(`${root}${area}`)) {
      const present = `${root}${area}/${name}/migrations`;
      const older = `${tree}/${area}/${name}/migrations`;
      if (!await exists(present) || !await exists(older)) continue;
      await Deno.remove(older, { recursive: true });
      await must("cp", ["-r", present, older]);
    }
  }
}

const exists = (path: string) => Deno.stat(path).then(() => true, () => false);

const [commit = "HEAD", ...given] = Deno.args;
const tree = await Deno.makeTempDir({ prefix: "praxis-previous-" });
try {
  await prepare(commit, tree);
  const folders = given.length > 0 ? given : FOLDERS;
  say(`tests of ${commit} in ${folders.join(", ")}, on the present migrations`);
  const args = ["test", "-A", "--no-check", "--parallel", ...folders];
  if (!await run(Deno.execPath(), args, tree)) Deno.exitCode = 1;
} finally {
  await Deno.remove(tree, { recursive: true });
}
