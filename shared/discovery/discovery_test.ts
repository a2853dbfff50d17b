import { deepEqual, equal, ok, throws } from "node:assert/strict";
import { afterEach, describe, it } from "@std/testing/bdd";
import { createRequire } from "node:module";
import { silent } from "../telemetry/log.ts";
import { announce } from "./announce.ts";
import {
  consulDirectory,
  createConsul,
  createDiscovery,
  discoveryConfig,
  environmentDirectory,
  isHealthy,
} from "./discovery.ts";
import { z } from "zod";
import { standInConsul } from "./testing.ts";

const environment = (over: Record<string, string> = {}) => ({
  ...z.object(discoveryConfig).parse(over),
  IDENTITY_SERVICE_URL: "http://identity-service:8001/",
});

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
}

describe("the environment", () => {
  it("names one instance of each service, and fails for others", () => {
    const { instances } = environmentDirectory(environment());
    deepEqual(instances("identity").map(({ url }) => url), ["http://identity-service:8001"]);
    deepEqual(instances("content").map(({ url }) => url), ["http://content-service:8002"]);
    throws(() => instances("nobody"), /no service is called nobody/);
  });

  it("may name several, with versions, and each is chosen", () => {
    const list = [{ url: "http://a:1/" }, { url: "http://b:1", version: "2" }];
    const config = environment({ SERVICE_INSTANCES: JSON.stringify({ workflow: list }) });
    deepEqual(environmentDirectory(config).instances("workflow"), [
      { id: "http://a:1", url: "http://a:1" },
      { id: "http://b:1", url: "http://b:1", version: "2" },
    ]);
    equal(createDiscovery(config, () => 0)("workflow"), "http://a:1");
    equal(createDiscovery(config, () => 0.99)("workflow"), "http://b:1");
  });
});

describe("Consul", () => {
  const open: { close(): unknown }[] = [];
  const stopping: AbortController[] = [];
  afterEach(async () => {
    for (const one of stopping.splice(0)) one.abort();
    for (const one of open.splice(0)) await one.close();
  });
  const start = (port = 0) => {
    const consul = standInConsul(port);
    open.push(consul);
    return consul;
  };
  function directoryOf(address: string) {
    const stop = new AbortController();
    stopping.push(stop);
    const client = createConsul({ address, retryMs: 5 });
    return consulDirectory(client, environmentDirectory(environment()), stop.signal);
  }
  const urls = (directory: ReturnType<typeof directoryOf>) =>
    directory.instances("content").map(({ url }) => url).sort();
  const settings = (address: string, port: number) => ({
    PORT: port,
    HOST: "127.0.0.1",
    CONSUL_HTTP_ADDR: address,
    SERVICE_VERSION: "7",
  });

  it("is told of a process when it starts, with a check, and when it ends", async () => {
    const consul = start();
    const directory = directoryOf(consul.url);
    deepEqual(urls(directory), ["http://content-service:8002"]);
    const leave = announce("content", settings(consul.url, 4711), silent);
    await until(() => urls(directory)[0] === "http://127.0.0.1:4711");
    const [entry] = [...consul.registered.values()];
    ok(entry!.ID.startsWith("content-"));
    deepEqual(entry!.Check, {
      HTTP: "http://127.0.0.1:4711/ready",
      Interval: "5s",
      Timeout: "5s",
      DeregisterCriticalServiceAfter: "1m",
    });
    equal(directory.instances("content")[0]!.version, "7");
    await leave();
    await until(() => urls(directory)[0] === "http://content-service:8002");
  });

  it("says who is passing, at once", async () => {
    const consul = start();
    const directory = directoryOf(consul.url);
    announce("content", settings(consul.url, 1), silent);
    announce("content", settings(consul.url, 2), silent);
    await until(() => urls(directory).length === 2);
    const second = [...consul.registered.values()].find(({ Port }) => Port === 2)!;
    consul.setPassing(second.ID, false);
    await until(() => urls(directory).length === 1);
    deepEqual(urls(directory), ["http://127.0.0.1:1"]);
    consul.setPassing(second.ID, true);
    await until(() => urls(directory).length === 2);
  });

  it("that is dead leaves its last list, and is followed when it is back", async () => {
    const consul = standInConsul();
    const directory = directoryOf(consul.url);
    announce("content", settings(consul.url, 1), silent);
    await until(() => urls(directory)[0] === "http://127.0.0.1:1");
    await consul.close();
    let isTried = false;
    // Long enough for a try to have failed: a connection to the same port fails as well.
    await fetch(consul.url).catch(() => isTried = true);
    ok(isTried);
    deepEqual(urls(directory), ["http://127.0.0.1:1"]);
    const back = start(consul.port);
    announce("content", settings(back.url, 3), silent);
    await until(() => urls(directory)[0] === "http://127.0.0.1:3");
  });

  it("takes a process that started before it", async () => {
    const gone = standInConsul();
    await gone.close();
    const errors: unknown[] = [];
    const leave = announce("content", settings(gone.url, 9), {
      ...silent,
      error: (_, error) => void errors.push(error),
    });
    await until(() => errors.length > 0);
    const consul = start(gone.port);
    await until(() => consul.registered.size === 1);
    await leave();
    equal(consul.registered.size, 0);
  });

  it("stand-in understands npm's client, and is understood by it", async () => {
    const consul = start();
    const Client = createRequire(import.meta.url)("consul");
    const client = new Client({ host: "127.0.0.1", port: consul.port });
    await client.agent.service.register({
      id: "content-npm",
      name: "content",
      address: "127.0.0.1",
      port: 5,
      tags: ["version=9"],
    });
    const directory = directoryOf(consul.url);
    await until(() => {
      directory.instances("content");
      return directory.instances("content")[0]?.version === "9";
    });
    const leave = announce("content", settings(consul.url, 6), silent);
    await until(() => consul.registered.size === 2);
    const listed = await client.health.service({ service: "content", passing: true });
    deepEqual(listed.map((entry: { Service: { Port: number } }) => entry.Service.Port), [5, 6]);
    await client.agent.service.deregister("content-npm");
    await leave();
    equal(consul.registered.size, 0);
  });
});

describe("a health check", () => {
  it("is a yes for a good answer and a no for everything else", async () => {
    const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, (request) => {
      const { pathname } = new URL(request.url);
      if (pathname === "/hang") return new Promise<Response>(() => {});
      return new Response(null, { status: pathname === "/good" ? 200 : 503 });
    });
    const url = `http://127.0.0.1:${server.addr.port}`;
    equal(await isHealthy(`${url}/good`), true);
    equal(await isHealthy(`${url}/bad`), false);
    equal(await isHealthy(`${url}/hang`, 20), false);
    equal(await isHealthy("not a url"), false);
    server.shutdown();
    equal(await isHealthy("http://127.0.0.1:1/good"), false);
  });
});
