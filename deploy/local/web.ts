/** The built web app that the gateway serves: made anew when its sources are newer. */

/** The newest change below `folder`, in milliseconds since 1970; what was built does not count. */
function newestChange(folder: string): number {
  let newest = 0;
  for (const { name, isDirectory } of Deno.readDirSync(folder)) {
    if (name === "dist" || name.startsWith(".")) continue;
    const path = `${folder}/${name}`;
    const at = isDirectory ? newestChange(path) : Deno.statSync(path).mtime?.getTime() ?? 0;
    newest = Math.max(newest, at);
  }
  return newest;
}

function builtAt(root: string): number {
  try {
    return Deno.statSync(`${root}/web/dist/index.html`).mtime?.getTime() ?? 0;
  } catch {
    return 0;
  }
}

/** The folder of the built app as a URL, or undefined when there is none. */
export function builtWeb(root: string): string | undefined {
  return builtAt(root) > 0 ? `file://${encodeURI(root)}/web/dist/` : undefined;
}

/** Builds the app if need be. Returns what there is to say; the platform runs without it, too. */
export async function refreshWeb(root: string): Promise<string | undefined> {
  try {
    if (newestChange(`${root}/web`) <= builtAt(root)) return undefined;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
  const startedAt = performance.now();
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", "--cached-only", `${root}/web/build.ts`],
    stdin: "null",
    stdout: "null",
  }).output();
  if (!success) return `the web app does not build:\n${new TextDecoder().decode(stderr)}`;
  return `web app built in ${Math.round(performance.now() - startedAt)} ms`;
}
