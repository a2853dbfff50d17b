/** The OpenAPI document and a page to read it, with nothing loaded from outside. */
import swaggerUi from "swagger-ui-dist";
import { Hono } from "hono";
import { common } from "../problem/problem.ts";

const FILES: Record<string, string> = {
  "swagger-ui.css": "text/css; charset=utf-8",
  "swagger-ui-bundle.js": "text/javascript; charset=utf-8",
};

/** No inline script or style tag, nothing from another origin. Swagger UI sets style attributes. */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const page = (title: string) =>
  `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/docs/swagger-ui.css">
</head>
<body>
<main id="docs"></main>
<script src="/docs/swagger-ui-bundle.js"></script>
<script src="/docs/start.js"></script>
</body>
</html>
`;

const START = `SwaggerUIBundle({ url: "/openapi.json", dom_id: "#docs", deepLinking: true });\n`;

/** `/openapi.json` and the page that shows it. */
export function docsRoutes(name: string, document: unknown): Hono {
  const text = JSON.stringify(document);
  const app = docsPage(name);
  app.get("/openapi.json", (c) => c.body(text, 200, { "content-type": "application/json" }));
  return app;
}

/** `/docs` and the three files of the page, which reads `/openapi.json`. */
export function docsPage(name: string): Hono {
  const app = new Hono();
  app.get("/docs", (c) =>
    c.body(page(`Praxis ${name}`), 200, {
      "content-type": "text/html; charset=utf-8",
      "content-security-policy": POLICY,
    }));
  app.get("/docs/:file", async (c) => {
    const file = c.req.param("file");
    if (file === "start.js") {
      return c.body(START, 200, { "content-type": "text/javascript; charset=utf-8" });
    }
    const type = FILES[file];
    if (!type) throw common("not-found");
    const bytes = await Deno.readFile(`${swaggerUi.getAbsoluteFSPath()}/${file}`).catch(() => {
      // An edge has no files.
      throw common("not-found");
    });
    return c.body(bytes, 200, { "content-type": type });
  });
  return app;
}
