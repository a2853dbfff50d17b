/** How anyone fetches the keys that tokens are checked with. */
import { createApi, defineRoute, reply } from "@praxis/shared/http";
import type { Deps } from "../deps.ts";
import { KeySet } from "./model.ts";

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

  api.openapi(
    listKeys,
    (c) => reply(c, 200, KeySet, deps.keys.published, { "cache-control": "public, max-age=300" }),
  );

  return api;
}
