/** What the product's parts are meant for, and which are on in this organization. */
import { queryOptions } from "@tanstack/react-query";
import type { Client, WorkflowSchemas } from "../../api/client.ts";

export type IntendedUse = WorkflowSchemas["IntendedUse"];
export type Feature = WorkflowSchemas["Stance"]["items"][number];

export const stanceQuery = (client: Client) =>
  queryOptions({
    queryKey: ["stance"],
    queryFn: ({ signal }) => client.get("/api/workflow/stance", { signal }),
  });

export const FEATURE_KINDS = ["score", "rule", "assistant", "viewer", "analytics"] as const;
