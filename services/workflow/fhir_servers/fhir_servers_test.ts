/** Reading from a client's server: to the address that was looked at, and no further. */
import { deepEqual, equal } from "node:assert/strict";
import { after, before, describe, it } from "@std/testing/bdd";
import { createFhirFetcher, type Fetched } from "./fhir_servers.ts";

const NAME = "fhir.clinic.example";

describe("a client's FHIR server", () => {
  let server: Deno.HttpServer<Deno.NetAddr>;
  let heard: string[] = [];
  const [waiting, ended] = [new AbortController(), Promise.withResolvers<Response>()];
  before(() => {
    const onListen = () => {};
    server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen }, (request) => {
      const { pathname, search } = new URL(request.url);
      const { headers } = request;
      heard.push(`${headers.get("host")} ${pathname}${search} ${headers.get("authorization")}`);
      if (pathname === "/large") return new Response(new Uint8Array(3 * 1024 * 1024));
      if (pathname === "/text") return new Response("patient");
      if (pathname === "/list") return Response.json([]);
      if (pathname === "/moved") return Response.redirect(`http://127.0.0.1:${server.addr.port}/`);
      if (pathname === "/silent") {
        waiting.abort();
        return ended.promise;
      }
      return Response.json({ resourceType: "Patient" });
    });
  });
  after(async () => {
    ended.resolve(new Response());
    await server.shutdown();
  });

  const get = async (path: string, more: {
    addresses?: string[];
    hostsInside?: string[];
    token?: string;
    signal?: AbortSignal;
  } = {}): Promise<Fetched> => {
    const { addresses = ["127.0.0.1"], hostsInside = [NAME], token = "abc.DEF-1" } = more;
    const lookUp = () => Promise.resolve(addresses);
    const url = new URL(`http://${NAME}:${server.addr.port}${path}`);
    const { signal = new AbortController().signal } = more;
    return await createFhirFetcher({ hostsInside, lookUp })({ url, token, signal });
  };

  it("is asked by its name at the address that was looked at, with the client's token", async () => {
    heard = [];
    deepEqual(await get("/Patient/1?a=b"), { resource: { resourceType: "Patient" } });
    deepEqual(heard, [`${NAME}:${server.addr.port} /Patient/1?a=b Bearer abc.DEF-1`]);
  });

  it("is not asked inside a network, unless the operator has named it", async () => {
    heard = [];
    for (const addresses of [["127.0.0.1"], ["8.8.8.8", "10.0.0.1"], ["::1"], ["fd00::1"]]) {
      deepEqual(await get("/", { addresses, hostsInside: ["other"] }), { refused: "inside" });
    }
    deepEqual(await get("/", { addresses: [] }), { refused: "unknown" });
    deepEqual(heard, []);
  });

  it("leads nowhere else, and is not listened to for ever", async () => {
    heard = [];
    deepEqual(await get("/moved"), { refused: "status" });
    equal(heard.length, 1);
    deepEqual(await get("/large"), { refused: "too-large" });
    deepEqual(await get("/text"), { refused: "malformed" });
    deepEqual(await get("/list"), { refused: "malformed" });
    deepEqual(await get("/silent", { signal: waiting.signal }), { refused: "no-answer" });
    deepEqual(await get("/", { signal: AbortSignal.abort() }), { refused: "no-answer" });
    heard = [];
    for (const token of ["a\r\nx: y", "a b", ""]) {
      deepEqual(await get("/", { token }), { refused: "malformed" });
    }
    deepEqual(heard, []);
  });
});
