/** What is different between two versions, place by place. */
import { queryOptions, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useClient } from "../../api/context.ts";
import { useText } from "../../i18n/i18n.tsx";
import { Badge } from "../../ui/Badge.tsx";
import { Choice } from "../../ui/Choice.tsx";
import { Code } from "../../ui/Code.tsx";
import type { Tone } from "../../ui/Notice.tsx";
import { Skeleton } from "../../ui/Progress.tsx";
import { ProblemNotice } from "../problems/ProblemNotice.tsx";
import { useWorkflowText } from "../workflows/texts.ts";
import type { Definition } from "./definitions.ts";

const tones: Record<"added" | "removed" | "changed", Tone> = {
  added: "good",
  removed: "danger",
  changed: "caution",
};

export function Differences(
  { definition: { key, version }, versions }: {
    definition: Definition;
    versions: readonly Definition[];
  },
) {
  const common = useText().common;
  const text = useWorkflowText().definitions;
  const client = useClient();
  const others = versions.filter((one) => one.version !== version);
  const [from, setFrom] = useState(String(others.find((one) => one.version < version)!.version));
  const found = useQuery(queryOptions({
    queryKey: ["definitions", "diff", key, version, from],
    queryFn: ({ signal }) =>
      client.get("/api/workflow/definitions/{key}/versions/{version}/diff", {
        path: { key, version: String(version) },
        query: { from: Number(from) },
        signal,
      }),
  }));
  return (
    <>
      <div className="mb-3 max-w-56">
        <Choice
          label={text.comparedWith}
          value={from}
          onChange={setFrom}
          choices={others.map((one) => ({
            value: String(one.version),
            label: text.version(one.version),
          }))}
        />
      </div>
      {found.isError
        ? <ProblemNotice error={found.error} />
        : found.isPending
        ? <Skeleton label={common.loading} lines={4} />
        : found.data.items.length === 0
        ? <p className="text-ink-3">{text.noDiff}</p>
        : (
          <ul className="flex flex-col gap-4">
            {found.data.items.map(({ pointer, change, before, after }) => (
              <li key={`${pointer} ${change}`} className="min-w-0">
                <p className="mb-1 flex flex-wrap items-center gap-2">
                  <Badge tone={tones[change]}>{text.changes[change]}</Badge>
                  <code className="font-mono text-xs wrap-anywhere">{pointer || "/"}</code>
                </p>
                <div className="grid gap-2 md:grid-cols-2">
                  {before !== undefined && <Side label={text.before} value={before} />}
                  {after !== undefined && <Side label={text.after} value={after} />}
                </div>
              </li>
            ))}
          </ul>
        )}
    </>
  );
}

function Side({ label, value }: { label: string; value: unknown }) {
  return (
    <div className="min-w-0">
      <p className="text-xs text-ink-3">{label}</p>
      <Code label={label} text={JSON.stringify(value, null, 2) ?? ""} />
    </div>
  );
}
