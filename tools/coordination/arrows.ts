/** Ports are written where people look for them; what is told and asked follows drawn arrows. */
import { portsOf, type Service } from "@praxis/local/services";
import type { Issue } from "./model.ts";

/** Documents that must name every port, by their path. */
export function checkPorts(
  services: readonly Service[],
  documents: Record<string, string>,
): Issue[] {
  return services.flatMap((service) => {
    const { metrics: _, redisRest: __, ...ports } = portsOf(service, 0);
    return Object.entries(documents).flatMap(([path, text]) =>
      Object.entries(ports).filter(([, port]) => !new RegExp(`\\b${port}\\b`).test(text))
        .map(([kind, port]) => ({
          check: "ports",
          text: `${path} does not name ${port}, ${service.name}'s ${kind}`,
        }))
    );
  });
}

export type Told = {
  service: string;
  definition: { type: string; subscribers: readonly string[] };
};

/** An event is posted by its teller: each subscriber must let it in. */
export function checkEvents(services: readonly Service[], told: readonly Told[]): Issue[] {
  return told.flatMap(({ service, definition }) =>
    definition.subscribers.flatMap((subscriber) => {
      const hearing = services.find(({ name }) => name === subscriber);
      if (!hearing) {
        return [{ check: "events", text: `${definition.type} is for ${subscriber}: no service` }];
      }
      // A service tells itself without the network.
      if (subscriber === service || hearing.callers.some((name) => name === service)) return [];
      return [{
        check: "events",
        text: `${service} tells ${subscriber} of ${definition.type}, but may not call it: ` +
          "add it to `callers` in deploy/local/services.ts",
      }];
    })
  );
}

/** A client of another service, by its path, needs an arrow to it. */
export function checkClients(services: readonly Service[], paths: readonly string[]): Issue[] {
  return paths.flatMap((path) => {
    const [, from, to] = path.match(/^services\/(\w+)\/clients\/(\w+)\.ts$/) ?? [];
    const asked = services.find(({ name }) => name === to);
    if (!from || !asked || asked.callers.some((name) => name === from)) return [];
    return [{ check: "clients", text: `${path}: ${from} may not call ${to}` }];
  });
}
