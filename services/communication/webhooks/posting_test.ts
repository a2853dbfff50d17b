/** Webhooks and names that change their mind: only the address that was looked at is spoken to. */
import { deepEqual, equal } from "node:assert/strict";
import { after, before, describe, it } from "@std/testing/bdd";
import { newId } from "@praxis/shared/id";
import { placeOf } from "@praxis/shared/outward";
import { makeCertificate } from "../certificate_testing.ts";
import { openCommunication } from "../testing.ts";
import { postTo } from "./posting.ts";
import * as webhooks from "./webhooks.ts";

const NAME = "hook.clinic.example";

describe("a webhook's connection", () => {
  let certificate: Awaited<ReturnType<typeof makeCertificate>>;
  const servers: Deno.HttpServer<Deno.NetAddr>[] = [];
  let heard: string[] = [];
  /** The same port at two addresses: what was looked at, and where the name leads a moment later. */
  let port: number;
  const serve = (hostname: string, port: number) => {
    const { cert, key } = certificate;
    const options = { hostname, port, cert, key, onListen: () => {} };
    const server: Deno.HttpServer<Deno.NetAddr> = Deno.serve(options, async (request) => {
      heard.push(`${hostname} ${request.headers.get("host")} ${await request.text()}`);
      const location = `https://127.0.0.2:${server.addr.port}/`;
      return new Response(null, { status: 307, headers: { location } });
    });
    servers.push(server);
    return server.addr.port;
  };
  before(async () => {
    certificate = await makeCertificate(NAME);
    port = serve("127.0.0.1", 0);
    serve("127.0.0.2", port);
  });
  after(() => Promise.all(servers.map((server) => server.shutdown())));

  /** A resolver that says something else each time it is asked. */
  function resolver(...answers: string[][]) {
    const asked: string[] = [];
    const lookUp = (name: string) => {
      asked.push(name);
      return Promise.resolve(answers[Math.min(asked.length, answers.length) - 1]!);
    };
    return { asked, lookUp };
  }
  const given = (url: string) => ({
    url,
    headers: { "webhook-id": "one" },
    body: "words",
    timeoutMs: 5_000,
    mayCallInside: false,
    tlsCa: certificate.authority,
  });

  it("goes to the address that was checked, for the name, and follows nobody elsewhere", async () => {
    heard = [];
    const { asked, lookUp } = resolver(["127.0.0.1"], ["127.0.0.2"]);
    const resolve = async (name: string) => ({ address: (await lookUp(name))[0]! });
    const answer = await postTo({ ...given(`https://${NAME}:${port}/told?a=b`), resolve });
    deepEqual(answer, { status: 307 });
    deepEqual(heard, [`127.0.0.1 ${NAME}:${port} words`]);
    deepEqual(asked, [NAME], "the name was asked for once");
  });

  it("is not made to another's certificate, nor to one that nobody vouches for", async () => {
    heard = [];
    const resolve = () => Promise.resolve({ address: "127.0.0.1" });
    const url = `https://other.example:${port}/`;
    deepEqual(await postTo({ ...given(url), resolve }), { refused: "no-answer" });
    const unknown = { ...given(`https://${NAME}:${port}/`), resolve, tlsCa: undefined };
    deepEqual(await postTo(unknown), { refused: "no-answer" });
    deepEqual(heard, []);
  });

  it("is not made when the name leads inside by then, nor waited for without an answer", async () => {
    heard = [];
    const { lookUp } = resolver(["127.0.0.1"], ["8.8.8.8", "10.0.0.1"], []);
    const resolve = (name: string) => placeOf(name, lookUp);
    const url = `https://${NAME}:${port}/`;
    for (const refused of ["inside", "inside", "unknown"]) {
      deepEqual(await postTo({ ...given(url), resolve }), { refused });
    }
    const address = `https://127.0.0.1:${port}/`;
    deepEqual(await postTo({ ...given(address), resolve }), { refused: "inside" });
    const silent = { ...given(url), timeoutMs: 50, resolve: () => new Promise<never>(() => {}) };
    deepEqual(await postTo(silent), { refused: "no-answer" });
    deepEqual(heard, []);
  });

  it("is told of where deliveries are listed, and tried again", async () => {
    await using t = await openCommunication();
    const clinic = newId();
    const url = `https://${NAME}:${port}/`;
    const endpoint = { url, eventTypes: ["delivery.accepted"] };
    const { id } = (await t.send(clinic, "POST", "/webhook-endpoints", endpoint)).json;
    await t.send(clinic, "POST", `/webhook-endpoints/${id}/ping`);
    t.deps.limits.mayCallInside = false;
    t.deps.calls.tlsCa = certificate.authority;
    const places = [{ refused: "inside" as const }, { address: "127.0.0.1" }];
    t.deps.calls.resolve = () => Promise.resolve(places.shift()!);
    const told = async () => {
      equal(await webhooks.drain(t.deps), 1);
      return (await t.send(clinic, "GET", "/webhook-deliveries")).json.items[0];
    };
    const first = await told();
    deepEqual([first.state, first.lastStatus], ["pending", "not a public address"]);
    t.advance(6);
    equal((await told()).lastStatus, "HTTP 307");
  });
});
