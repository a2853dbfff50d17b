/** One's own second factors, as the pages ask for them. */
import { queryOptions } from "@tanstack/react-query";
import type { Client } from "../../api/client.ts";

export const factorsQuery = (client: Client) =>
  queryOptions({
    queryKey: ["factors"],
    queryFn: ({ signal }) => client.get("/api/identity/users/me/factors", { signal }),
  });

export type Way = "passkey" | "totp" | "recovery-code";

/** The handiest first. */
const WAYS: readonly Way[] = ["passkey", "totp", "recovery-code"];

export const waysAmong = (known: readonly Way[]): Way[] =>
  WAYS.filter((way) => known.includes(way));
