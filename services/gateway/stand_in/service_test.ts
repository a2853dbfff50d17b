/** ADR 0012: one stack, open edge. A service of another make joins by the contract alone. */
import { deepEqual, equal, ok } from "node:assert/strict";
import { after, before, describe, it } from "@std/testing/bdd";
import { newId } from "@praxis/shared/id";
import { contextKeys, ISSUER, openGateway, standInIdentity, until } from "../testing.ts";

const isNodeHere = await new Deno.Command("node", { args: ["--version"] }).output()
  .then(({ success }) => success, () => false);

describe("a service in plain Node", { skip: !isNodeHere }, () => {
  let identity: Awaited<ReturnType<typeof standInIdentity>>;
  let gateway: ReturnType<typeof openGateway>;
  let node: Deno.ChildProcess;
  let url: string;

  before(async () => {
    identity = await standInIdentity();
    node = new Deno.Command("node", {
      args: [new URL("./service.mjs", import.meta.url).pathname],
      env: {
        PORT: "0",
        CONTEXT_KEY: contextKeys.communication,
        IDENTITY_SERVICE_URL: identity.url,
        PUBLIC_URL: ISSUER,
      },
      stdout: "piped",
    }).spawn();
    const reader = node.stdout.pipeThrough(new TextDecoderStream()).getReader();
    url = `http://127.0.0.1:${Number((await reader.read()).value)}`;
    reader.releaseLock();
    gateway = openGateway({ urls: { identity: identity.url, communication: url } });
    gateway.follow();
    await until(() => gateway.deps.staleSeconds() < 60);
  });
  after(async () => {
    node.kill("SIGKILL");
    await node.status;
    await node.stdout.cancel().catch(() => {});
    await Promise.all([gateway.close(), identity.close()]);
  });

  const event = (organizationid: string) => ({
    specversion: "1.0",
    id: newId(),
    source: "/content",
    type: "document.created",
    subject: newId(),
    organizationid,
    data: {},
  });
  async function tell(body: unknown, over: Record<string, unknown> = {}): Promise<number> {
    const claims = {
      iss: ISSUER,
      aud: "praxis-services",
      sub: "service:content",
      exp: Math.floor(Date.now() / 1000) + 60,
      ...over,
    };
    const token = identity.sign(
      JSON.stringify({ alg: "EdDSA", typ: "svc+jwt", kid: "key-1" }),
      JSON.stringify(claims),
    );
    const answer = await fetch(`${url}/internal/events`, {
      method: "POST",
      body: JSON.stringify(body),
      headers: { authorization: `Bearer ${token}` },
    });
    await answer.body?.cancel();
    return answer.status;
  }

  it("knows the user by the context, and takes events once", async () => {
    const { token, claims } = await identity.token();
    const fact = event(claims.org);
    equal(await tell(fact), 204);
    equal(await tell(fact), 204);
    equal(await tell(event(newId())), 204);
    const answer = await fetch(`${gateway.url}/api/communication/facts`, {
      headers: { authorization: `Bearer ${token}` },
    });
    deepEqual((await answer.json()).items.map(({ id }: { id: string }) => id), [fact.id]);
  });

  it("refuses headers that nobody signed, and events of nobody", async () => {
    const forged = { "x-user-id": newId(), "x-tenant-id": newId(), "x-permissions": "audit:read" };
    for (const at of [url, gateway.url]) {
      const answer = await fetch(`${at}/api/communication/facts`, { headers: forged });
      equal(answer.status, 401);
      equal((await answer.json()).type, "/problems/not-signed-in");
    }
    equal(await tell(event(newId()), { aud: "praxis" }), 401);
    equal(await tell(event(newId()), { exp: 1 }), 401);
  });

  it("is part of the one document", async () => {
    const { paths } = await (await fetch(`${gateway.url}/openapi.json`)).json();
    ok("/api/communication/facts" in paths);
  });
});
