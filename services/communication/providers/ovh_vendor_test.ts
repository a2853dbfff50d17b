/** OVH's own package drives its stand-in: what goes out, how it stands, and what people write back. */
import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import { globalAgent } from "node:https";
import Ovh from "ovh";
import { after, before, describe, it } from "@std/testing/bdd";
import { createSimulators, PREFIX, type Simulators } from "../simulators/simulators.ts";
import type { Account, Calls } from "./model.ts";
import { ovh } from "./ovh.ts";
import { makeCertificate } from "../certificate_testing.ts";

const APPLICATION = "app-key";
const SECRET = "EXEgWIz07P0HYwtQDs7cNIqCiQaWSuHF";
const CONSUMER = "MtSwSrPpNjqfVSmJhLbPyr2i45lSwPU1";
const SERVICE = "/sms/sms-ab12345-1";

describe("OVH's own package", () => {
  let simulators: Simulators;
  let secure: Deno.HttpServer<Deno.NetAddr>;
  let plain: Deno.HttpServer<Deno.NetAddr>;
  const { ca: usual } = globalAgent.options;

  before(async () => {
    simulators = createSimulators();
    simulators.register("ovh", APPLICATION, SECRET);
    const { authority, cert, key } = await makeCertificate("localhost");
    // The package speaks TLS only, and names no authority of its own.
    globalAgent.options.ca = authority;
    const handle = (request: Request) =>
      simulators.handle(request) ?? new Response(null, { status: 404 });
    const options = { port: 0, hostname: "127.0.0.1", onListen: () => {} };
    secure = Deno.serve({ ...options, cert, key }, async (request) => {
      // It signs the address without a port, as OVH is called without one.
      const url = new URL(request.url);
      url.port = "";
      const { method, headers } = request;
      const body = await request.text();
      return handle(new Request(url, { method, headers, ...(body === "" ? {} : { body }) }));
    });
    plain = Deno.serve(options, handle);
  });
  after(async () => {
    if (usual === undefined) delete globalAgent.options.ca;
    else globalAgent.options.ca = usual;
    globalAgent.destroy();
    await Promise.all([secure, plain].map((server) => server.shutdown()));
  });

  const client = (appSecret = SECRET) =>
    new Ovh({
      host: "localhost",
      port: secure.addr.port,
      basePath: `${PREFIX}/ovh/1.0`,
      appKey: APPLICATION,
      appSecret,
      consumerKey: CONSUMER,
    });
  const calls = (): Calls => ({
    baseUrlOf: () => `http://127.0.0.1:${plain.addr.port}${PREFIX}/ovh`,
    tokenUrl: "",
    timeoutMs: 2_000,
    now: () => new Date(),
  });
  const account: Account = {
    id: crypto.randomUUID(),
    settings: { applicationKey: APPLICATION, serviceName: SERVICE.slice("/sms/".length) },
    secrets: { applicationSecret: SECRET, consumerKey: CONSUMER },
    region: "eu",
  };

  it("sends, finds what went out by its tag, and sees how it stands; so does our adapter", async () => {
    const tag = crypto.randomUUID();
    const job = await client().requestPromised("POST", `${SERVICE}/jobs`, {
      message: "À mardi",
      receivers: ["+33612345678", "+15005550001"],
      senderForResponse: true,
      noStopClause: true,
      tag,
    });
    deepEqual([job.validReceivers, job.invalidReceivers], [["+33612345678"], ["+15005550001"]]);
    equal(simulators.taken.at(-1)!.text, "À mardi");
    const found = await client().requestPromised("GET", `${SERVICE}/outgoing`, { tag });
    deepEqual(found, job.ids);
    const [id] = found;
    const standing = await client().requestPromised("GET", `${SERVICE}/outgoing/${id}`);
    deepEqual([standing.id, standing.receiver], [id, "0033612345678"]);
    ok(Date.parse(standing.deliveredAt) > 0);
    const outgoing = {
      deliveryId: tag,
      to: "",
      content: { subject: "", text: "" },
      callbackUrl: "",
    };
    const known = () => Promise.resolve(false);
    equal(await ovh.lookUp!(calls(), account, outgoing, new Date(), known), String(id));
    const { type, to } = (await ovh.findStanding!(calls(), account, String(id)))!;
    deepEqual([type, to], ["delivered", "+33612345678"]);
  });

  it("reads what people wrote back, and takes it away; our adapter reads the same", async () => {
    simulators.writeToOvh("+33612345678", "STOP");
    simulators.writeToOvh("+33698765432", "Où ?");
    const ids = await client().requestPromised("GET", `${SERVICE}/incoming`);
    equal(ids.length, 2);
    const sender = "0033698765432";
    const [second] = await client().requestPromised("GET", `${SERVICE}/incoming`, { sender });
    const read = await client().requestPromised("GET", `${SERVICE}/incoming/${second}`);
    deepEqual([read.id, read.sender, read.message], [second, sender, "Où ?"]);
    deepEqual(
      (await ovh.listInbound!(calls(), account)).map(({ from, text }) => [from, text]),
      [["+33612345678", "STOP"], ["+33698765432", "Où ?"]],
    );
    equal(await client().requestPromised("DELETE", `${SERVICE}/incoming/${second}`), null);
    await rejects(client().requestPromised("GET", `${SERVICE}/incoming/${second}`), { error: 404 });
    await ovh.forgetInbound!(calls(), account, String(ids[0]));
    deepEqual(await client().requestPromised("GET", `${SERVICE}/incoming`), []);
    await rejects(ovh.forgetInbound!(calls(), account, String(ids[0])));
  });

  it("is refused with another application's secret, as our adapter is", async () => {
    const other = client("another secret of that length....");
    for (const path of ["/incoming", "/outgoing", "/outgoing/1000000"]) {
      await rejects(other.requestPromised("GET", SERVICE + path), { error: 403 }, path);
    }
    const secrets = { ...account.secrets, applicationSecret: "another secret" };
    await rejects(ovh.listInbound!(calls(), { ...account, secrets }));
  });
});
