/** Around every page: where you are, which organization, who you are. */
import { useQuery } from "@tanstack/react-query";
import { Link, Outlet, useRouterState } from "@tanstack/react-router";
import { useEffect, useRef } from "react";
import { useClient } from "../../api/context.ts";
import { useText } from "../../i18n/i18n.tsx";
import { Count } from "../../ui/Badge.tsx";
import { Icon, type IconName } from "../../ui/Icon.tsx";
import { Mark } from "../../ui/Mark.tsx";
import { unreadQuery } from "../notifications/notifications.ts";
import { useMay, useMe } from "../sessions/me.ts";
import { OrganizationMenu } from "./OrganizationMenu.tsx";
import { UserMenu } from "./UserMenu.tsx";

export function Shell() {
  const text = useText();
  const me = useMe();
  return (
    <div className="min-h-dvh sm:grid sm:grid-cols-[5.75rem_minmax(0,1fr)] xl:grid-cols-[13rem_minmax(0,1fr)]">
      <a
        href="#content"
        className="sr-only z-50 rounded-md bg-accent px-3 py-2 font-medium text-on-accent focus:not-sr-only focus:fixed focus:top-2 focus:left-2"
      >
        {text.common.skip}
      </a>
      <header className="sticky top-0 z-20 col-span-2 flex h-14 items-center gap-3 border-b border-line bg-canvas/90 px-4 backdrop-blur-md sm:pl-5">
        <Link
          to="/documents"
          aria-label={text.nav.home}
          className="flex items-center gap-2.5 rounded-md"
        >
          <Mark />
          <span className="hidden text-lg font-semibold tracking-tight xl:inline">Praxis</span>
        </Link>
        <span aria-hidden="true" className="h-5 w-px bg-line xl:ml-[4.35rem]" />
        <OrganizationMenu me={me} />
        <div className="ml-auto">
          <UserMenu me={me} />
        </div>
      </header>
      <Navigation />
      <main
        id="content"
        tabIndex={-1}
        className="min-w-0 pb-20 outline-none sm:col-start-2 sm:row-start-2 sm:pb-8"
      >
        <Outlet />
      </main>
      <PageChange />
    </div>
  );
}

function Navigation() {
  const text = useText();
  const unread = useQuery(unreadQuery(useClient())).data ?? 0;
  const canAudit = useMay("audit:read") !== false;
  const canPatients = useMay("patients:read") !== false;
  const canCalendar = useMay("appointments:read") !== false;
  const canWorkflows = useMay("workflows:read") !== false;
  return (
    <nav
      aria-label={text.nav.label}
      className="fixed inset-x-0 bottom-0 z-20 border-t border-line bg-surface/95 pb-[env(safe-area-inset-bottom)] backdrop-blur-md sm:sticky sm:top-14 sm:row-start-2 sm:h-[calc(100dvh-3.5rem)] sm:border-t-0 sm:border-r sm:bg-transparent sm:p-2 sm:backdrop-blur-none xl:p-3"
    >
      <ul className="flex justify-around sm:flex-col sm:justify-start sm:gap-0.5">
        <NavItem to="/documents" icon="documents" label={text.nav.documents} />
        {canPatients && <NavItem to="/patients" icon="user" label={text.nav.patients} />}
        {canCalendar && <NavItem to="/calendar" icon="calendar" label={text.nav.calendar} />}
        <NavItem to="/tasks" icon="tasks" label={text.nav.tasks} />
        <NavItem
          to="/notifications"
          icon="bell"
          label={text.nav.notifications}
          short={text.nav.notificationsShort}
          count={unread}
        />
        {canWorkflows && (
          <NavItem
            to="/workflows"
            icon="workflows"
            label={text.nav.workflows}
            short={text.nav.workflowsShort}
          />
        )}
        {canAudit && <NavItem to="/audit" icon="audit" label={text.nav.audit} />}
      </ul>
    </nav>
  );
}

type ItemProps = {
  to:
    | "/documents"
    | "/patients"
    | "/calendar"
    | "/tasks"
    | "/notifications"
    | "/workflows"
    | "/audit";
  icon: IconName;
  label: string;
  short?: string;
  count?: number;
};

function NavItem({ to, icon, label, short = label, count = 0 }: ItemProps) {
  const text = useText();
  return (
    <li className="min-w-0 flex-auto sm:flex-none">
      <Link
        to={to}
        activeOptions={{ exact: false, includeSearch: false }}
        className="group relative flex flex-col items-center gap-0.5 py-2 text-2xs font-medium max-sm:tracking-tight sm:px-0.5 text-ink-3 outline-offset-[-3px] transition-colors duration-100 hover:text-ink aria-[current=page]:text-on-accent-soft sm:rounded-md sm:py-2.5 sm:aria-[current=page]:bg-accent-soft xl:flex-row xl:gap-2.5 xl:px-2.5 xl:py-2 xl:text-base"
      >
        <span className="relative">
          <Icon name={icon} className="size-5.5 xl:size-5" />
          <span className="absolute -top-2 -right-3.5 xl:hidden">
            <Count value={count} />
          </span>
        </span>
        <span className="max-w-full truncate xl:hidden">{short}</span>
        <span className="hidden grow truncate xl:inline">{label}</span>
        <span className="hidden xl:inline">
          <Count value={count} />
        </span>
        {count > 0 && <span className="sr-only">{text.nav.unread(count)}</span>}
      </Link>
    </li>
  );
}

/** A screen reader hears that the page has changed, and reads on from its top. */
function PageChange() {
  const path = useRouterState({ select: (state) => state.resolvedLocation?.pathname });
  const before = useRef(path);
  useEffect(() => {
    if (before.current !== undefined && before.current !== path) {
      document.getElementById("content")?.focus({ preventScroll: true });
    }
    before.current = path;
  }, [path]);
  return null;
}
