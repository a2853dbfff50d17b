/** One definition: its versions, each drawn, as written, compared, tried, and approved by two. */
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useClient } from "../../api/context.ts";
import { useFormat, useText } from "../../i18n/i18n.tsx";
import { BackLink } from "../../ui/BackLink.tsx";
import { Badge } from "../../ui/Badge.tsx";
import { ButtonLink } from "../../ui/Button.tsx";
import { Code } from "../../ui/Code.tsx";
import { Facts } from "../../ui/Facts.tsx";
import { GraphView } from "../../ui/graph/GraphView.tsx";
import { Empty } from "../../ui/Notice.tsx";
import { Skeleton } from "../../ui/Progress.tsx";
import { Tabs } from "../../ui/Tabs.tsx";
import { ProblemNotice } from "../problems/ProblemNotice.tsx";
import { useMay, useNames } from "../sessions/me.ts";
import { usePageTitle } from "../shell/title.ts";
import { useWorkflowText } from "../workflows/texts.ts";
import {
  callOf,
  chosenOf,
  type Definition,
  definitionQuery,
  definitionsQuery,
  drawingOf,
  graphQuery,
  kindOf,
  toneOf,
} from "./definitions.ts";
import { DefinitionSteps } from "./DefinitionSteps.tsx";
import { Differences } from "./Differences.tsx";
import { Simulate } from "./Simulate.tsx";

const route = getRouteApi("/signed-in/workflows/definitions/$key");

export function DefinitionPage() {
  const all = useText();
  const text = useWorkflowText().definitions;
  const { key } = route.useParams();
  const search = route.useSearch();
  const definitions = useQuery(definitionsQuery(useClient()));
  const versions = (definitions.data ?? []).filter((one) => one.key === key)
    .sort((a, b) => b.version - a.version);
  const chosen = chosenOf(versions, search.version);
  return (
    <>
      <BackLink to="/workflows/definitions">{text.back}</BackLink>
      {chosen
        ? <Opened key={`${key} ${chosen.version}`} definition={chosen} versions={versions} />
        : definitions.isError
        ? <ProblemNotice error={definitions.error} onRetry={() => definitions.refetch()} />
        : definitions.isPending
        ? <Skeleton label={all.common.loading} lines={8} />
        : (
          <>
            <h1 className="sr-only">{text.title}</h1>
            <Empty icon="workflows" title={all.problem.missing}>{all.problem.missingText}</Empty>
          </>
        )}
    </>
  );
}

type Known = { definition: Definition; versions: readonly Definition[] };

