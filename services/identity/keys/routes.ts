/** How anyone fetches the keys that tokens are checked with. */
import { createApi, defineRoute, reply } from "@praxis/shared/http";
import type { Deps } from "../deps.ts";
import { KeySet, MAX_AGE_SECONDS } from "./model.ts";

const listKeys = defineRoute({
  permission: "public",
  method: "get",
  path: "/.well-known/jwks.json",
  tags: ["keys"],
  summary: "The public keys that tokens are checked with (RFC 7517)",
  responses: { 200: { description: "OK", content: { "application/json": { schema: KeySet } } } },
});

export function keyRoutes(deps: Deps) {
  const api = createApi();

  api.openapi(listKeys, async (c) => {
    const headers = { "cache-control": `public, max-age=${MAX_AGE_SECONDS}` };
    return reply(c, 200, KeySet, await deps.keys.published(), headers);
  });

  return api;
}
