/** Wraps the features of a service: request id, actor, errors, health and the OpenAPI document. */
import { createMiddleware } from "hono/factory";
import type { Actor } from "../auth/actor.ts";
import { asProblem, common, Problem, toResponse } from "../problem/problem.ts";
import { type Log, silent } from "../telemetry/log.ts";
import type { Metrics } from "../telemetry/metrics.ts";
import { inSpan, parentOf } from "../telemetry/trace.ts";
import { type Api, createApi, type RequestFacts } from "./api.ts";
import { docsRoutes } from "./docs.ts";
import { requestIdOf } from "./request_id.ts";
import { checkReadiness, type ReadyChecks } from "./readiness.ts";

/** What `main.ts` brings to a service's `createApp`, and tests bring in their own way. */
export type Surroundings = {
  /** Who is calling; `anonymous` for a stranger. Throws only when it cannot find out (503). */
  identify: (request: Request) => Promise<Actor>;
  ready?: ReadyChecks;
  log?: Log;
  metrics?: Metrics;
};

type ServiceOptions = Surroundings & {
  /** As in `identity`: names the service in its document. */
  name: string;
  /** Each serves its full public paths. */
  features: Api[];
};

const WATCHED: ReadonlySet<string> = new Set(["/health", "/ready"]);

/** A service that asks another outside of any request (a long poll, a batch) begins no trace. */
const isTraced = (path: string, headers: Headers): boolean =>
  !WATCHED.has(path) && (!path.startsWith("/internal/") || headers.has("traceparent"));

export function createService(
  { name, identify, features, ready = {}, log = silent, metrics }: ServiceOptions,
): Api {
  const app = createApi();
  app.use(createMiddleware<{ Variables: RequestFacts }>(async (c, next) => {
    const startedAt = performance.now();
    const requestId = requestIdOf(c.req.raw.headers);
    c.set("requestId", requestId);
    const { method, path } = c.req;
    await inSpan(method, {
      kind: "server",
      parent: isTraced(path, c.req.raw.headers)
        ? parentOf(c.req.raw.headers, requestId)
        : undefined,
      attributes: { "http.request.method": method },
    }, async (span) => {
      await next();
      const seconds = (performance.now() - startedAt) / 1000;
      // The template, not the path: a path may hold what a log must not.
      const route = c.req.routePath;
      const { status } = c.res;
      metrics?.observe(method, route, status, seconds);
      span?.updateName(`${method} ${route}`);
      span?.setAttribute("http.route", route);
      span?.setAttribute("http.response.status_code", status);
      // Asked every second by whoever watches.
      if (WATCHED.has(route)) return;
      log.info("request", { requestId, method, route, status, ms: Math.round(seconds * 1000) });
    });
  }));

  app.get("/health", (c) => c.json({ status: "up" }));
  app.get("/ready", async (c) => {
    const missing = await checkReadiness(ready);
    return missing.length === 0
      ? c.json({ status: "ready" })
      : c.json({ status: "not ready", missing }, 503, { "retry-after": "1" });
  });

  app.use(
    "/*",
    createMiddleware<{ Variables: RequestFacts }>(async (c, next) => {
      c.set("actor", await identify(c.req.raw));
      await next();
    }),
  );
  for (const feature of features) app.route("/", feature);

  app.openAPIRegistry.registerComponent("securitySchemes", "accessToken", {
    type: "http",
    scheme: "bearer",
    bearerFormat: "JWT",
  });
  app.openAPIRegistry.registerComponent("securitySchemes", "serviceToken", {
    type: "http",
    scheme: "bearer",
    bearerFormat: "JWT",
    description: "A short-lived token of another service of the platform.",
  });
  // Built once: the document cannot change while the process runs.
  const document = app.getOpenAPI31Document({
    openapi: "3.1.0",
    info: { title: `Praxis ${name}`, version: "1" },
  });
  app.route("/", docsRoutes(name, document));

  const own = ["/health", "/ready", "/docs", "/openapi.json"].map((path) => ({
    pattern: new RegExp(`^${path}$`),
    methods: ["GET"],
  }));
  const documented = Object.entries(document.paths ?? {}).map(([path, operations]) => ({
    pattern: new RegExp(`^${path.replace(/\{\w+\}/g, "[^/]+")}$`),
    methods: Object.keys(operations).map((method) => method.toUpperCase()),
  }));
  app.notFound((c) => {
    const methods = [...own, ...documented].filter(({ pattern }) => pattern.test(c.req.path))
      .flatMap((entry) => entry.methods);
    if (methods.length === 0) throw common("not-found");
    if (methods.includes("GET")) methods.push("HEAD");
    throw common("method-not-allowed", { headers: { allow: methods.sort().join(", ") } });
  });
  app.onError((error, c) => {
    const requestId = c.get("requestId");
    const response = toResponse(error, requestId);
    metrics?.problem(asProblem(error)?.kind ?? "internal");
    // A problem of class 5xx was thrown on purpose: it needs no stack.
    if (error instanceof Problem) log.info("problem", { requestId, kind: error.kind });
    else if (response.status >= 500) log.error("request failed", error, { requestId });
    return response;
  });
  return app;
}
