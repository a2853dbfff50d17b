/** What somebody has begun to write stays while they look at something else; signing out ends it. */
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

export function useDraft<T>(
  key: string,
  empty: T,
): [draft: T, change: (next: T) => void, forget: () => void] {
  const queries = useQueryClient();
  const [draft, setDraft] = useState<T>(() => queries.getQueryData<T>(["drafts", key]) ?? empty);
  return [
    draft,
    (next) => {
      queries.setQueryDefaults(["drafts"], { gcTime: Infinity });
      queries.setQueryData(["drafts", key], next);
      setDraft(next);
    },
    () => {
      queries.removeQueries({ queryKey: ["drafts", key] });
      setDraft(empty);
    },
  ];
}
