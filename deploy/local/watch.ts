/** Tells which services are affected when a source file changes. */
import type { Service, ServiceName } from "./services.ts";

export type Change = { services: ServiceName[]; path: string; isMigration: boolean };

const DEBOUNCE_MS = 120;
const WATCHED = /\.(ts|tsx|json|sql|html|css)$/;
const IGNORED = /(_test\.tsx?|\/testing(\.ts|\/.*)|\/node_modules\/.*|\/\.[^/]+)$/;

export function watchSources(
  root: string,
  services: readonly Service[],
  onChange: (changes: Change[]) => void,
): { close(): void } {
  const folders = ["shared", ...services.map((service) => service.folder)]
    .map((folder) => `${root}/${folder}`);
  const existing = folders.filter((folder) => {
    try {
      return Deno.statSync(folder).isDirectory;
    } catch {
      return false;
    }
  });
  if (existing.length === 0) return { close: () => {} };
  const watcher = Deno.watchFs(existing);
  const pending = new Map<string, Change>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  (async () => {
    for await (const event of watcher) {
      if (event.kind === "access") continue;
      for (const path of event.paths) {
        const change = classifyChange(path, root, services);
        if (change) pending.set(path, change);
      }
      if (pending.size === 0) continue;
      clearTimeout(timer);
      timer = setTimeout(() => {
        const changes = [...pending.values()];
        pending.clear();
        onChange(changes);
      }, DEBOUNCE_MS);
    }
  })();
  return {
    close() {
      clearTimeout(timer);
      watcher.close();
    },
  };
}

export function classifyChange(
  path: string,
  root: string,
  services: readonly Service[],
): Change | undefined {
  if (!WATCHED.test(path) || IGNORED.test(path)) return undefined;
  const isMigration = path.includes("/migrations/") || path.endsWith("/migrate.ts");
  if (path.startsWith(`${root}/shared/`)) {
    return { services: services.map(({ name }) => name), path, isMigration };
  }
  const owner = services.find((service) => path.startsWith(`${root}/${service.folder}/`));
  return owner && { services: [owner.name], path, isMigration };
}