function Opened({ definition, versions }: Known) {
  const text = useWorkflowText().definitions;
  const format = useFormat();
  const nameOf = useNames();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const canAuthor = useMay("workflows:author") !== false;
  const { key, version, state, kind } = definition;
  usePageTitle(definition.title);
  const before = versions.find((one) => one.version < version);
  const tabs = ["overview", "source", "diff", ...(canAuthor ? ["simulate"] as const : [])] as const;
  const content = {
    overview: <Drawn definition={definition} />,
    source: <Source definition={definition} />,
    diff: before
      ? <Differences definition={definition} versions={versions} />
      : <p className="text-ink-3">{text.firstVersion}</p>,
    simulate: <Simulate definition={definition} />,
  };
  return (
    <>
      <header className="mt-2 mb-4 flex flex-wrap items-start gap-x-4 gap-y-3">
        <div className="min-w-0 grow basis-72">
          <h1 className="text-2xl font-semibold wrap-anywhere">{definition.title}</h1>
          <p className="mt-1 flex flex-wrap items-center gap-2 text-sm text-ink-2">
            <span>{text.kinds[kind]}</span>
            <span>{text.version(version)}</span>
            <Badge tone={toneOf[state]}>{text.states[state]}</Badge>
          </p>
        </div>
        <div className="flex flex-wrap gap-2">
          {canAuthor && (
            <ButtonLink
              to="/workflows/definitions/new"
              search={{ from: `${key}@${version}`, ...(kind === "pathway" ? { kind } : {}) }}
            >
              {text.edit}
            </ButtonLink>
          )}
          <DefinitionSteps definition={definition} />
        </div>
      </header>
      <div className="gap-8 lg:grid lg:grid-cols-[minmax(0,1fr)_17rem]">
        <div className="min-w-0 rounded-lg border border-line bg-surface">
          <Tabs
            label={definition.title}
            selected={search.pane ?? "overview"}
            onSelect={(pane) =>
              navigate({
                replace: true,
                search: { ...search, pane: pane === "overview" ? undefined : pane },
              })}
            tabs={tabs.map((id) => ({ id, label: text[id], content: content[id] }))}
          />
        </div>
        <aside className="mt-6 flex min-w-0 flex-col gap-6 lg:mt-0">
          <section aria-label={text.versions}>
            <h2 className="mb-1 text-lg font-semibold">{text.versions}</h2>
            <ul className="border-t border-line">
              {versions.map((one) => (
                <li
                  key={one.version}
                  className="flex items-center gap-2 border-b border-line py-row"
                >
                  <Link
                    to="/workflows/definitions/$key"
                    params={{ key }}
                    search={{ version: one.version }}
                    aria-current={one.version === version ? "true" : undefined}
                    className={`grow underline-offset-2 hover:underline ${
                      one.version === version ? "font-semibold" : ""
                    }`}
                  >
                    {text.version(one.version)}
                  </Link>
                  <Badge tone={toneOf[one.state]}>{text.states[one.state]}</Badge>
                </li>
              ))}
            </ul>
          </section>
          <Facts
            facts={[
              [text.startsWith, kind === "workflow" && (definition.eventType ?? text.byHand)],
              [
                text.writtenBy,
                `${nameOf(definition.createdBy) ?? "…"}, ${format.dayShort(definition.createdAt)}`,
              ],
              [text.submittedBy, definition.submittedBy && nameOf(definition.submittedBy)],
              [
                text.approvedBy,
                definition.approvedBy && definition.approvedAt &&
                `${nameOf(definition.approvedBy) ?? "…"}, ${
                  format.dayShort(definition.approvedAt)
                }`,
              ],
              [text.note, definition.note],
              [
                text.sha,
                <code key="sha" className="font-mono text-xs">
                  {definition.sha256.slice(0, 16)}…
                </code>,
              ],
            ]}
          />
        </aside>
      </div>
    </>
  );
}

function Drawn({ definition: { key, version, title } }: { definition: Definition }) {
  const common = useText().common;
  const text = useWorkflowText();
  const client = useClient();
  const graph = useQuery(graphQuery(client, key, version));
  const document = useQuery(definitionQuery(client, key, version)).data?.document;
  if (graph.isError) return <ProblemNotice error={graph.error} onRetry={() => graph.refetch()} />;
  if (!graph.data) return <Skeleton label={common.loading} lines={4} />;
  const { boxes, lines } = drawingOf(graph.data, ({ kind, id }) => ({
    note: text.run.kinds[kindOf(kind, callOf(document, id))],
  }));
  const titleOf = (id: string) => boxes.find((box) => box.id === id)?.title ?? id;
  return (
    <>
      <GraphView label={text.definitions.drawn(title)} boxes={boxes} lines={lines} />
      <ul className="mt-4 border-t border-line text-sm">
        {boxes.filter(({ isEnd }) => !isEnd).map(({ id, title, note }) => {
          const next = lines.filter(({ from }) => from === id)
            .map(({ to, label }) => label ? `${titleOf(to)} (${label})` : titleOf(to));
          return (
            <li key={id} className="border-b border-line py-row wrap-anywhere">
              <span className="font-medium">{title}</span>
              <span className="text-ink-3">
                {note && ` · ${note}`}
                {next.length > 0 && ` → ${next.join(", ")}`}
              </span>
            </li>
          );
        })}
      </ul>
    </>
  );
}

function Source({ definition: { key, version } }: { definition: Definition }) {
  const common = useText().common;
  const text = useWorkflowText().definitions;
  const detail = useQuery(definitionQuery(useClient(), key, version));
  if (detail.isError) return <ProblemNotice error={detail.error} />;
  if (!detail.data) return <Skeleton label={common.loading} lines={8} />;
  return <Code text={detail.data.source} label={text.source} />;
}
