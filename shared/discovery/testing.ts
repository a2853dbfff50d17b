/** A stand-in for Consul's agent: exactly the calls that we make, with blocking queries. */

type Registered = {
  ID: string;
  Name: string;
  Address: string;
  Port: number;
  Tags: string[];
  Check?: { HTTP?: string; TCP?: string; Interval?: string };
};

export function standInConsul(port = 0) {
  const registered = new Map<string, Registered>();
  const failing = new Set<string>();
  const asked: string[] = [];
  let index = 1;
  let wake = Promise.withResolvers<void>();
  let isClosing = false;
  const change = () => {
    index++;
    wake.resolve();
    wake = Promise.withResolvers();
  };

  function entriesOf(name: string) {
    return [...registered.values()].filter((entry) => entry.Name === name && !failing.has(entry.ID))
      .map((entry) => ({
        Node: { Node: "here", Address: "127.0.0.1" },
        Service: { Service: name, ...entry },
        Checks: [{ Status: "passing" }],
      }));
  }

  const server = Deno.serve(
    { port, hostname: "127.0.0.1", onListen: () => {} },
    async (request) => {
      const { pathname, searchParams } = new URL(request.url);
      asked.push(`${request.method} ${pathname}`);
      if (request.method === "PUT" && pathname === "/v1/agent/service/register") {
        const body = await request.json();
        // npm's client leaves out what it does not know.
        registered.set(body.ID ?? body.Name, { ID: body.Name, Address: "", Tags: [], ...body });
        change();
        return new Response(null);
      }
      const [, id] = pathname.match(/^\/v1\/agent\/service\/deregister\/(.+)$/) ?? [];
      if (request.method === "PUT" && id !== undefined) {
        const isKnown = registered.delete(decodeURIComponent(id));
        change();
        return new Response(null, { status: isKnown ? 200 : 404 });
      }
      const [, name] = pathname.match(/^\/v1\/health\/service\/(.+)$/) ?? [];
      if (request.method === "GET" && name !== undefined && searchParams.has("passing")) {
        const known = Number(searchParams.get("index") ?? 0);
        while (known >= index && !isClosing) await wake.promise;
        if (isClosing) return new Response(null, { status: 503 });
        return Response.json(entriesOf(decodeURIComponent(name)), {
          headers: { "x-consul-index": String(index) },
        });
      }
      return new Response("no such call", { status: 404 });
    },
  );

  return {
    url: `http://127.0.0.1:${server.addr.port}`,
    port: server.addr.port,
    asked,
    registered,
    /** What its health check would have found. */
    setPassing(id: string, isPassing: boolean) {
      if (isPassing) failing.delete(id);
      else failing.add(id);
      change();
    },
    async close() {
      isClosing = true;
      change();
      await server.shutdown();
    },
  };
}
