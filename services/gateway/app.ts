/** What happens to a request, step by step, from its first byte to the answer. */
import { docsPage, requestIdOf } from "@praxis/shared/http";
import { common, toResponse } from "@praxis/shared/problem";
import { allowOrigin, isPreflight, preflight } from "./cors.ts";
import type { Deps } from "./deps.ts";
import { ClientGone, forward, Unreachable } from "./forward.ts";
import { headerBytes, type HeaderList, secure, towardsService } from "./headers.ts";
import { networkOf, type Verdict } from "./limits.ts";
import { targetOf } from "./path.ts";
import { isHidden, type Route, routeOf } from "./routing.ts";
import { wantsPage } from "./web.ts";

const METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
const READING = ["GET", "HEAD", "OPTIONS"];

/** Deno itself ends a connection somewhere between 64 and 100 KiB of headers, with a bare 400. */
const HEADER_BYTES_MAX = 32 * 1024;

/** Without word from identity for so long, a revoked session might still pass: only reads go on. */
const STALE_SECONDS_MAX = 60;

const SIGN_IN = "/auth/login";

/** Asked all the time by whatever keeps the process running: no news for a log. */
const WATCHED: ReadonlySet<string> = new Set(["/health", "/ready"]);

/** Never sent: the connection is gone. Seen in logs and figures only. */
const CLIENT_GONE_STATUS = 499;

const retryAfter = (seconds: number) => ({ headers: { "retry-after": String(seconds) } });

type Exchange = {
  requestId: string;
  /** The peer's address. */
  address: string;
  /** For logs and figures: a path may hold what those must not. */
  route: string;
};

type Info = { remoteAddr: Deno.NetAddr };

