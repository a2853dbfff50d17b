/** In development the web app comes from Vite, through the gateway: a browser needs one port only. */
import { common } from "@praxis/shared/problem";
import { forward, type ForwardLimits, Unreachable } from "./forward.ts";
import { towardsService } from "./headers.ts";
import { wantsPage } from "./web.ts";
import { isWebSocket, passWebSocket } from "./websocket.ts";

/** Vite writes its preamble and its styles into the page, and speaks over a WebSocket. */
const POLICY = [
  "default-src 'self'",
  "script-src 'self' 'unsafe-inline'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' blob: data:",
  "connect-src 'self' ws:",
  "worker-src 'self' blob:",
  "object-src 'none'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join("; ");

/** Paths below which only services answer, whatever Vite would say. */
const SERVICES = /^\/(?:api|auth|oauth|fhir|hooks|dicom-web|cds-services|\.well-known)(?:\/|$)/;

type Facts = { path: string; query: string; requestId: string; publicUrl: URL };

export type DevServer = (request: Request, facts: Facts) => Promise<Response>;

/** Passes requests and the hot-update socket to the dev server at `url`. */
export function createDevServer(url: string, limits: ForwardLimits): DevServer {
  const base = url.replace(/\/$/, "");
  return async (request, { path, query, requestId, publicUrl }) => {
    if (SERVICES.test(path)) throw common("not-found");
    const headers = towardsService([...request.headers], {
      // The prefix is for the headers' rules only; nothing is looked up by it.
      route: { prefix: "/", service: "identity" },
      requestId,
      address: "127.0.0.1",
      publicUrl,
      context: [],
    });
    if (isWebSocket(request.headers)) {
      return await passWebSocket(request, {
        url: `${base.replace("http", "ws")}${path}${query}`,
        headers,
      });
    }
    try {
      const answer = await forward(request, { ...limits, url: base + path + query, headers });
      if (answer.status === 404 && !wantsPage(request)) {
        await answer.body?.cancel();
        throw common("not-found");
      }
      answer.headers.set("content-security-policy", POLICY);
      return answer;
    } catch (error) {
      if (!(error instanceof Unreachable)) throw error;
      throw common("unavailable", {
        headers: { "retry-after": "1" },
        detail: "The web app's dev server does not answer.",
      });
    }
  };
}
