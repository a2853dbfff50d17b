/** Sends a request to one of a service's instances, and a reading one to another when that fails. */
import type { Directory, Instance } from "@praxis/shared/discovery";
import { peerClient } from "@praxis/shared/mtls";
import { common } from "@praxis/shared/problem";
import type { Breaker } from "./breaker.ts";
import { isEventStream, whileAllowed } from "./event_streams.ts";
import { BrokenOff, forward, type ForwardLimits, TooLate, Unreachable } from "./forward.ts";
import type { HeaderList } from "./headers.ts";
import type { ServiceName } from "./routing.ts";
import { ofVersion, type VersionWeights } from "./versions.ts";
import { passWebSocket } from "./websocket.ts";

const TRIES_MAX = 3;

export type Dispatch = (request: Request, order: Order) => Promise<Response>;

type Order = {
  service: ServiceName;
  /** Path and query, as they came. */
  target: string;
  headers: HeaderList;
  isWebSocket: boolean;
  /** Meets the same version each time: the organization, or a stranger's address. */
  stickyKey: string;
  /** Asked again and again while an answer goes on; a stranger has nothing to lose. */
  isStillAllowed?: (() => Promise<boolean>) | undefined;
};

type Options = {
  directory: Directory;
  breaker: Breaker;
  weights: VersionWeights;
  limits: ForwardLimits;
  /** No instance of it could be reached. */
  onDown: (service: ServiceName) => void;
  random?: () => number;
};

const unavailable = (detail?: string) =>
  common("unavailable", { headers: { "retry-after": "1" }, ...(detail ? { detail } : {}) });

export function createDispatch(
  { directory, breaker, weights, limits, onDown, random = Math.random }: Options,
): Dispatch {
  /** A random one of those that are well; never one that has just failed us, if there is another. */
  function choose(instances: readonly Instance[], failed: ReadonlySet<string>) {
    if (instances.length === 1) return breaker.allows(instances[0]!.id) ? instances[0] : undefined;
    const well = instances.filter(({ id }) => breaker.allows(id));
    const fresh = well.filter(({ id }) => !failed.has(id));
    const open = fresh.length > 0 ? fresh : well;
    return open[Math.floor(random() * open.length)];
  }

  async function send(
    request: Request,
    { target, headers, isWebSocket, isStillAllowed }: Order,
    { id, url }: Instance,
  ): Promise<Response> {
    breaker.starts(id);
    if (isWebSocket) {
      const socketUrl = url.replace(/^http/, "ws") + target;
      const client = peerClient(socketUrl);
      return await passWebSocket(request, {
        url: socketUrl,
        headers,
        ...(isStillAllowed ? { isStillAllowed } : {}),
        ...(client ? { client } : {}),
      });
    }
    const answer = await forward(request, { ...limits, url: url + target, headers });
    if (!isStillAllowed || !answer.body || !isEventStream(answer)) return answer;
    return new Response(whileAllowed(answer.body, isStillAllowed), answer);
  }

  return async (request, order) => {
    const { service, stickyKey } = order;
    const mayRetry = (request.method === "GET" || request.method === "HEAD") && !request.body;
    const failed = new Set<string>();
    for (let tries = 1;; tries++) {
      const instance = choose(
        ofVersion(directory.instances(service), weights[service], service, stickyKey),
        failed,
      );
      if (!instance) {
        onDown(service);
        throw unavailable();
      }
      try {
        const answer = await send(request, order, instance);
        breaker.succeeded(instance.id);
        return answer;
      } catch (error) {
        const isInstances = error instanceof Unreachable || error instanceof BrokenOff ||
          error instanceof TooLate && !error.mayBeTheClients;
        // A few clients that stall or leave must not make an instance look ill.
        if (isInstances) breaker.failed(instance.id);
        else breaker.abandoned(instance.id);
        if (error instanceof TooLate) throw unavailable("The service did not answer in time.");
        if (!isInstances) throw error;
        failed.add(instance.id);
        if (mayRetry && tries < TRIES_MAX) continue;
        if (error instanceof BrokenOff) throw unavailable("The service broke off.");
        onDown(service);
        throw unavailable();
      }
    }
  };
}