/** The handler of `Deno.serve`. */
export function createApp(deps: Deps): (request: Request, info: Info) => Promise<Response> {
  const { callers, discover, limiters, readiness, web, allowedOrigins, log } = deps;
  const docs = docsPage("API");
  docs.onError((error) => {
    throw error;
  });

  return async (request, info) => {
    const startedAt = performance.now();
    const exchange: Exchange = {
      requestId: requestIdOf(request.headers),
      address: info.remoteAddr.hostname,
      route: "none",
    };
    const response = await answer(request, exchange).catch((error) => refuse(error, exchange));
    secure(response.headers, exchange.requestId, deps.isProduction);
    allowOrigin(response.headers, request.headers.get("origin"), allowedOrigins);
    observe(request, response.status, exchange, performance.now() - startedAt);
    return response;
  };

  async function answer(request: Request, exchange: Exchange): Promise<Response> {
    const target = targetOf(request.url);
    if (!target) throw common("malformed", { detail: "The address is not in its normal form." });
    if (isPreflight(request)) return preflight(request.headers.get("origin"), allowedOrigins);
    const headers = [...request.headers];
    checkRequest(request, headers);

    const own = await answerOwn(request, target.path, exchange);
    if (own) return own;
    const route = routeOf(target.path);
    if (!route) return answerUnknown(request, target.path, exchange);

    exchange.route = route.prefix;
    limitRate(request, target.path, exchange.address);
    const context = route.takesCredentials ? [] : await contextOf(request, route);
    try {
      return await forward(request, {
        ...deps.forwardLimits,
        url: discover(route.service).replace(/\/$/, "") + target.path + target.query,
        headers: towardsService(headers, {
          route,
          requestId: exchange.requestId,
          address: exchange.address,
          publicUrl: deps.publicUrl,
          context,
        }),
      });
    } catch (error) {
      if (!(error instanceof Unreachable)) throw error;
      readiness.markDown(route.service);
      throw common("unavailable", retryAfter(1));
    }
  }

  function checkRequest(request: Request, headers: HeaderList): void {
    if (!METHODS.includes(request.method)) {
      throw common("method-not-allowed", { headers: { allow: METHODS.join(", ") } });
    }
    if (headerBytes(headers) + request.url.length > HEADER_BYTES_MAX) {
      throw common("malformed", { detail: "The headers are larger than 32 KiB." });
    }
    if (request.headers.get("upgrade")?.toLowerCase() === "websocket") {
      throw common("malformed", { detail: "WebSocket is not spoken here." });
    }
    if (Number(request.headers.get("content-length")) > deps.forwardLimits.bodyBytesMax) {
      throw common("too-large");
    }
  }

  /** The gateway's own few routes. */
  async function answerOwn(
    request: Request,
    path: string,
    exchange: Exchange,
  ): Promise<Response | undefined> {
    const find = (): (() => Response | Promise<Response>) | undefined => {
      if (path === "/health") return () => Response.json({ status: "up" });
      if (path === "/ready") return answerReady;
      if (path === "/openapi.json") return answerDocument;
      if (path === "/docs" || path.startsWith("/docs/")) return () => docs.fetch(request);
      return web.asset(path);
    };
    const route = find();
    if (!route) return undefined;
    exchange.route = `/${path.split("/")[1]}`;
    if (request.method !== "GET" && request.method !== "HEAD") {
      throw common("method-not-allowed", { headers: { allow: "GET, HEAD" } });
    }
    return await route();
  }

  function answerReady(): Response {
    const isStale = deps.staleSeconds() > STALE_SECONDS_MAX;
    const report = { ...readiness.report(), revocations: isStale ? "stale" : "current" };
    return report.status === "ready"
      ? Response.json(report)
      : Response.json(report, { status: 503, ...retryAfter(1) });
  }

  async function answerDocument(): Promise<Response> {
    const headers = { "content-type": "application/json" };
    return new Response(await deps.document(), { headers });
  }

  function answerUnknown(request: Request, path: string, exchange: Exchange): Promise<Response> {
    if (isHidden(path) || !wantsPage(request)) throw common("not-found");
    exchange.route = "web";
    return web.page();
  }

  /** A stranger's requests count against the address before anything is computed for them. */
  function limitRate(request: Request, path: string, address: string): void {
    const network = networkOf(address);
    if (path === SIGN_IN) demand(limiters.signIn(network));
    const user = callers.knownUser(request.headers);
    demand(user === undefined ? limiters.address(network) : limiters.user(user));
  }

  /** The caller's signed context; none for a stranger, whom a service may still let in. */
  async function contextOf(request: Request, { service }: Route): Promise<HeaderList> {
    if (!request.headers.has("authorization")) return [];
    let context;
    try {
      context = await callers.contextFor(service, request.headers);
    } catch (cause) {
      // Not knowing is not a refusal: the caller may come again.
      throw Object.assign(common("unavailable", retryAfter(1)), { cause });
    }
    if (!context) throw common("not-signed-in");
    if (!READING.includes(request.method) && deps.staleSeconds() > STALE_SECONDS_MAX) {
      throw common("unavailable", {
        ...retryAfter(5),
        detail: "Nothing can be changed until sessions can be checked again.",
      });
    }
    return context;
  }

  function refuse(error: unknown, { requestId }: Exchange): Response {
    if (error instanceof ClientGone) return new Response(null, { status: CLIENT_GONE_STATUS });
    const response = toResponse(error, requestId);
    if (response.status >= 500) log.error("request failed", error, { requestId });
    return response;
  }

  function observe(
    { method }: Request,
    status: number,
    { requestId, route }: Exchange,
    ms: number,
  ): void {
    const known = METHODS.includes(method) ? method : "other";
    deps.metrics?.observe(known, route, status, ms / 1000);
    if (WATCHED.has(route)) return;
    log.info("request", { requestId, method: known, route, status, ms: Math.round(ms) });
  }
}

function demand(verdict: Verdict): void {
  if (!verdict.isAllowed) throw common("too-many-requests", { headers: verdict.headers });
}
