import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { createHash, createPrivateKey, createPublicKey, sign, verify } from "node:crypto";
import { environmentOf } from "./environment.ts";
import { isSupported, parsePortOffset } from "./host.ts";
import { completeSecrets, loadSecrets } from "./secrets.ts";
import { getService, permissionsOf, portsOf, regionHosts, SERVICES } from "./services.ts";
import { makeFolder } from "./stand_ins.ts";

const secrets = completeSecrets({});
const environments = Object.fromEntries(SERVICES.map((service) => [
  service.name,
  environmentOf(service, { mode: "development", dataDir: "/data", portOffset: 100, secrets }),
]));

describe("environment", () => {
  it("gives a service its own databases under the contract's names", () => {
    const identity = environments.identity!;
    assert.equal(
      identity.DATABASE_URL,
      "postgres://identity_user:identity_pass@127.0.0.1:5533/identity_service",
    );
    assert.equal(
      identity.DATABASE_MIGRATION_URL,
      `postgres://identity_owner:${
        secrets.services.identity!.ownerPassword
      }@127.0.0.1:5533/identity_service`,
    );
    assert.equal(identity.UPSTASH_REDIS_REST_URL, "http://127.0.0.1:6580");
    assert.deepEqual([identity.PORT, identity.ADMIN_PORT], ["8101", "9101"]);
    assert.equal(identity.PUBLIC_URL, "http://localhost:8100");
    assert.equal(environments.gateway!.DATABASE_URL, undefined);
    assert.equal(environments.content!.STORAGE_URL, "file:///data/content");
  });

  it("names every other service's address, moved by the offset", () => {
    for (const environment of Object.values(environments)) {
      assert.equal(environment.IDENTITY_SERVICE_URL, "http://127.0.0.1:8101");
      assert.equal(environment.WORKFLOW_SERVICE_URL, "http://127.0.0.1:8104");
    }
  });

  it("gives the gateway everyone's context key, and everyone else only their own", () => {
    const keys = JSON.parse(environments.gateway!.CONTEXT_KEYS!);
    assert.equal(environments.gateway!.CONTEXT_KEY, undefined);
    assert.deepEqual(Object.keys(keys), [
      "identity",
      "content",
      "communication",
      "workflow",
      "practice",
    ]);
    for (const [name, key] of Object.entries(keys)) {
      assert.equal(environments[name]!.CONTEXT_KEY, key);
      assert.equal(environments[name]!.CONTEXT_KEYS, undefined);
    }
    assert.equal(new Set(Object.values(keys)).size, SERVICES.length - 1);
  });

  it("gives identity the hashes of all credentials and nobody's credential but its own", () => {
    const hashes = JSON.parse(environments.identity!.SERVICE_CREDENTIAL_HASHES!);
    for (const { name } of SERVICES) {
      const credential = environments[name]!.SERVICE_CREDENTIAL!;
      assert.equal(hashes[name], createHash("sha256").update(credential).digest("hex"));
    }
  });

  it("gives identity a signing key that signs", () => {
    const [key] = JSON.parse(environments.identity!.SIGNING_KEYS!);
    assert.deepEqual([key.alg, key.use, typeof key.kid], ["EdDSA", "sig", "string"]);
    const privateKey = createPrivateKey({ key, format: "jwk" });
    const signature = sign(null, new TextEncoder().encode("x"), privateKey);
    const { d: _, ...publicHalf } = key;
    const publicKey = createPublicKey({ key: publicHalf, format: "jwk" });
    assert.ok(verify(null, new TextEncoder().encode("x"), publicKey, signature));
  });

  it("makes secrets once and keeps them private", async () => {
    const folder = await makeFolder();
    const first = await loadSecrets(folder);
    assert.deepEqual(await loadSecrets(folder), first);
    assert.equal(((await Deno.stat(`${folder}/secrets.json`)).mode ?? 0) & 0o777, 0o600);
    const { identity: _, ...others } = first.services;
    const mended = completeSecrets({ ...first, services: others });
    assert.deepEqual(mended.services.content, first.services.content);
    assert.ok(mended.services.identity);
    await Deno.remove(folder, { recursive: true });
  });
});

describe("services", () => {
  it("never share a port", () => {
    const ports = SERVICES.flatMap((service) => Object.values(portsOf(service, 0)));
    assert.equal(new Set(ports).size, ports.length);
  });

  it("reach their own databases only", () => {
    const regions = regionHosts('{"ca":"https://ca.example","us":"http://us.example:81"}');
    const place = { root: "/repository", dataDir: "/data", portOffset: 0, regions };
    const ofGateway = permissionsOf(getService("gateway"), place, []).join(" ");
    assert.match(ofGateway, /--allow-net=\S*,ca\.example:443,us\.example:81 /);
    const flags = permissionsOf(getService("content"), place, ["PORT"]);
    const net = flags.find((flag) => flag.startsWith("--allow-net="))!;
    assert.match(net, /127\.0\.0\.1:5434/);
    assert.doesNotMatch(net, /:5433|:5435|:638\d|:6480/);
    assert.ok(flags.includes("--ignore-env") && flags.includes("--allow-env=PORT"));
    assert.ok(flags.includes("--allow-write=/data/content"));
    assert.doesNotMatch(net, /ca\.example/);
    for (const service of SERVICES) {
      for (const flag of permissionsOf(service, place, ["PORT"])) {
        assert.doesNotMatch(flag, /^(-A|--allow-all|--allow-\w+)$/);
        if (flag.startsWith("--allow-run")) {
          assert.ok(["content", "workflow"].includes(service.name), service.name);
          assert.equal(flag, `--allow-run=${Deno.execPath()}`);
        }
      }
    }
  });
});

describe("host", () => {
  it("takes a whole number as the port offset", () => {
    assert.deepEqual([undefined, "", "0", "300"].map(parsePortOffset), [0, 0, 0, 300]);
    for (const text of ["-1", "1.5", "x", "60000"]) assert.throws(() => parsePortOffset(text));
  });

  it("is Linux on x64", () => {
    assert.ok(isSupported({ os: "linux", arch: "x86_64" }));
    assert.ok(!isSupported({ os: "linux", arch: "aarch64" }));
    assert.ok(!isSupported({ os: "darwin", arch: "x86_64" }));
  });
});
