/** Audit events, as the pages ask for them. */
import { infiniteQueryOptions } from "@tanstack/react-query";
import type { Client } from "../../api/client.ts";

export const AUDITED = ["content", "identity", "communication", "workflow"] as const;
export type Audited = typeof AUDITED[number];

const PAGE = 50;

export const auditQuery = (client: Client, service: Audited, subjectId?: string) =>
  infiniteQueryOptions({
    queryKey: ["audit", service, subjectId ?? null],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam, signal }) =>
      client.get(`/api/${service}/audit-events`, {
        query: {
          limit: PAGE,
          ...(subjectId === undefined ? {} : { subjectId }),
          ...(pageParam === undefined ? {} : { cursor: pageParam }),
        },
        signal,
      }),
    getNextPageParam: (page) => page.nextCursor ?? undefined,
  });
