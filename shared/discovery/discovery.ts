/**
 * Where the other services are. Consul says when there is one; until it has, and without it, the
 * environment does. A Kubernetes service name is such a URL.
 */
import { z } from "zod";
import { httpUrl, json } from "../config/config.ts";
import { type Consul, createConsul, type Instance } from "./consul.ts";

export { type Consul, createConsul, idOf, type Instance, type Registration } from "./consul.ts";
export { isHealthy } from "./health.ts";

/** The default of `<NAME>_SERVICE_URL`, as the compose file names it. */
const at = (name: string, port: number) => httpUrl.default(`http://${name}-service:${port}`);

const Instances = z.record(
  z.string(),
  z.array(z.strictObject({ url: httpUrl, version: z.string().max(64).optional() })).min(1),
);

export const discoveryConfig = {
  CONTENT_SERVICE_URL: at("content", 8002),
  COMMUNICATION_SERVICE_URL: at("communication", 8003),
  WORKFLOW_SERVICE_URL: at("workflow", 8004),
  PRACTICE_SERVICE_URL: at("practice", 8005),
  /** Several instances of a service, as JSON: `{"workflow":[{"url":"…","version":"2"}]}`. */
  SERVICE_INSTANCES: json(Instances).optional(),
};

/** Optional for a caller that has only the URLs. */
const Discovered = z.object({
  ...discoveryConfig,
  IDENTITY_SERVICE_URL: httpUrl,
  CONSUL_HTTP_ADDR: httpUrl.optional(),
  CONSUL_HTTP_TOKEN: z.string().optional(),
});
type Config = z.output<typeof Discovered>;

/** The URL of one instance of the service called `name`. */
export type Discovery = (name: string) => string;

export type Directory = {
  /** All that are known to serve; never empty. @throws when no service is called so. */
  instances(name: string): readonly Instance[];
};

const trimmed = (url: string) => url.replace(/\/$/, "");

/** The instances that the environment names. */
export function environmentDirectory(config: Config): Directory {
  const lists = new Map<string, readonly Instance[]>();
  return {
    instances(name) {
      let list = lists.get(name);
      if (!list) lists.set(name, list = namedInstances(config, name));
      return list;
    },
  };
}

function namedInstances(config: Config, name: string): readonly Instance[] {
  const listed = config.SERVICE_INSTANCES?.[name];
  if (listed) {
    return listed.map(({ url, version }) => ({
      id: trimmed(url),
      url: trimmed(url),
      ...(version === undefined ? {} : { version }),
    }));
  }
  const key = `${name.toUpperCase()}_SERVICE_URL`;
  const url = key in config ? config[key as keyof Config] : undefined;
  if (typeof url !== "string") throw new Error(`no service is called ${name}`);
  return [{ id: trimmed(url), url: trimmed(url) }];
}

/**
 * The instances that Consul says are passing, each service followed from its first use on. With no
 * list yet, or an empty one, what `fallback` says.
 */
export function consulDirectory(
  consul: Consul,
  fallback: Directory,
  signal: AbortSignal = new AbortController().signal,
): Directory {
  const lists = new Map<string, readonly Instance[]>();
  return {
    instances(name) {
      const known = lists.get(name);
      if (!known) {
        lists.set(name, []);
        consul.follow(name, (instances) => lists.set(name, instances), signal);
      }
      return known && known.length > 0 ? known : fallback.instances(name);
    },
  };
}

/** Consul when there is one, else the environment. */
export function createDirectory(config: Config, signal?: AbortSignal): Directory {
  const environment = environmentDirectory(config);
  if (config.CONSUL_HTTP_ADDR === undefined) return environment;
  const consul = createConsul({
    address: config.CONSUL_HTTP_ADDR,
    token: config.CONSUL_HTTP_TOKEN,
  });
  return consulDirectory(consul, environment, signal);
}

/** A random one of the instances each time. */
export function createDiscovery(config: Config, random: () => number = Math.random): Discovery {
  const directory = createDirectory(config);
  return (name) => {
    const instances = directory.instances(name);
    return instances[Math.floor(random() * instances.length)]!.url;
  };
}
