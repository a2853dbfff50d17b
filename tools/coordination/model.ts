/** What a check of the whole finds. */

/** `check` names who found it; `text` says what and, where it helps, what to do. */
export type Issue = { check: string; text: string };

export const ROOT = new URL("../../", import.meta.url);

export const readText = (path: string) => Deno.readTextFile(new URL(path, ROOT));

/** Every file below `folder` whose name ends so, by its path from the root. */
export function listFiles(folder: string, ending: RegExp): string[] {
  const found: string[] = [];
  for (const { name, isDirectory, isFile } of Deno.readDirSync(new URL(`${folder}/`, ROOT))) {
    if (["node_modules", "dist"].includes(name) || name.startsWith(".")) continue;
    const path = `${folder}/${name}`;
    if (isDirectory) found.push(...listFiles(path, ending));
    else if (isFile && ending.test(name)) found.push(path);
  }
  return found.sort();
}

export const FOLDERS = ["services", "shared", "deploy", "tools", "bench", "web"];
