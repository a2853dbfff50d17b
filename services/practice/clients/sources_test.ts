/** The client against services that answer well, badly, late or not at all. */
import { deepEqual, equal, rejects } from "node:assert/strict";
import { newId } from "@praxis/shared/id";
import { describe, it } from "@std/testing/bdd";
import { createChartSources } from "./sources.ts";

const patient = { patientId: newId(), organizationId: newId(), userId: newId() };
const serviceToken = () => Promise.resolve("a-service-token");

function start(answer: (request: Request) => Response | Promise<Response>) {
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, answer);
  const url = `http://127.0.0.1:${server.addr.port}`;
  return {
    sources: (timeoutMs = 2_000) =>
      createChartSources({ discover: () => url, serviceToken, timeoutMs }),
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

describe("createChartSources", () => {
  it("asks as this service, and takes only what a chart uses", async () => {
    let asked: { url: URL; authorization: string | null } | undefined;
    await using service = start(({ url, headers }) => {
      asked = { url: new URL(url), authorization: headers.get("authorization") };
      return Response.json({ tasks: [], secret: 1 });
    });
    deepEqual(await service.sources().workflow(patient), { tasks: [], pathways: [] });
    const { pathname, search } = asked!.url;
    equal(pathname, `/internal/patients/${patient.patientId}/summary`);
    equal(search, `?organizationId=${patient.organizationId}&userId=${patient.userId}`);
    equal(asked!.authorization, "Bearer a-service-token");
  });

  const bad: Record<string, () => Response> = {
    "a missing route": () => new Response("no", { status: 404 }),
    "an error": () => new Response("oh", { status: 500 }),
    "no JSON": () => new Response("<html>"),
    "JSON of another shape": () => Response.json({ documents: [{ id: 1 }] }),
  };
  for (const [what, answer] of Object.entries(bad)) {
    it(`rejects ${what}`, async () => {
      await using service = start(answer);
      await rejects(service.sources().content(patient));
    });
  }

  it("waits no longer than its limit, for the token neither", async () => {
    const late = Promise.withResolvers<Response>();
    await using service = start(() => late.promise);
    await rejects(service.sources(50).communication(patient), { name: "TimeoutError" });
    late.resolve(new Response());
    const never = createChartSources({
      discover: () => "http://127.0.0.1:9",
      serviceToken: () => new Promise<string>(() => {}),
      timeoutMs: 50,
    });
    await rejects(never.content(patient), { name: "TimeoutError" });
  });
});
