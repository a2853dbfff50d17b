/** Who is refused takes nothing from those who share a wider limit with him: over real sockets. */
import { deepEqual, equal } from "node:assert/strict";
import { after, before, describe, it } from "@std/testing/bdd";
import { CLIENT_AUDIENCE } from "@praxis/shared/auth";
import { newId } from "@praxis/shared/id";
import { createLimiter } from "./limits.ts";
import { openGateway, standInIdentity, standInService, until } from "./testing.ts";

const REQUESTS = 12;

describe("a caller beyond the limit", () => {
  let identity: Awaited<ReturnType<typeof standInIdentity>>;
  let content: ReturnType<typeof standInService>;
  let gateway: ReturnType<typeof openGateway>;
  /** Nothing grows back while the tests run. */
  const slowly = (name: string, burst: number) =>
    createLimiter({ name, perSecond: 1, burst }, () => 0);

  before(async () => {
    identity = await standInIdentity();
    content = standInService("content");
    gateway = openGateway({
      urls: { identity: identity.url, content: content.url },
      environment: { TRUSTED_PROXIES: "127.0.0.1" },
      deps: {
        limiters: {
          user: slowly("user", 4),
          organization: slowly("organization", 8),
          key: slowly("key", 6),
          address: slowly("address", 8),
          signIn: slowly("sign-in", 2),
        },
      },
    });
    gateway.follow();
    await until(() => gateway.deps.staleSeconds() < 60);
  });
  after(() => Promise.all([gateway.close(), identity.close(), content.close()]));

  const programClaims = () => ({
    aud: CLIENT_AUDIENCE,
    client_id: newId(),
    scope: "documents:read",
  });
  let networks = 0;
  const fromNewNetwork = () => `198.51.100.${++networks}`;

  async function ask(authorization: string, from: string, path = "/api/content/x") {
    const headers = { authorization, "x-forwarded-for": from };
    const answer = await fetch(gateway.url + path, { headers });
    await answer.body?.cancel();
    const limit = answer.headers.get("ratelimit")?.split(";")[0];
    return `${answer.status} ${limit}`;
  }
  /** How often each answer came. */
  async function counts(authorization: string, from: string, path?: string) {
    const found: Record<string, number> = {};
    for (let i = 0; i < REQUESTS; i++) {
      const answer = await ask(authorization, from, path);
      found[answer] = (found[answer] ?? 0) + 1;
    }
    return found;
  }
  /** The authorization of a user whose token is known by now. */
  async function signedIn(claims: Record<string, unknown>): Promise<string> {
    const authorization = `Bearer ${(await identity.token(claims)).token}`;
    equal(await ask(authorization, fromNewNetwork()), '200 "address"');
    return authorization;
  }

  it("as a member takes nothing from the clinic", async () => {
    const org = newId();
    const [greedy, colleague] = [await signedIn({ org }), await signedIn({ org })];
    deepEqual(await counts(greedy, fromNewNetwork()), { '200 "user"': 4, '429 "user"': 8 });
    deepEqual(await counts(colleague, fromNewNetwork()), { '200 "user"': 4, '429 "user"': 8 });
    const third = await signedIn({ org });
    equal(await ask(third, fromNewNetwork()), '429 "organization"');
  });

  it("as a member takes nothing from the program that he uses", async () => {
    const program = programClaims();
    const greedy = await signedIn(program);
    deepEqual(await counts(greedy, fromNewNetwork()), { '200 "user"': 4, '429 "user"': 8 });
    const other = await signedIn(program);
    equal(await ask(other, fromNewNetwork()), '200 "user"');
    equal(await ask(other, fromNewNetwork()), '200 "user"');
    equal(await ask(other, fromNewNetwork()), '429 "key"');
  });

  it("as a stranger who says a program's name takes nothing from the program", async () => {
    const program = programClaims();
    const basic = (secret: string) => `Basic ${btoa(`${program.client_id}:${secret}`)}`;
    const stranger = fromNewNetwork();
    deepEqual(await counts(basic("guessed"), stranger, "/oauth/token"), {
      '200 "address"': 6,
      '429 "key"': 2,
      '429 "address"': 4,
    });
    equal(await ask(basic("own"), fromNewNetwork(), "/oauth/token"), '200 "address"');
    const user = await signedIn(program);
    deepEqual(await counts(user, stranger), { '200 "user"': 4, '429 "user"': 8 });
  });
});
