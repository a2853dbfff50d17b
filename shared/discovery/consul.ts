/** Consul's agent API, as far as it is needed to be found and to find others. */
import { z } from "zod";

/** How long Consul may hold a blocking query; it adds up to a sixteenth of that itself. */
const WAIT_SECONDS = 30;
const TIMEOUT_MS = (WAIT_SECONDS + 10) * 1000;
const CALL_TIMEOUT_MS = 5_000;
const RETRY_MS = 1_000;
const CHECK_SECONDS = 5;
/** A process that was killed is forgotten after this. */
const FORGET_MINUTES = 1;

export type Instance = {
  id: string;
  /** Without a slash at the end. */
  url: string;
  /** What `version=…` among its tags says. */
  version?: string;
};

/** `GET /v1/health/service/<name>?passing` */
const Entries = z.array(z.object({
  Node: z.object({ Address: z.string() }),
  Service: z.object({
    ID: z.string(),
    Address: z.string().default(""),
    Port: z.number().int(),
    Tags: z.array(z.string()).nullish(),
  }),
}));

export type Registration = {
  service: string;
  /** Unique among the instances of the service. */
  instance: string;
  address: string;
  port: number;
  version?: string;
  isTls: boolean;
};

export type Consul = {
  /** Announces `<service>-<instance>` with a check of its `/ready`. */
  register(registration: Registration): Promise<void>;
  deregister(id: string): Promise<void>;
  /** Tells of each new list of passing instances until the signal aborts. */
  follow(
    service: string,
    onList: (instances: Instance[]) => void,
    signal: AbortSignal,
  ): Promise<void>;
};

export const idOf = ({ service, instance }: Pick<Registration, "service" | "instance">) =>
  `${service}-${instance}`;

type Options = { address: string; token?: string | undefined; retryMs?: number };

export function createConsul({ address, token, retryMs = RETRY_MS }: Options): Consul {
  const base = address.replace(/\/$/, "");
  const headers: Record<string, string> = token === undefined ? {} : { "x-consul-token": token };

  async function put(path: string, body?: unknown): Promise<void> {
    const answer = await fetch(base + path, {
      method: "PUT",
      headers,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(CALL_TIMEOUT_MS),
    });
    await answer.body?.cancel();
    if (!answer.ok) throw new Error(`consul refused ${path} (${answer.status})`);
  }

  function instanceOf({ Node, Service }: z.output<typeof Entries>[number]): Instance {
    const tag = (name: string) =>
      Service.Tags?.find((text) => text.startsWith(`${name}=`))?.slice(name.length + 1);
    const version = tag("version");
    const host = Service.Address || Node.Address;
    const at = host.includes(":") ? `[${host}]` : host;
    return {
      id: Service.ID,
      url: `${tag("scheme") === "https" ? "https" : "http"}://${at}:${Service.Port}`,
      ...(version === undefined ? {} : { version }),
    };
  }

  return {
    register({ service, instance, address, port, version, isTls }) {
      const scheme = isTls ? "https" : "http";
      return put("/v1/agent/service/register", {
        ID: idOf({ service, instance }),
        Name: service,
        Address: address,
        Port: port,
        Tags: [`scheme=${scheme}`, ...(version === undefined ? [] : [`version=${version}`])],
        Check: {
          // Consul has no certificate of ours: over TLS it sees that the port answers, no more.
          ...(isTls
            ? { TCP: `${address}:${port}` }
            : { HTTP: `${scheme}://${address}:${port}/ready` }),
          Interval: `${CHECK_SECONDS}s`,
          Timeout: `${CHECK_SECONDS}s`,
          DeregisterCriticalServiceAfter: `${FORGET_MINUTES}m`,
        },
      });
    },
    deregister: (id) => put(`/v1/agent/service/deregister/${encodeURIComponent(id)}`),
    async follow(service, onList, signal) {
      let index = 0;
      while (!signal.aborted) {
        try {
          const query = `passing=true&index=${index}&wait=${WAIT_SECONDS}s`;
          const path = `/v1/health/service/${encodeURIComponent(service)}?${query}`;
          const answer = await fetch(base + path, {
            headers,
            signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
          });
          if (!answer.ok) throw new Error(`consul answered ${answer.status}`);
          const next = Number(answer.headers.get("x-consul-index"));
          onList(Entries.parse(await answer.json()).map(instanceOf));
          // Consul asks to start anew when the index goes backwards, and never to wait for 0.
          index = next < index || !(next > 0) ? 0 : next;
          if (index === 0) await pause(retryMs, signal);
        } catch {
          // A Consul that is gone says nothing about the services: the last list stays. One that
          // comes back may count from the beginning.
          index = 0;
          await pause(retryMs, signal);
        }
      }
    },
  };
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    Deno.unrefTimer(timer as unknown as number);
    signal.addEventListener("abort", end);
  });
}
