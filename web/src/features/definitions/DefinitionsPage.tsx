/** What a clinic does by itself, one line per definition; and what ships with the product. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { useClient } from "../../api/context.ts";
import { useText } from "../../i18n/i18n.tsx";
import { useAnnounce } from "../../ui/announcer.tsx";
import { Badge } from "../../ui/Badge.tsx";
import { Button, ButtonLink } from "../../ui/Button.tsx";
import { DataTable } from "../../ui/DataTable.tsx";
import { Empty } from "../../ui/Notice.tsx";
import { Skeleton } from "../../ui/Progress.tsx";
import { ProblemNotice } from "../problems/ProblemNotice.tsx";
import { useMay } from "../sessions/me.ts";
import { usePageTitle } from "../shell/title.ts";
import { useWorkflowText } from "../workflows/texts.ts";
import { definitionsQuery, familiesOf, type Family, shippedQuery, toneOf } from "./definitions.ts";

export function DefinitionsPage() {
  const common = useText().common;
  const text = useWorkflowText().definitions;
  const canAuthor = useMay("workflows:author") !== false;
  const canImport = useMay("pathways:write") !== false;
  usePageTitle(text.title);
  const definitions = useQuery(definitionsQuery(useClient()));
  const families = familiesOf(definitions.data ?? []);
  return (
    <>
      <div className="mb-4 flex flex-wrap items-start gap-3">
        <div className="min-w-0 flex-1 basis-72">
          <h1 className="text-2xl font-semibold">{text.title}</h1>
          <p className="mt-1 text-ink-2">{text.lead}</p>
        </div>
        <div className="flex flex-wrap gap-2">
          {canImport && (
            <ButtonLink to="/workflows/definitions/new" search={{ kind: "pathway" }}>
              {text.import}
            </ButtonLink>
          )}
          {canAuthor && (
            <ButtonLink to="/workflows/definitions/new" look="primary" icon="plus">
              {text.new}
            </ButtonLink>
          )}
        </div>
      </div>
      {definitions.isError
        ? <ProblemNotice error={definitions.error} onRetry={() => definitions.refetch()} />
        : definitions.isPending
        ? <Skeleton label={common.loading} lines={6} />
        : families.length === 0
        ? <Empty icon="workflows" title={text.emptyTitle}>{text.emptyText}</Empty>
        : <Families families={families} />}
      {canAuthor && <Shipped />}
    </>
  );
}

function Families({ families }: { families: readonly Family[] }) {
  const text = useWorkflowText().definitions;
  return (
    <DataTable
      caption={text.title}
      columns={[
        { label: text.colTitle },
        { label: text.colKind, from: "sm" },
        { label: text.colActive, from: "sm" },
        { label: text.colNewest },
      ]}
      rows={families.map(({ key, newest, active }) => ({
        id: key,
        cells: [
          <div key="title">
            <Link
              to="/workflows/definitions/$key"
              params={{ key }}
              className="row-link text-base font-medium"
            >
              {newest.title}
            </Link>
            <p className="font-mono text-xs text-ink-3">{key}</p>
          </div>,
          text.kinds[newest.kind],
          active && text.version(active.version),
          <span key="newest" className="flex flex-wrap items-center gap-2">
            {text.version(newest.version)}
            <Badge tone={toneOf[newest.state]}>{text.states[newest.state]}</Badge>
          </span>,
        ],
      }))}
    />
  );
}

/** Those that come with the product and that the clinic has not taken over yet. */
function Shipped() {
  const text = useWorkflowText().definitions;
  const client = useClient();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const announce = useAnnounce();
  const canImport = useMay("pathways:write") !== false;
  const shipped = useQuery(shippedQuery(client)).data?.items ?? [];
  const missing = shipped.filter(({ installed, kind }) =>
    installed === null && (kind === "workflow" || canImport)
  );
  const install = useMutation({
    mutationFn: (name: string) =>
      client.post("/api/workflow/shipped-definitions/{name}/install", { path: { name } }),
    onSuccess: async ({ definition: { key, version } }) => {
      announce(text.saved);
      queries.invalidateQueries({ queryKey: ["definitions"] });
      await navigate({
        to: "/workflows/definitions/$key",
        params: { key },
        search: { version },
      });
    },
  });
  if (missing.length === 0) return null;
  return (
    <section aria-label={text.shipped} className="mt-8 max-w-3xl">
      <h2 className="mb-1 text-lg font-semibold">{text.shipped}</h2>
      {install.error && <ProblemNotice error={install.error} />}
      <ul className="border-t border-line">
        {missing.map(({ name, title, kind }) => (
          <li key={name} className="flex items-center gap-3 border-b border-line py-row">
            <span className="min-w-0 grow">
              <span className="block truncate font-medium">{title}</span>
              <span className="text-xs text-ink-3">{text.kinds[kind]}</span>
            </span>
            <Button
              size="sm"
              aria-label={`${text.install}: ${title}`}
              isPending={install.isPending && install.variables === name}
              onPress={() =>
                install.mutate(name)}
            >
              {text.install}
            </Button>
          </li>
        ))}
      </ul>
    </section>
  );
}
