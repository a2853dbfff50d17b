/** The client against a server that answers well, badly, late or not at all. */
import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import { newId } from "@praxis/shared/id";
import { Problem } from "@praxis/shared/problem";
import { describe, it } from "@std/testing/bdd";
import { createIdentityClient } from "./identity.ts";

const serviceToken = () => Promise.resolve("a-service-token");

function startIdentity(answer: (request: Request) => Response | Promise<Response>) {
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, answer);
  return {
    url: `http://127.0.0.1:${server.addr.port}`,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

const isUnavailable = (error: unknown) => {
  ok(error instanceof Problem);
  equal(error.status, 503);
  ok(error.cause, "the log needs the cause");
  return true;
};

describe("createIdentityClient", () => {
  it("lists the users who hold a permission, asking as this service", async () => {
    const [organizationId, userId] = [newId(), newId()];
    let asked: { url: URL; authorization: string | null } | undefined;
    await using identity = startIdentity(({ url, headers }) => {
      asked = { url: new URL(url), authorization: headers.get("authorization") };
      return Response.json({ items: [{ userId, membershipId: newId(), role: "nurse" }] });
    });
    const client = createIdentityClient({ identityUrl: identity.url, serviceToken });
    deepEqual(await client.listMembers(organizationId, "documents:read"), [userId]);
    equal(asked?.url.pathname, `/internal/organizations/${organizationId}/members`);
    equal(asked?.url.search, "?permission=documents%3Aread");
    equal(asked?.authorization, "Bearer a-service-token");
  });

  const bad: Record<string, () => Response> = {
    "a refusal": () => new Response("no", { status: 403 }),
    "an error": () => new Response("oh", { status: 500 }),
    "no JSON": () => new Response("<html>"),
    "JSON of another shape": () => Response.json({ items: [{ user: 1 }] }),
  };
  for (const [what, answer] of Object.entries(bad)) {
    it(`is unavailable when identity answers with ${what}`, async () => {
      await using identity = startIdentity(answer);
      const client = createIdentityClient({ identityUrl: identity.url, serviceToken });
      await rejects(client.listMembers(newId(), "documents:read"), isUnavailable);
    });
  }

  it("is unavailable when identity does not answer within the limit", async () => {
    const late = Promise.withResolvers<Response>();
    await using identity = startIdentity(() => late.promise);
    const identityUrl = identity.url;
    const client = createIdentityClient({ identityUrl, serviceToken, timeoutMs: 50 });
    await rejects(client.listMembers(newId(), "documents:read"), isUnavailable);
    late.resolve(new Response());
  });

  it("is unavailable when nobody listens, or no service token can be had", async () => {
    const nobody = startIdentity(() => new Response());
    await nobody[Symbol.asyncDispose]();
    const client = createIdentityClient({ identityUrl: nobody.url, serviceToken });
    await rejects(client.listMembers(newId(), "documents:read"), isUnavailable);
    const tokenless = createIdentityClient({
      identityUrl: nobody.url,
      serviceToken: () => Promise.reject(new Error("no token")),
    });
    await rejects(tokenless.listMembers(newId(), "documents:read"), isUnavailable);
  });
});
