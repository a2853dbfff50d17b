/** What a browser gets where no service answers: the web app, or one plain page without it. */
import { common } from "@praxis/shared/problem";

const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' blob: data:",
  "font-src 'self'",
  "connect-src 'self'",
  "worker-src 'self'",
  "manifest-src 'self'",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join("; ");

const TYPES: Record<string, string> = {
  css: "text/css; charset=utf-8",
  html: "text/html; charset=utf-8",
  js: "text/javascript; charset=utf-8",
  json: "application/json",
  mjs: "text/javascript; charset=utf-8",
  svg: "image/svg+xml",
  wasm: "application/wasm",
};

export type Web = {
  /** The page, with a policy of its own. */
  page(): Promise<Response>;
  /** What the page loads, by its path; undefined for a path that is none of its files. */
  asset(path: string): (() => Promise<Response>) | undefined;
};

/** Every file below `folder`, as the path under which a browser asks for it. */
function listFiles(folder: URL, below = "/"): string[] {
  return [...Deno.readDirSync(new URL(`.${below}`, folder))].flatMap((entry) =>
    entry.isDirectory ? listFiles(folder, `${below}${entry.name}/`) : [`${below}${entry.name}`]
  );
}

/** An edge has no files: the app comes from elsewhere there. What was asked for must be there. */
function filesThatMayBeRead(folder: URL, isDemanded: boolean): string[] {
  try {
    return listFiles(folder);
  } catch (error) {
    const isAbsent = error instanceof Deno.errors.NotFound ||
      error instanceof Deno.errors.NotCapable;
    if (isDemanded || !isAbsent) throw error;
    return [];
  }
}

/** The plain page's files lie flat, and are asked for below `/assets/`. */
const PLAIN = new URL("./web/", import.meta.url);

/**
 * Serves the app that was built into `built`, or the plain page. The list of files is made once,
 * so no path that somebody asks for is ever looked up in the file system.
 */
export function loadWeb(built?: URL): Web {
  const folder = built ?? PLAIN;
  const files = filesThatMayBeRead(folder, built !== undefined);
  const paths = new Map(files.map((path) => [built ? path : `/assets${path}`, path]));
  async function answer(path: string, headers: Record<string, string>): Promise<Response> {
    const type = TYPES[path.split(".").at(-1)!] ?? "application/octet-stream";
    const bytes = await Deno.readFile(new URL(`.${path}`, folder));
    return new Response(bytes, {
      headers: { "content-type": type, "content-security-policy": POLICY, ...headers },
    });
  }
  return {
    page: () =>
      paths.size === 0
        ? Promise.reject(common("not-found"))
        : answer("/index.html", { vary: "accept", "cache-control": "no-cache" }),
    asset(path) {
      const file = paths.get(path);
      if (file === undefined || file === "/index.html" || file.startsWith("/.")) return undefined;
      // A built file's name holds a digest of what is in it.
      const isHashed = built !== undefined && path.startsWith("/assets/");
      return () =>
        answer(file, {
          "cache-control": isHashed ? "public, max-age=31536000, immutable" : "no-cache",
        });
    },
  };
}

/** A browser that opens an address, rather than a program that asks for data. */
export function wantsPage(request: Request): boolean {
  return (request.method === "GET" || request.method === "HEAD") &&
    (request.headers.get("accept") ?? "").includes("text/html");
}
