/** Around the pages of workflows: which of them there are for this person. */
import { Link, Outlet } from "@tanstack/react-router";
import { useClient } from "../../api/context.ts";
import { useQuery } from "@tanstack/react-query";
import { meQuery, permissionsQuery } from "../sessions/me.ts";
import { useWorkflowText } from "./texts.ts";

/** Each with what it needs; nobody sees what would be refused. */
const PAGES = [
  { to: "/workflows/runs", name: "runs", needs: "workflows:read" },
  { to: "/workflows/definitions", name: "definitions", needs: "workflows:read" },
  { to: "/workflows/scores", name: "scores", needs: "decisions:evaluate" },
  { to: "/workflows/alerts", name: "alerts", needs: "decisions:evaluate" },
  { to: "/workflows/compliance", name: "compliance", needs: "compliance:read" },
  { to: "/workflows/analytics", name: "analytics", needs: "analytics:read" },
  { to: "/workflows/assistant", name: "assistant", needs: "assistants:use" },
  { to: "/workflows/switches", name: "switches", needs: "organizations:read" },
] as const;

export function WorkflowsLayout() {
  const text = useWorkflowText().nav;
  const client = useClient();
  const me = useQuery(meQuery(client)).data;
  const permissions = useQuery(permissionsQuery(client, me?.id)).data;
  const pages = PAGES.filter(({ needs }) => permissions?.has(needs) !== false);
  return (
    <div className="mx-auto max-w-[88rem]">
      <nav aria-label={text.label} className="overflow-x-auto px-4 sm:px-6 lg:px-8">
        <ul className="flex min-w-max gap-5 border-b border-line">
          {pages.map(({ to, name }) => (
            <li key={to}>
              <Link
                to={to}
                activeOptions={{ exact: false, includeSearch: false }}
                className="-mb-px block border-b-2 border-transparent py-2.5 text-sm font-medium whitespace-nowrap text-ink-3 outline-offset-[-2px] hover:text-ink aria-[current=page]:border-accent aria-[current=page]:text-ink"
              >
                {text[name]}
              </Link>
            </li>
          ))}
        </ul>
      </nav>
      <div className="px-4 pt-5 sm:px-6 lg:px-8">
        <Outlet />
      </div>
    </div>
  );
}
