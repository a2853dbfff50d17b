/** What happens to a request, step by step, from its first byte to the answer. */
import { docsPage, requestIdOf } from "@praxis/shared/http";
import { asProblem, common, Problem, toResponse } from "@praxis/shared/problem";
import { inSpan, parentOf } from "@praxis/shared/telemetry";
import { allowOrigin, isPreflight, preflight } from "./cors.ts";
import type { Deps } from "./deps.ts";
import { networkOf } from "./addresses.ts";
import { ClientGone, forward } from "./forward.ts";
import {
  headerBytes,
  type HeaderList,
  listOf,
  secure,
  towardsRegion,
  towardsService,
} from "./headers.ts";
import type { Limiter, Verdict } from "./limits.ts";
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

const SIGN_IN = "/auth/login";

/** Asked all the time by whatever keeps the process running: no news for a log. */
const WATCHED: ReadonlySet<string> = new Set(["/health", "/ready"]);

/** Never sent: the connection is gone. Seen in logs and figures only. */
const CLIENT_GONE_STATUS = 499;

const retryAfter = (seconds: number) => ({ headers: { "retry-after": String(seconds) } });

type Exchange = {
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
  docs.onError((error) => {
    throw error;
  });

  return async (request, info) => {
    const startedAt = performance.now();
    const exchange: Exchange = {
      requestId: requestIdOf(request.headers),
      address: deps.clientAddress(
        info.remoteAddr.hostname,
        request.headers.get("x-forwarded-for"),
      ),
      route: "none",
    };
    const { requestId } = exchange;
    const { method } = request;
    const parent = /\/(health|ready)$/.test(request.url)
      ? undefined
      : parentOf(request.headers, requestId);
    return await inSpan("request", { kind: "server", parent }, async (span) => {
      const response = await answer(request, exchange).catch((error) => refuse(error, exchange));
      secure(response.headers, requestId, deps.isProduction);
      allowOrigin(response.headers, request.headers.get("origin"), allowedOrigins);
      for (const [name, value] of Object.entries(exchange.limits?.headers() ?? {})) {
        response.headers.set(name, value);
      }
      const known = METHODS.includes(method) ? method : "other";
      span?.updateName(`${known} ${exchange.route}`);
      span?.setAttribute("http.request.method", known);
      span?.setAttribute("http.route", exchange.route);
      span?.setAttribute("http.response.status_code", response.status);
      observe(known, response.status, exchange, performance.now() - startedAt);
      return response;
    });
  };

  async function answer(request: Request, exchange: Exchange): Promise<Response> {
    const target = targetOf(request.url, request.headers.get("host"));
    if (!target) throw common("malformed", { detail: "The address is not in its normal form." });
    if (isPreflight(request)) return preflight(request.headers.get("origin"), allowedOrigins);
    const headers = listOf(request.headers);
    checkRequest(request, headers);

    const own = await answerOwn(request, target.path, exchange);
    if (own) return own;
    const route = routeOf(target.path);
    if (!route) return answerUnknown(request, target, exchange);

    exchange.route = route.prefix;
    await limitRate(request, target.path, exchange);
    const read = hasRegions && route.takesCredentials ? await readRegion(request) : { request };
    request = read.request;
    const linked = hasRegions ? regionOfLink(target.path) : undefined;
    const elsewhere = regionUrl(request, target.path, linked, read.region);
    if (elsewhere) {
      return await handOver(request, elsewhere, target, exchange, linked === undefined);
    }
    const context = route.takesCredentials ? [] : await contextOf(request, route);
    // After an upgrade the request's own headers cannot be read any more.
    const authorization = request.headers.get("authorization");
    const response = await dispatch(request, {
      service: route.service,
      target: target.path + target.query,
      headers: towardsService(headers, {
        route,
        requestId: exchange.requestId,
        address: exchange.address,
        publicUrl: deps.publicUrl,
        context,
      }),
      stickyKey: callers.known(request.headers)?.organizationId ?? networkOf(exchange.address),
      isStillAllowed: authorization === null ? undefined : async () => {
        const credentials = new Headers({ authorization });
        return await callers.contextFor(route.service, credentials) !== undefined;
      },
    });
    // A secret beside something that a stranger chose must not be packed with it (BREACH).
    if (route.takesCredentials) response.headers.append("cache-control", "no-transform");
    return response;
  }

  /** The gateway of the region that the request belongs to, when that is not this one. */
  function regionUrl(
    request: Request,
    path: string,
    linked: string | undefined,
    named: string | undefined,
  ): string | undefined {
    if (!hasRegions) return undefined;
    // A link leads to the same place whoever follows it.
    if (linked === undefined && callers.known(request.headers)) return undefined;
    const region = linked ?? named ?? regionOf(path, request.headers);
    if (region === undefined || region === deps.region) return undefined;
    // A second hop would be a loop.
    return request.headers.has(REGION_HOP) ? undefined : deps.regions[region];
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
    const inbound = listOf(request.headers).filter(([name]) =>
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

  function checkRequest(request: Request, headers: HeaderList): void {
    if (!METHODS.includes(request.method)) {
      throw common("method-not-allowed", { headers: { allow: METHODS.join(", ") } });
    }
    if (headerBytes(headers) + request.url.length > HEADER_BYTES_MAX) {
      throw common("malformed", { detail: "The headers are larger than 32 KiB." });
    }
    if (isWebSocket(request) && request.method !== "GET") throw common("malformed");
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
      return deps.devServer ? undefined : web.asset(path);
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

  /**
   * The narrowest first: what one may not have is not taken from those who share the wider with
   * him. A stranger's requests count against the address before anything is computed for them.
   */
  async function limitRate(request: Request, path: string, exchange: Exchange): Promise<void> {
    const network = networkOf(exchange.address);
    const known = callers.known(request.headers);
    if (path === SIGN_IN) await demand(limiters.signIn, network, exchange);
    if (known === undefined) {
      await demand(limiters.address, network, exchange);
      const key = keyOf(request.headers);
      // Anybody can say this name: from elsewhere that costs the program itself nothing.
      if (key !== undefined) await demand(limiters.key, `${key} ${network}`, exchange);
      return;
    }
    await demand(limiters.user, known.userId, exchange);
    if (known.clientId !== undefined) await demand(limiters.key, known.clientId, exchange);
    await demand(limiters.organization, known.organizationId, exchange);
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

/** Waits only where memory does not know. The first bucket asked is told, or the one that refuses. */
async function demand(limiter: Limiter, key: string, exchange: Exchange): Promise<void> {
  const answer = limiter(key);
  const verdict = answer instanceof Promise ? await answer : answer;
  exchange.limits ??= verdict;
  if (verdict.isAllowed) return;
  exchange.limits = verdict;
  throw common("too-many-requests", { headers: verdict.headers() });
}

/** The client id of a program's own credentials (RFC 6749 §2.3.1), as it says it is called. */
function keyOf(headers: Headers): string | undefined {
  const basic = /^Basic ([\w+/]{4,512}={0,2})$/i.exec(headers.get("authorization") ?? "")?.[1];
  return basic === undefined ? undefined : atobOrNothing(basic)?.split(":")[0]?.slice(0, 128);
}

function atobOrNothing(text: string): string | undefined {
  try {
    return atob(text);
  } catch {
    return undefined;
  }
}
