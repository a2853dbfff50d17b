/** What happens to a request, step by step, from its first byte to the answer. */
import { docsPage, requestIdOf } from "@praxis/shared/http";
import { asProblem, common, Problem, toResponse } from "@praxis/shared/problem";
import { inSpan, parentOf, type TracedSpan } from "@praxis/shared/telemetry";
import { allowOrigin, isPreflight, preflight } from "./cors.ts";
import type { Deps } from "./deps.ts";
import { networkOf } from "./addresses.ts";
import { bucketsOf } from "./buckets.ts";
import { ClientGone, forward } from "./forward.ts";
import {
  headerBytes,
  type HeaderList,
  type Inbound,
  readHeaders,
  secure,
  towardsRegion,
  towardsService,
} from "./headers.ts";
import type { Verdict } from "./limits.ts";
import { type Target, targetOf } from "./path.ts";
import { readRegion, REGION_HOP, regionOf, regionOfLink } from "./regions.ts";
import { isHidden, type Route, routeOf } from "./routing.ts";
import { wantsPage } from "./web.ts";
import { isWebSocket } from "./websocket.ts";

const METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
const READING = ["GET", "HEAD", "OPTIONS"];

/** Deno itself ends a connection somewhere between 64 and 100 KiB of headers, with a bare 400. */
const HEADER_BYTES_MAX = 32 * 1024;

/** Without word from identity for so long, a revoked session might still pass: only reads go on. */
const STALE_SECONDS_MAX = 60;

/** Asked all the time by whatever keeps the process running: no news for a log. */
const WATCHED: ReadonlySet<string> = new Set(["/health", "/ready"]);

/** Never sent: the connection is gone. Seen in logs and figures only. */
const CLIENT_GONE_STATUS = 499;

const retryAfter = (seconds: number) => ({ headers: { "retry-after": String(seconds) } });

type Exchange = {
  /** After an upgrade the request's own headers cannot be read any more. */
  inbound: Inbound;
  requestId: string;
  /** The client's address, as far as it is known to be true. */
  address: string;
  /** `RateLimit` headers of the narrowest bucket, or of the one that is empty. */
  limits?: Verdict;
  /** For logs and figures: a path may hold what those must not. */
  route: string;
};

type Info = { remoteAddr: Deno.NetAddr };

