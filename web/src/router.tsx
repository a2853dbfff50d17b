/** Every page and its address. */
import type { QueryClient } from "@tanstack/react-query";
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
} from "@tanstack/react-router";
import type { Client } from "./api/client.ts";
import type { Session } from "./api/session.ts";
import { readListSearch } from "./features/documents/documents.ts";
import { AUDITED, type Audited } from "./features/audit/audit.ts";
import { UploadsProvider } from "./features/documents/uploads/uploads.tsx";
import { ExpiredDialog } from "./features/sessions/ExpiredDialog.tsx";
import { meQuery, permissionsQuery } from "./features/sessions/me.ts";
import { SignInPage } from "./features/sessions/SignInPage.tsx";
import { UnreachablePage } from "./features/sessions/UnreachablePage.tsx";
import { CrashPage, FailedPage, NotFoundPage } from "./features/shell/pages.tsx";
import { Shell } from "./features/shell/Shell.tsx";
import { TASK_LISTS, type TaskList } from "./features/tasks/tasks.ts";

type Context = { session: Session; client: Client; queries: QueryClient };

const root = createRootRouteWithContext<Context>()({
  component: Outlet,
  notFoundComponent: NotFoundPage,
  errorComponent: CrashPage,
});

const signIn = createRoute({
  getParentRoute: () => root,
  path: "/sign-in",
  validateSearch: (given: Record<string, unknown>): { next?: string } =>
    typeof given.next === "string" && /^\/(?![/\\])/.test(given.next) ? { next: given.next } : {},
  beforeLoad: ({ context: { session }, search }) => {
    if (session.state === "signed-in") {
      throw redirect({ to: search.next ?? "/documents", replace: true });
    }
  },
  component: SignInPage,
});

const signedIn = createRoute({
  getParentRoute: () => root,
  id: "signed-in",
  beforeLoad: ({ context: { session }, location }) => {
    if (session.state !== "signed-out") return;
    const next = location.href === "/" || location.href === "/documents"
      ? {}
      : { next: location.href };
    throw redirect({ to: "/sign-in", search: next, replace: true });
  },
  loader: async ({ context: { session, client, queries } }) => {
    if (session.state === "unreachable") return;
    const me = await queries.ensureQueryData(meQuery(client));
    // Known before the first page is drawn, so that nothing appears and vanishes again.
    await queries.ensureQueryData(permissionsQuery(client, me.id)).catch(() => {});
  },
  component: SignedIn,
  errorComponent: FailedPage,
});

function SignedIn() {
  const { session } = signedIn.useRouteContext();
  if (session.state === "unreachable") return <UnreachablePage />;
  if (session.state === "signed-out") return null;
  return (
    <UploadsProvider>
      <Shell />
      <ExpiredDialog />
    </UploadsProvider>
  );
}

const home = createRoute({
  getParentRoute: () => signedIn,
  path: "/",
  beforeLoad: () => {
    throw redirect({ to: "/documents", replace: true });
  },
});

const documents = createRoute({
  getParentRoute: () => signedIn,
  path: "/documents",
  validateSearch: readListSearch,
  component: lazyRouteComponent(
    () => import("./features/documents/DocumentsPage.tsx"),
    "DocumentsPage",
  ),
});

const PANES = ["details", "versions", "audit"] as const;
export type Pane = typeof PANES[number];

const oneDocument = createRoute({
  getParentRoute: () => signedIn,
  path: "/documents/$documentId",
  validateSearch: (given: Record<string, unknown>): { version?: number; pane?: Pane } => {
    const version = Number(given.version);
    const pane = PANES.find((value) => value === given.pane);
    return {
      ...(Number.isInteger(version) && version > 0 ? { version } : {}),
      ...(pane && pane !== "details" ? { pane } : {}),
    };
  },
  component: lazyRouteComponent(
    () => import("./features/documents/DocumentPage.tsx"),
    "DocumentPage",
  ),
});

const tasks = createRoute({
  getParentRoute: () => signedIn,
  path: "/tasks",
  validateSearch: (given: Record<string, unknown>): { list?: TaskList } => {
    const list = TASK_LISTS.find((value) => value === given.list);
    return list ? { list } : {};
  },
  component: lazyRouteComponent(() => import("./features/tasks/TasksPage.tsx"), "TasksPage"),
});

const notifications = createRoute({
  getParentRoute: () => signedIn,
  path: "/notifications",
  validateSearch: (given: Record<string, unknown>): { list?: "unread" } =>
    given.list === "unread" ? { list: "unread" } : {},
  component: lazyRouteComponent(
    () => import("./features/notifications/NotificationsPage.tsx"),
    "NotificationsPage",
  ),
});

const audit = createRoute({
  getParentRoute: () => signedIn,
  path: "/audit",
  validateSearch: (given: Record<string, unknown>): { service?: Audited } => {
    const service = AUDITED.find((value) => value === given.service);
    return service && service !== "content" ? { service } : {};
  },
  component: lazyRouteComponent(() => import("./features/audit/AuditPage.tsx"), "AuditPage"),
});

const design = createRoute({
  getParentRoute: () => signedIn,
  path: "/design",
  component: lazyRouteComponent(() => import("./features/design/DesignPage.tsx"), "DesignPage"),
});

const tree = root.addChildren([
  signIn,
  signedIn.addChildren([home, documents, oneDocument, tasks, notifications, audit, design]),
]);

export const createAppRouter = (context: Context) =>
  createRouter({
    routeTree: tree,
    context,
    defaultPreload: "intent",
    scrollRestoration: true,
    defaultErrorComponent: CrashPage,
    defaultNotFoundComponent: NotFoundPage,
  });

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof createAppRouter>;
  }
}
