/** The page a browser gets where no service answers: for now one, until the web app stands here. */

const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

const files: Record<string, string> = {
  "index.html": "text/html; charset=utf-8",
  "page.css": "text/css; charset=utf-8",
  "status.js": "text/javascript; charset=utf-8",
};

export type Web = {
  /** The page, with a policy of its own. */
  page(): Response;
  /** What the page loads from `/assets/`; undefined for another name. */
  asset(name: string): Response | undefined;
};

/** Reads the files once: they cannot change while the process runs. */
export function loadWeb(folder = new URL("./web/", import.meta.url)): Web {
  const bytes = Object.fromEntries(
    Object.keys(files).map((name) => [name, Deno.readFileSync(new URL(name, folder))]),
  );
  const answer = (name: string, headers: Record<string, string> = {}) =>
    new Response(bytes[name]!, { headers: { "content-type": files[name]!, ...headers } });
  return {
    page: () => answer("index.html", { "content-security-policy": POLICY, vary: "accept" }),
    asset: (name) => name !== "index.html" && Object.hasOwn(files, name) ? answer(name) : undefined,
  };
}

/** A browser that opens an address, rather than a program that asks for data. */
export function wantsPage(request: Request): boolean {
  return (request.method === "GET" || request.method === "HEAD") &&
    (request.headers.get("accept") ?? "").includes("text/html");
}