/** The handler of `Deno.serve`. */
export function createApp(deps: Deps): (request: Request, info: Info) => Promise<Response> {
  const { callers, dispatch, limiters, readiness, web, allowedOrigins, log } = deps;
  const docs = docsPage("API");
  const hasRegions = Object.keys(deps.regions).length > 0;
  const { host, protocol } = deps.publicUrl;
  docs.onError((error) => {
    throw error;
  });

  return (request, info) => {
    const startedAt = performance.now();
    const inbound = readHeaders(request.headers);
    const exchange: Exchange = {
      inbound,
      requestId: requestIdOf(inbound),
      address: deps.clientAddress(info.remoteAddr.hostname, inbound.get("x-forwarded-for")),
      route: "none",
    };
    const parent = /\/(health|ready)$/.test(request.url)
      ? undefined
      : parentOf(inbound, exchange.requestId);
    if (parent === undefined) return respond(request, exchange, startedAt);
    return inSpan(
      "request",
      { kind: "server", parent },
      (span) => respond(request, exchange, startedAt, span),
    );
  };

  async function respond(
    request: Request,
    exchange: Exchange,
    startedAt: number,
    span?: TracedSpan,
  ): Promise<Response> {
    const { method } = request;
    let response: Response;
    try {
      response = await answer(request, exchange);
    } catch (error) {
      response = refuse(error, exchange);
    }
    const { headers } = response;
    secure(headers, exchange.requestId, deps.isProduction);
    allowOrigin(headers, exchange.inbound.get("origin"), allowedOrigins);
    const limits = exchange.limits?.headers();
    for (const name in limits) headers.set(name, limits[name]!);
    const known = METHODS.includes(method) ? method : "other";
    span?.updateName(`${known} ${exchange.route}`);
    span?.setAttribute("http.request.method", known);
    span?.setAttribute("http.route", exchange.route);
    span?.setAttribute("http.response.status_code", response.status);
    observe(known, response.status, exchange, performance.now() - startedAt);
    return response;
  }

  async function answer(request: Request, exchange: Exchange): Promise<Response> {
    const { inbound } = exchange;
    const target = targetOf(request.url, inbound.get("host"));
    if (!target) throw common("malformed", { detail: "The address is not in its normal form." });
    if (isPreflight(request)) return preflight(request.headers.get("origin"), allowedOrigins);
    const isSocket = isWebSocket(inbound);
    checkRequest(request, inbound, isSocket);

    const own = ownRoute(request, target.path);
    if (own) return await answerOwn(request, target.path, own, exchange);
    const route = routeOf(target.path);
    if (!route) return await answerUnknown(request, target, exchange);

    exchange.route = route.prefix;
    const known = callers.known(inbound);
    const facts = { path: target.path, inbound, address: exchange.address, known };
    for (const [limiter, key] of bucketsOf(limiters, facts)) {
      const verdict = limiter(key);
      count(verdict instanceof Promise ? await verdict : verdict, exchange);
    }
    const read = hasRegions && route.takesCredentials ? await readRegion(request) : { request };
    request = read.request;
    const linked = hasRegions ? regionOfLink(target.path) : undefined;
    const elsewhere = regionUrl(inbound, target.path, linked, read.region);
    if (elsewhere) {
      return await handOver(request, elsewhere, target, exchange, linked === undefined);
    }
    const isKnowable = !route.takesCredentials && inbound.get("authorization") !== undefined;
    const response = await dispatch(request, {
      service: route.service,
      target: target.path + target.query,
      headers: towardsService(inbound.list, {
        route,
        requestId: exchange.requestId,
        address: exchange.address,
        publicUrl: { host, protocol },
        context: isKnowable ? await contextOf(request.method, inbound, route) : [],
      }),
      isWebSocket: isSocket,
      stickyKey: callers.known(inbound)?.organizationId ?? networkOf(exchange.address),
      isStillAllowed: inbound.get("authorization") === undefined
        ? undefined
        : async () => await callers.contextFor(route.service, inbound) !== undefined,
    });
    // A secret beside something that a stranger chose must not be packed with it (BREACH).
    if (route.takesCredentials) response.headers.append("cache-control", "no-transform");
    return response;
  }

  /** The gateway of the region that the request belongs to, when that is not this one. */
  function regionUrl(
    inbound: Inbound,
    path: string,
    linked: string | undefined,
    named: string | undefined,
  ): string | undefined {
    if (!hasRegions) return undefined;
    // A link leads to the same place whoever follows it.
    if (linked === undefined && callers.known(inbound)) return undefined;
    const region = linked ?? named ?? regionOf(path, inbound);
    if (region === undefined || region === deps.region) return undefined;
    // A second hop would be a loop.
    return inbound.get(REGION_HOP) === undefined ? deps.regions[region] : undefined;
  }

  /**
   * As it came: that region decides. Credentials go along only when they, or the body, are what
   * led there; who follows a link may have them from anywhere, and the link needs none.
   */
  async function handOver(
    request: Request,
    url: string,
    { path, query }: Target,
    exchange: Exchange,
    withCredentials: boolean,
  ): Promise<Response> {
    exchange.route = "region";
    const inbound = exchange.inbound.list.filter(([name]) =>
      withCredentials || name !== "authorization" && name !== "cookie"
    );
    try {
      return await forward(request, {
        ...deps.forwardLimits,
        url: url.replace(/\/$/, "") + path + query,
        headers: towardsRegion(inbound, exchange.requestId, exchange.address),
      });
    } catch (error) {
      if (error instanceof ClientGone || error instanceof Problem) throw error;
      throw common("unavailable", retryAfter(1));
    }
  }

  function checkRequest(request: Request, inbound: Inbound, isSocket: boolean): void {
    if (!METHODS.includes(request.method)) {
      throw common("method-not-allowed", { headers: { allow: METHODS.join(", ") } });
    }
    if (headerBytes(inbound.list) + request.url.length > HEADER_BYTES_MAX) {
      throw common("malformed", { detail: "The headers are larger than 32 KiB." });
    }
    if (isSocket && request.method !== "GET") throw common("malformed");
    if (Number(inbound.get("content-length")) > deps.forwardLimits.bodyBytesMax) {
      throw common("too-large");
    }
  }

  /** The gateway's own few routes. */
  function ownRoute(
    request: Request,
    path: string,
  ): (() => Response | Promise<Response>) | undefined {
    if (path === "/health") return () => Response.json({ status: "up" });
    if (path === "/ready") return answerReady;
    if (path === "/openapi.json") return answerDocument;
    if (path === "/docs" || path.startsWith("/docs/")) return () => docs.fetch(request);
    return deps.devServer ? undefined : web.asset(path);
  }

  function answerOwn(
    { method }: Request,
    path: string,
    route: () => Response | Promise<Response>,
    exchange: Exchange,
  ): Response | Promise<Response> {
    exchange.route = `/${path.split("/")[1]}`;
    if (method !== "GET" && method !== "HEAD") {
      throw common("method-not-allowed", { headers: { allow: "GET, HEAD" } });
    }
    return route();
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

  function answerUnknown(
    request: Request,
    { path, query }: Target,
    exchange: Exchange,
  ): Promise<Response> {
    if (isHidden(path)) throw common("not-found");
    const { devServer, publicUrl } = deps;
    if (devServer && READING.includes(request.method)) {
      exchange.route = "web";
      return devServer(request, { path, query, requestId: exchange.requestId, publicUrl });
    }
    if (!wantsPage(request)) throw common("not-found");
    exchange.route = "web";
    return web.page();
  }

  /** The caller's signed context; a stranger has none, whom a service may still let in. */
  async function contextOf(
    method: string,
    inbound: Inbound,
    { service }: Route,
  ): Promise<HeaderList> {
    let context;
    try {
      context = await callers.contextFor(service, inbound);
    } catch (cause) {
      // Not knowing is not a refusal: the caller may come again.
      throw Object.assign(common("unavailable", retryAfter(1)), { cause });
    }
    if (!context) throw common("not-signed-in");
    if (!READING.includes(method) && deps.staleSeconds() > STALE_SECONDS_MAX) {
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
    deps.metrics?.problem(asProblem(error)?.kind ?? "internal");
    if (response.status >= 500) log.error("request failed", error, { requestId });
    return response;
  }

  function observe(
    method: string,
    status: number,
    { requestId, route }: Exchange,
    ms: number,
  ): void {
    deps.metrics?.observe(method, route, status, ms / 1000);
    if (WATCHED.has(route)) return;
    log.info("request", { requestId, method, route, status, ms: Math.round(ms) });
  }
}

/** The first bucket asked is told to the client, or the one that refuses. */
function count(verdict: Verdict, exchange: Exchange): void {
  exchange.limits ??= verdict;
  if (verdict.isAllowed) return;
  exchange.limits = verdict;
  throw common("too-many-requests", { headers: verdict.headers() });
}
