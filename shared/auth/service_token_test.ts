import { deepEqual, equal } from "node:assert/strict";
import { after, before, describe, it } from "@std/testing/bdd";
import { createServiceToken } from "./service_token.ts";
import { createStanding } from "./standing.ts";

describe("a service's own token", () => {
  let server: Deno.HttpServer<Deno.NetAddr>;
  let identityUrl: string;
  const issued: string[] = [];
  const taken = new Set<string>();
  const asked: string[] = [];

  before(() => {
    server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, (request) => {
      if (new URL(request.url).pathname === "/oauth/token") {
        issued.push(`token-${issued.length + 1}`);
        return Response.json({ access_token: issued.at(-1), expires_in: 300 });
      }
      const token = request.headers.get("authorization")!.slice("Bearer ".length);
      asked.push(token);
      return taken.has(token)
        ? Response.json({ items: [], cursor: "1" })
        : new Response(null, { status: 401 });
    });
    identityUrl = `http://127.0.0.1:${server.addr.port}`;
  });
  after(() => server.shutdown());

  it("is kept until it is refused, and fetched once for all that were refused with it", async () => {
    const serviceToken = createServiceToken({ identityUrl, service: "content", credential: "c" });
    const first = await serviceToken();
    equal(await serviceToken(), first);
    const [a, b] = await Promise.all([serviceToken(first), serviceToken(first)]);
    deepEqual([a, b], ["token-2", "token-2"]);
    // Who was refused with the first learns of the second, and does not fetch a third.
    equal(await serviceToken(first), "token-2");
    equal(await serviceToken(), "token-2");
  });

  it("is renewed by whatever asks identity, once its key was given up", async () => {
    const serviceToken = createServiceToken({ identityUrl, service: "content", credential: "c" });
    const standing = createStanding({ identityUrl, serviceToken });
    const running = new AbortController();
    const old = await serviceToken();
    taken.clear();
    const next = `token-${issued.length + 1}`;
    taken.add(next);
    const following = standing.follow(running.signal);
    try {
      while (standing.staleSeconds() === Infinity) await new Promise((r) => setTimeout(r, 5));
      equal(asked.includes(old), true);
      equal(await serviceToken(), next);
    } finally {
      running.abort();
      await following;
    }
  });
});
