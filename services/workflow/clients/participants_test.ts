/** How answers of other services are understood. */
import { deepEqual, equal } from "node:assert/strict";
import { after, before, describe, it } from "@std/testing/bdd";
import { createAsk } from "./participants.ts";

describe("asking a participant", () => {
  let answer: (request: Request) => Response | Promise<Response>;
  let server: Deno.HttpServer<Deno.NetAddr>;
  before(() => {
    server = Deno.serve(
      { port: 0, hostname: "127.0.0.1", onListen: () => {} },
      (request) => answer(request),
    );
  });
  after(() => server.shutdown());

  const ask = (timeoutMs = 5_000, url = `http://127.0.0.1:${server.addr.port}`) =>
    createAsk({ discover: () => url, serviceToken: () => Promise.resolve("t"), timeoutMs })(
      { service: "things", method: "POST", path: "/internal/x", body: { n: 1 } },
      { key: "saga:step:forward", requestId: "request-1", traceparent: "00-a-b-01" },
    );

  it("says who asks, with which key, and from which request it follows", async () => {
    let seen: unknown;
    answer = async (request) => {
      const header = (name: string) => request.headers.get(name);
      seen = [
        header("authorization"),
        header("idempotency-key"),
        header("x-request-id"),
        header("traceparent"),
        await request.json(),
      ];
      return Response.json({ id: 7 });
    };
    deepEqual(await ask(), { kind: "done", result: { id: 7 } });
    deepEqual(seen, ["Bearer t", "saga:step:forward", "request-1", "00-a-b-01", { n: 1 }]);
  });

  it("takes an answer without a body for done", async () => {
    answer = () => new Response(null, { status: 204 });
    deepEqual(await ask(), { kind: "done", result: null });
  });

  it("tells a refusal from an answer that may be another next time", async () => {
    const kinds: Record<number, string> = {};
    for (const status of [302, 400, 401, 403, 404, 409, 422, 425, 429, 500, 502, 503]) {
      answer = () => new Response(null, { status });
      kinds[status] = (await ask()).kind;
    }
    deepEqual(kinds, {
      302: "unclear",
      400: "refused",
      401: "unclear",
      403: "refused",
      404: "refused",
      409: "refused",
      422: "refused",
      425: "unclear",
      429: "unclear",
      500: "unclear",
      502: "unclear",
      503: "unclear",
    });
  });

  it("repeats the title of a problem, and nothing else that was said", async () => {
    answer = () =>
      Response.json({ type: "/problems/taken", title: "Taken", detail: "by Ada" }, { status: 409 });
    deepEqual(await ask(), { kind: "refused", reason: "things answered 409: Taken" });
    answer = () => Response.json({ error: "Ada Lovelace" }, { status: 409 });
    deepEqual(await ask(), { kind: "refused", reason: "things answered 409" });
  });

  it("knows nothing when the answer is late, broken or endless, or nobody is there", async () => {
    const reasonOf = async (...args: Parameters<typeof ask>) => {
      const outcome = await ask(...args);
      equal(outcome.kind, "unclear");
      return outcome.reason;
    };
    const late = Promise.withResolvers<Response>();
    answer = () => late.promise;
    equal(await reasonOf(20), "things did not answer in time");
    late.resolve(new Response());
    answer = () => new Response("{");
    equal(await reasonOf(), "things answered something that is not JSON");
    answer = () => new Response(JSON.stringify("x".repeat(70_000)));
    equal(await reasonOf(), "things answered at too great length");
    equal(await reasonOf(1_000, "http://127.0.0.1:1"), "things could not be reached");
  });
});
