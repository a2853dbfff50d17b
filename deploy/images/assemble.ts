/**
 * Gathers what the image of one service holds: its sources, those of shared/, the packages that
 * they import and nothing else. `assemble.ts <service> <folder>`, after `deno install --frozen`.
 */
import { dirname } from "node:path";
import { getService, type Service, SERVICES } from "@praxis/local/services";
import { rightsOf, toShell } from "./rights.ts";

const ROOT = new URL("../../", import.meta.url).pathname;
type Manifest = { imports: Record<string, string>; compilerOptions: unknown };
type Graph = { modules: { specifier: string; kind?: string; npmPackage?: string }[] };

async function graphOf(entry: string): Promise<Graph> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--json", entry],
    cwd: ROOT,
  }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  return JSON.parse(new TextDecoder().decode(stdout));
}

const isFile = (path: string) => Deno.stat(path).then(({ isFile }) => isFile, () => false);

type Needs = { packages: Set<string>; modules: Set<string> };

/** The packages, by name, and the sources, by path, of the given scripts and what they start. */
async function needsOf(entries: string[]): Promise<Needs> {
  const packages = new Set<string>();
  const modules = new Set<string>();
  const seen = new Set<string>();
  const waiting = [...entries];
  for (let entry = waiting.pop(); entry !== undefined; entry = waiting.pop()) {
    if (seen.has(entry)) continue;
    seen.add(entry);
    for (const { specifier, npmPackage } of (await graphOf(entry)).modules) {
      const name = npmPackage?.match(/^(@?[^@]+)@/)?.[1];
      if (name !== undefined) packages.add(name);
      if (!specifier.startsWith("file:")) continue;
      const { pathname } = new URL(specifier);
      if (modules.has(pathname)) continue;
      modules.add(pathname);
      const text = await Deno.readTextFile(pathname);
      // Programs that are started as processes or workers are graphs of their own.
      for (const [, program] of text.matchAll(/new URL\("(\.\/\w+\.ts)", import\.meta\.url\)/g)) {
        const path = new URL(program!, specifier).pathname;
        if (await isFile(path)) waiting.push(path);
      }
      // Some packages are read as data.
      for (const [, data] of text.matchAll(/node_modules\/((?:@[\w.-]+\/)?[\w.-]+)\//g)) {
        packages.add(data!);
      }
    }
  }
  return { packages, modules };
}

/**
 * Sources that are needed, and every other file: migrations, pages, shipped definitions. Hidden
 * files are somebody's own.
 */
async function copySources(from: string, to: string, needed: Set<string>): Promise<void> {
  for await (const { name, isDirectory } of Deno.readDir(from)) {
    const [source, target] = [`${from}/${name}`, `${to}/${name}`];
    if (name.startsWith(".")) continue;
    if (isDirectory) await copySources(source, target, needed);
    else if (needed.has(source) || !name.endsWith(".ts")) {
      await Deno.mkdir(to, { recursive: true });
      await Deno.copyFile(source, target);
    }
  }
}

async function copyTree(from: string, to: string): Promise<void> {
  await Deno.mkdir(to, { recursive: true });
  for await (const { name, isDirectory, isSymlink } of Deno.readDir(from)) {
    const [source, target] = [`${from}/${name}`, `${to}/${name}`];
    if (isSymlink) await Deno.symlink(await Deno.readLink(source), target);
    else if (isDirectory) await copyTree(source, target);
    // Nobody writes to either; on another file system it has to be a copy.
    else await Deno.link(source, target).catch(() => Deno.copyFile(source, target));
  }
}

/** Copies the named packages and, by following their links, all that they need. */
async function copyPackages(names: Iterable<string>, to: string): Promise<void> {
  const modules = `${ROOT}node_modules`;
  const folders = new Set<string>();
  const collect = async (link: string): Promise<void> => {
    const real = await Deno.realPath(link);
    const folder = real.slice(`${modules}/.deno/`.length).split("/")[0]!;
    if (folders.has(folder)) return;
    folders.add(folder);
    await copyTree(`${modules}/.deno/${folder}`, `${to}/.deno/${folder}`);
    const own = `${modules}/.deno/${folder}/node_modules`;
    for await (const entry of Deno.readDir(own)) {
      if (entry.isSymlink) await collect(`${own}/${entry.name}`);
      else if (entry.name.startsWith("@")) {
        for await (const scoped of Deno.readDir(`${own}/${entry.name}`)) {
          if (scoped.isSymlink) await collect(`${own}/${entry.name}/${scoped.name}`);
        }
      }
    }
  };
  for (const name of names) {
    // A package that only types come from is not there at run time.
    if (name.startsWith("@types/")) continue;
    const link = `${modules}/${name}`;
    if (!await Deno.lstat(link).then(() => true, () => false)) continue;
    await collect(link);
    await Deno.mkdir(dirname(`${to}/${name}`), { recursive: true });
    await Deno.symlink(await Deno.readLink(link), `${to}/${name}`);
  }
}

export async function assemble(service: Service, folder: string): Promise<string[]> {
  const rights = await rightsOf(service, SERVICES);
  const entries = rights.scripts.map((script) => `${ROOT}${service.folder}/${script}.ts`);
  const { packages, modules } = await needsOf([...entries, `${ROOT}deploy/images/health.ts`]);
  for (const part of [service.folder, "shared"]) {
    await copySources(`${ROOT}${part}`, `${folder}/${part}`, modules);
  }
  await copyPackages(packages, `${folder}/node_modules`);
  if (service.name === "gateway" && await isFile(`${ROOT}web/dist/index.html`)) {
    await copyTree(`${ROOT}web/dist`, `${folder}/web/dist`);
  }
  const { imports, compilerOptions }: Manifest = JSON.parse(
    await Deno.readTextFile(`${ROOT}deno.json`),
  );
  await Deno.writeTextFile(
    `${folder}/deno.json`,
    JSON.stringify({
      workspace: ["./shared", `./${service.folder}`],
      // What is in node_modules is all there is: nothing is ever looked up or fetched.
      nodeModulesDir: "manual",
      lock: false,
      imports: Object.fromEntries(
        Object.entries(imports).filter(([, target]) =>
          [...packages].some((name) => target.startsWith(`npm:${name}@`)) ||
          !target.startsWith("npm:")
        ),
      ),
      compilerOptions,
    }),
  );
  await Deno.writeTextFile(`${folder}/rights`, toShell(service, rights));
  for (const file of ["start", "health.ts"]) {
    await Deno.copyFile(`${ROOT}deploy/images/${file}`, `${folder}/${file}`);
  }
  await Deno.chmod(`${folder}/start`, 0o755);
  return [...packages].sort();
}

if (import.meta.main) {
  const [name, folder] = Deno.args;
  if (name === undefined || folder === undefined) {
    throw new TypeError("Usage: assemble.ts <service> <folder>");
  }
  await assemble(getService(name), folder);
}
