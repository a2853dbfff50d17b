import { deepEqual, equal, match, ok, rejects, throws } from "node:assert/strict";
import { after, before, describe, it } from "@std/testing/bdd";
import { X509Certificate } from "node:crypto";
import { readBody } from "../http/define_route.ts";
import { CERTIFICATE_LIFE_MS, openAuthority, writeIdentity } from "../../deploy/pki/authority.ts";
import {
  fetchPeer,
  followIdentity,
  type MutualServer,
  readIdentity,
  serveMutual,
  serviceNamed,
  takeIdentity,
} from "./mod.ts";

describe("services that show certificates", () => {
  let folder: string;
  let server: MutualServer;
  let url: string;
  const of = (service: string) => `${folder}/${service}`;
  const clientOf = (name: string) => {
    const { cert, key, ca } = readIdentity(of(name));
    return Deno.createHttpClient({ cert, key, caCerts: [ca] });
  };
  async function statusAs(name: string): Promise<number> {
    using client = clientOf(name);
    const answer = await fetch(`${url}/x`, { client });
    await answer.body?.cancel();
    return answer.status;
  }

  before(async () => {
    folder = await Deno.makeTempDir({ prefix: "praxis-pki-" });
    const authority = await openAuthority(folder);
    const place = { dns: ["localhost"], addresses: ["127.0.0.1"] };
    for (const name of ["content", "gateway", "practice"]) {
      await writeIdentity(authority, name, of(name));
    }
    await writeIdentity(authority, "gateway", of("expired"), place, -30_000);
    const other = await openAuthority(`${folder}/other`);
    await writeIdentity(other, "gateway", of("foreign"));
    server = await serveMutual({
      port: 0,
      hostname: "127.0.0.1",
      identity: readIdentity(of("content")),
      callers: ["gateway"],
      fetch: async (request) =>
        Response.json({ body: new TextDecoder().decode(await readBody(request, 1_000)) }),
    });
    url = `https://127.0.0.1:${server.port()}`;
  });
  after(async () => {
    await server.shutdown();
    await Deno.remove(folder, { recursive: true });
  });

  it("answer those who may call", async () => {
    using client = clientOf("gateway");
    const answer = await fetch(`${url}/x`, { client, method: "POST", body: "hello" });
    equal((await answer.json()).body, "hello");
  });

  it("take as large a head as the gateway sends on, and answer a larger one", async () => {
    using client = clientOf("gateway");
    const statusOf = async (bytes: number) => {
      const headers = { "x-large": "a".repeat(bytes) };
      const answer = await fetch(`${url}/x`, { client, headers });
      await answer.body?.cancel();
      return answer.status;
    };
    equal(await statusOf(48 * 1024), 200);
    equal(await statusOf(80 * 1024).catch(() => 431), 431);
    equal(await statusOf(10), 200);
  });

  it("refuse another service with 403", async () => {
    equal(await statusAs("practice"), 403);
  });

  it("G3: do not speak to anybody without a certificate", async () => {
    using client = Deno.createHttpClient({ caCerts: [readIdentity(of("gateway")).ca] });
    await rejects(fetch(`${url}/x`, { client }), TypeError);
    await rejects(fetch(url.replace("https", "http")), TypeError);
  });

  it("do not speak to another authority's certificate, nor to an expired one", async () => {
    const { ca } = readIdentity(of("gateway"));
    const { cert, key } = readIdentity(of("foreign"));
    using foreign = Deno.createHttpClient({ cert, key, caCerts: [ca] });
    await rejects(fetch(`${url}/x`, { client: foreign }), TypeError);
    using expired = clientOf("expired");
    await rejects(fetch(`${url}/x`, { client: expired }), TypeError);
  });

  it("are not believed by a client of another authority", async () => {
    await rejects(statusAs("foreign"), TypeError);
  });

  it("take a new certificate without a restart, on both sides", async () => {
    const name = of("gateway");
    const stop = takeIdentity(name);
    const changed = Promise.withResolvers<void>();
    const unfollow = followIdentity(() => changed.resolve());
    try {
      equal((await fetchPeer(`${url}/x`).then((answer) => answer.json())).body, "");
      const before = readIdentity(name).cert;
      const authority = await openAuthority(folder);
      await writeIdentity(authority, "gateway", name);
      await writeIdentity(authority, "content", of("content"));
      await changed.promise;
      server.rotate(readIdentity(of("content")));
      ok(readIdentity(name).cert !== before);
      equal((await fetchPeer(`${url}/x`).then((answer) => answer.json())).body, "");
      equal(await statusAs("practice"), 403);
    } finally {
      unfollow();
      stop();
    }
    // Without an identity it is an ordinary client again.
    await rejects(fetchPeer(`${url}/x`), TypeError);
  });

  it("do not start on a certificate of another authority", async () => {
    await Deno.mkdir(of("mixed"));
    await Deno.copyFile(`${of("foreign")}/identity.pem`, `${of("mixed")}/identity.pem`);
    await Deno.copyFile(`${of("gateway")}/ca.pem`, `${of("mixed")}/ca.pem`);
    throws(() => takeIdentity(of("mixed")), /not signed by ca.pem/);
  });

  it("do not start on an expired certificate, nor on files that hold something else", async () => {
    throws(() => takeIdentity(of("expired")), /Cannot start: .*expired at \d{4}-.*renews it/);
    throws(() => takeIdentity(of("nowhere")), /Cannot start: .*nowhere\/identity.pem is not there/);
    const bad = of("bad");
    await writeIdentity(await openAuthority(folder), "content", bad);
    const good = await Deno.readTextFile(`${bad}/identity.pem`);
    const foreign = await Deno.readTextFile(`${of("practice")}/identity.pem`);
    const key = /-----BEGIN PRIVATE KEY-----[^-]+-----END PRIVATE KEY-----/;
    for (
      const [text, reason] of [
        ["", /holds no certificate/],
        [good.slice(0, 200), /holds no certificate/],
        [good.replace(/M/g, "N"), /holds no certificate/],
        [good.replace(key, "-----BEGIN PRIVATE KEY-----x-----END PRIVATE KEY-----"), /does/],
        [good.replace(key, ""), /does not hold the key/],
        [good.replace(key, foreign.match(key)![0]), /does not hold the key/],
      ] as const
    ) {
      await Deno.writeTextFile(`${bad}/identity.pem`, text);
      throws(() => takeIdentity(bad), { name: "UnusableCertificate", message: reason });
    }
  });

  it("say once that their certificate has expired, and what is wrong with the next", async () => {
    const old = of("old");
    await writeIdentity(await openAuthority(folder), "content", old);
    let now = new Date();
    const said: string[] = [];
    let heard = Promise.withResolvers<void>();
    const stop = takeIdentity(old, [], (error) => {
      said.push(String(error));
      heard.resolve();
    }, () => now);
    try {
      now = new Date(now.getTime() + CERTIFICATE_LIFE_MS);
      await heard.promise;
      heard = Promise.withResolvers<void>();
      await Deno.writeTextFile(`${old}/identity.pem`, "nothing");
      await heard.promise;
      match(said.shift()!, /the certificate expired at/);
      match(said.shift()!, /holds no certificate/);
      deepEqual(said, []);
    } finally {
      stop();
    }
  });

  it("have certificates for a day at most", () => {
    const { validTo } = new X509Certificate(readIdentity(of("content")).cert);
    ok(new Date(validTo).getTime() - Date.now() <= CERTIFICATE_LIFE_MS);
    equal(CERTIFICATE_LIFE_MS, 24 * 3_600_000);
  });
});

describe("the name in a certificate", () => {
  const table: [text: string | undefined, name: string | undefined][] = [
    ["URI:spiffe://praxis/gateway, DNS:gateway-service", "gateway"],
    ["DNS:gateway, URI:spiffe://praxis/gateway", "gateway"],
    ["URI:spiffe://praxis/gateway, URI:spiffe://praxis/identity", undefined],
    ["URI:spiffe://praxis.evil/gateway", undefined],
    ["URI:spiffe://praxis/gateway/../identity", undefined],
    ["URI:spiffe://praxis/", undefined],
    ["DNS:spiffe://praxis/gateway", undefined],
    ["", undefined],
    [undefined, undefined],
  ];
  for (const [text, name] of table) {
    it(`${text} is ${name ?? "nobody's"}`, () => equal(serviceNamed(text), name));
  }
});
