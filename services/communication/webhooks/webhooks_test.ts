/** An organization's systems are told: signed, again when they were away, with two secrets. */
import { deepEqual, equal, ok } from "node:assert/strict";
import { newId } from "@praxis/shared/id";
import { Webhook } from "standardwebhooks";
import { after, before, describe, it } from "@std/testing/bdd";
import { addPatient, openCommunication, reminder, type TestCommunication } from "../testing.ts";
import * as webhooks from "./webhooks.ts";

describe("webhooks", () => {
  let t: TestCommunication;
  let server: Deno.HttpServer<Deno.NetAddr>;
  let status = 200;
  const heard: { headers: Record<string, string>; body: string }[] = [];
  before(async () => {
    t = await openCommunication();
    server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, async (request) => {
      const headers = Object.fromEntries(request.headers);
      heard.push({ headers, body: await request.text() });
      return new Response(null, { status });
    });
  });
  after(async () => {
    await t[Symbol.asyncDispose]();
    await server.shutdown();
  });

  it("tell of deliveries as Standard Webhooks, again under the same id, with both secrets", async () => {
    const clinic = newId();
    const url = `http://127.0.0.1:${server.addr.port}/told`;
    const endpoint = (await t.send(clinic, "POST", "/webhook-endpoints", {
      url,
      eventTypes: ["delivery.accepted"],
    })).json;
    const patient = await addPatient(t, clinic, { email: "told@patients.example" });
    await t.send(clinic, "POST", "/messages", reminder(patient));
    await t.drain();
    status = 503;
    equal(await webhooks.drain(t.deps), 1);
    const rotated = await t.send(clinic, "POST", `/webhook-endpoints/${endpoint.id}/rotate-secret`);
    equal(await webhooks.drain(t.deps), 0, "not before its time");
    t.advance(6);
    status = 200;
    equal(await webhooks.drain(t.deps), 1);
    equal(heard.length, 2);
    const [first, second] = heard;
    equal(first!.headers["webhook-id"], second!.headers["webhook-id"]);
    // The library compares with the real clock: so the time is taken from the message.
    for (const secret of [endpoint.secret, rotated.json.secret]) {
      const { headers, body } = second!;
      const at = new Date(Number(headers["webhook-timestamp"]) * 1000);
      const expected = new Webhook(secret).sign(headers["webhook-id"]!, at, body);
      ok(headers["webhook-signature"]!.split(" ").includes(expected));
    }
    const { type, data } = JSON.parse(second!.body);
    equal(type, "delivery.accepted");
    deepEqual(Object.keys(data).sort(), ["deliveryId", "messageId", "reason", "state"]);
    const [told] = (await t.send(clinic, "GET", "/webhook-deliveries")).json.items;
    deepEqual([told.state, told.attempts, told.lastStatus], ["delivered", 2, "HTTP 200"]);
    equal((await t.send(clinic, "POST", `/webhook-deliveries/${told.id}/resend`)).status, 204);
    equal(await webhooks.drain(t.deps), 1);
    equal(heard[2]!.headers["webhook-id"], first!.headers["webhook-id"]);
  });

  it("of one endpoint that does not answer keep no other's waiting", async () => {
    const [slow, other] = [newId(), newId()];
    const silence = Promise.withResolvers<void>();
    const hanging = Deno.serve(
      { port: 0, hostname: "127.0.0.1", onListen: () => {} },
      () => silence.promise.then(() => new Response(null, { status: 410 })),
    );
    const add = async (clinic: string, port: number, pings: number) => {
      const endpoint = { url: `http://127.0.0.1:${port}/`, eventTypes: ["ping"] };
      const { id } = (await t.send(clinic, "POST", "/webhook-endpoints", endpoint)).json;
      for (let n = 0; n < pings; n++) {
        await t.send(clinic, "POST", `/webhook-endpoints/${id}/ping`);
      }
    };
    await add(slow, hanging.addr.port, 30);
    await add(other, server.addr.port, 1);
    const before = heard.length;
    const draining = webhooks.drain(t.deps);
    // Nobody has answered at the slow one by then, and does so only afterwards.
    while (heard.length === before) await new Promise((resolve) => setTimeout(resolve, 5));
    silence.resolve();
    equal(await draining, 31);
    await hanging.shutdown();
    const states = (await t.send(slow, "GET", "/webhook-deliveries?limit=100")).json.items;
    deepEqual([...new Set(states.map(({ state }: { state: string }) => state))], ["failed"]);
  });

  it("do not lead into the network, by address or by name", async () => {
    t.deps.limits.mayCallInside = false;
    try {
      for (
        const url of ["http://public.example/x", "https://127.0.0.1/x", "https://[::1]/x"]
          .concat(["https://localhost/x", "https://169.254.169.254/latest", "https://a.internal/"])
      ) {
        const body = { url, eventTypes: ["ping"] };
        equal((await t.send(newId(), "POST", "/webhook-endpoints", body)).status, 422, url);
      }
    } finally {
      t.deps.limits.mayCallInside = true;
    }
  });
});
