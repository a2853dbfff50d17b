/** Who drafts is said by the environment, and nobody outside unless it says so. */
import { deepEqual, equal, rejects, throws } from "node:assert/strict";
import { loadConfig } from "@praxis/shared/config";
import { describe, it } from "@std/testing/bdd";
import { z } from "zod";
import { assistanceConfig, openAssistance, openProvider } from "./opening.ts";
import { patientNo } from "./testing.ts";

const now = () => new Date("2026-01-05T12:00:00Z");
const configOf = (env: Record<string, string>) =>
  loadConfig(z.object(assistanceConfig), (name) => env[name]);
const providerOf = async (env: Record<string, string>) =>
  (await openProvider(configOf(env), now)).id;

describe("the environment", () => {
  const [openai, anthropic] = [{ OPENAI_API_KEY: "k" }, { ANTHROPIC_API_KEY: "k" }];

  it("says who drafts", async () => {
    deepEqual([
      await providerOf({}),
      await providerOf(openai),
      await providerOf(anthropic),
      await providerOf({ ...openai, ...anthropic }),
      await providerOf({ ...openai, ...anthropic, ASSISTANCE_PROVIDER: "anthropic" }),
      await providerOf({ ...openai, ASSISTANCE_PROVIDER: "rule-based" }),
      await providerOf({ ...openai, ASSISTANCE_PROVIDER: "anthropic" }),
    ], ["rule-based", "openai", "anthropic", "openai", "anthropic", "rule-based", "rule-based"]);
  });

  it("is refused where it makes no sense, without repeating a key", () => {
    throws(
      () => configOf({ OPENAI_API_KEY: "secret-key", OPENAI_BASE_URL: "file:///etc" }),
      (error: Error) => /OPENAI_BASE_URL/.test(error.message) && !/secret/.test(error.message),
    );
    throws(() => configOf({ ASSISTANCE_PROVIDER: "mine" }), /ASSISTANCE_PROVIDER/);
  });
});

describe("what practice says of a patient", () => {
  it("is taken as it is, and anything else for nothing known", async () => {
    let answer = () => Response.json(patientNo(1));
    const seen: string[] = [];
    const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, (request) => {
      seen.push(`${new URL(request.url).pathname} ${request.headers.get("authorization")}`);
      return answer();
    });
    const url = `http://127.0.0.1:${server.addr.port}`;
    const { identifiersOf, ask } = await openAssistance({ ...configOf({}), CONTEXT_KEY: "c" }, {
      discover: () => url,
      serviceToken: () => Promise.resolve("t"),
      ask: () => Promise.reject(new Error("not asked")),
      now,
    });
    const known = await identifiersOf("o", "p");
    equal(known!.name.family, patientNo(1).name.family);
    equal(seen[0], "/internal/patients/p/identity Bearer t");
    for (
      const bad of [
        () => new Response(null, { status: 404 }),
        () => new Response("{"),
        () => Response.json({ name: "Ada" }),
        () => new Response(null, { status: 302, headers: { location: "/" } }),
      ]
    ) {
      answer = bad;
      equal(await identifiersOf("o", "p"), undefined);
    }
    await server.shutdown();
    equal(await identifiersOf("o", "p"), undefined);
    await rejects(ask({} as never, {} as never), /not asked/);
  });
});
