/** Where the other services are. For now the environment says; a Kubernetes name is such a URL. */
import { z } from "zod";
import { httpUrl } from "../config/config.ts";

/** The default of `<NAME>_SERVICE_URL`, as the compose file names it. */
const at = (name: string, port: number) => httpUrl.default(`http://${name}-service:${port}`);

export const discoveryConfig = {
  CONTENT_SERVICE_URL: at("content", 8002),
  COMMUNICATION_SERVICE_URL: at("communication", 8003),
  WORKFLOW_SERVICE_URL: at("workflow", 8004),
  PRACTICE_SERVICE_URL: at("practice", 8005),
};

const Discovered = z.object({ ...discoveryConfig, IDENTITY_SERVICE_URL: httpUrl });

/** The URL of the service called `name`. */
export type Discovery = (name: string) => string;

export function createDiscovery(config: z.output<typeof Discovered>): Discovery {
  return (name) => {
    const key = `${name.toUpperCase()}_SERVICE_URL`;
    const url = key in config ? config[key as keyof typeof config] : undefined;
    if (url === undefined) throw new Error(`no service is called ${name}`);
    return url;
  };
}
