import { equal, match } from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { z } from "@hono/zod-openapi";
import { anonymous } from "../auth/actor.ts";
import { silent } from "../telemetry/mod.ts";
import { createApi, createService, defineRoute, empty } from "./mod.ts";

const route = defineRoute({
  permission: "public",
  method: "post",
  path: "/things",
  tags: ["things"],
  summary: "Take anything",
  request: {
    body: { required: true, content: { "application/json": { schema: z.unknown() } } },
  },
  responses: { 204: { description: "Taken" } },
});
const api = createApi();
api.openapi(route, () => empty(204));
const app = createService({
  name: "things",
  features: [api],
  identify: () => Promise.resolve(anonymous),
  ready: {},
  log: silent,
});

async function post(body: BodyInit): Promise<[status: number, text: string]> {
  const headers = { "content-type": "application/json" };
  const answer = await app.request("/things", { method: "POST", headers, body });
  return [answer.status, await answer.text()];
}

describe("a JSON body", () => {
  it("may be nested, and not without an end", async () => {
    const nested = (levels: number) => "[".repeat(levels) + "]".repeat(levels);
    equal((await post(nested(100)))[0], 204);
    for (const levels of [101, 5_000, 500_000]) {
      const [status, text] = await post(nested(levels));
      equal(status, 400);
      match(text, /nested deeper/);
    }
    const [status] = await post('{"a":'.repeat(101) + "1" + "}".repeat(101));
    equal(status, 400);
  });

  it("is JSON in UTF-8", async () => {
    for (const body of ["", "{", "[".repeat(1_000), new Uint8Array([0x22, 0xff, 0x22])]) {
      equal((await post(body))[0], 400);
    }
  });
});
