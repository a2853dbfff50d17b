/** Serves web/dist as production does, and passes what belongs to the platform on to its gateway. */

const DIST = new URL("../dist/", import.meta.url);

/** What the gateway sends with the app. No inline script or style, nothing from outside. */
export const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' blob: data:",
  "font-src 'self'",
  "connect-src 'self'",
  "worker-src 'self'",
  "manifest-src 'self'",
  "frame-ancestors 'none'",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'self'",
].join("; ");

const TYPES: Record<string, string> = {
  html: "text/html; charset=utf-8",
  js: "text/javascript; charset=utf-8",
  mjs: "text/javascript; charset=utf-8",
  css: "text/css; charset=utf-8",
  svg: "image/svg+xml",
};
const PLATFORM = /^\/(auth|api|oauth|health|ready)(\/|$)/;

async function fileAt(dist: URL, path: string): Promise<Response | undefined> {
  if (path.includes("..") || path.endsWith("/")) return undefined;
  try {
    const bytes = await Deno.readFile(new URL(`.${path}`, dist));
    const isHashed = path.startsWith("/assets/");
    return new Response(bytes, {
      headers: {
        "content-type": TYPES[path.split(".").at(-1)!] ?? "application/octet-stream",
        "cache-control": isHashed ? "public, max-age=31536000, immutable" : "no-cache",
        "x-content-type-options": "nosniff",
        "content-security-policy": POLICY,
      },
    });
  } catch {
    return undefined;
  }
}

async function pass(request: Request, gateway: string): Promise<Response> {
  const { pathname, search } = new URL(request.url);
  const headers = new Headers(request.headers);
  headers.delete("host");
  // As it is: fetch would undo a compression and leave the header that speaks of it.
  headers.set("accept-encoding", "identity");
  try {
    const answer = await fetch(`${gateway}${pathname}${search}`, {
      method: request.method,
      headers,
      body: request.body,
      redirect: "manual",
    });
    return new Response(answer.body, { status: answer.status, headers: answer.headers });
  } catch {
    return new Response("", { status: 502 });
  }
}

export type WebServer = { url: string; close(): Promise<void> };

/** `dist`: where the build is; its address ends with a slash. */
export function serveWeb(gateway: string, port = 0, dist = DIST): WebServer {
  const server = Deno.serve(
    { hostname: "127.0.0.1", port, onListen: () => {} },
    async (request) => {
      const { pathname } = new URL(request.url);
      if (PLATFORM.test(pathname)) return await pass(request, gateway);
      return await fileAt(dist, pathname) ??
        await fileAt(dist, "/index.html") ??
        new Response("web/dist is missing: deno run -A web/build.ts", { status: 500 });
    },
  );
  return {
    url: `http://localhost:${server.addr.port}`,
    close: () => server.shutdown(),
  };
}

if (import.meta.main) {
  const [gateway = "http://localhost:8000", port = "4173"] = Deno.args;
  serveWeb(gateway, Number(port));
}
