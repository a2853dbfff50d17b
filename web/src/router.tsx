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
import { readAnalyticsSearch } from "./features/analytics/search.ts";
import { readListSearch } from "./features/documents/documents.ts";
import { readCalendarSearch } from "./features/calendar/search.ts";
import { readFindingSearch } from "./features/compliance/search.ts";
import { readAlertSearch } from "./features/decisions/search.ts";
import { AUDITED, type Audited } from "./features/audit/audit.ts";
import "./features/oauth/request.ts";
import { readDefinitionSearch, readEditorSearch } from "./features/definitions/search.ts";
import { readRunSearch } from "./features/runs/search.ts";
import { meQuery, permissionsQuery } from "./features/sessions/me.ts";
import { SignInPage } from "./features/sessions/SignInPage.tsx";
import { CrashPage, FailedPage, NotFoundPage } from "./features/shell/pages.tsx";
import { accepting, isWithin } from "./search.ts";
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
  validateSearch: accepting<{ next?: string }>(({ next }) => isWithin(next) ? { next } : {}),
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
  component: lazyRouteComponent(() => import("./features/shell/SignedIn.tsx"), "SignedIn"),
  errorComponent: FailedPage,
});

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
  validateSearch: accepting(readListSearch),
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
  validateSearch: accepting((given: Record<string, unknown>): { version?: number; pane?: Pane } => {
    const version = Number(given.version);
    const pane = PANES.find((value) => value === given.pane);
    return {
      ...(Number.isInteger(version) && version > 0 ? { version } : {}),
      ...(pane && pane !== "details" ? { pane } : {}),
    };
  }),
  component: lazyRouteComponent(
    () => import("./features/documents/DocumentPage.tsx"),
    "DocumentPage",
  ),
});

const tasks = createRoute({
  getParentRoute: () => signedIn,
  path: "/tasks",
  validateSearch: accepting((given: Record<string, unknown>): { list?: TaskList } => {
    const list = TASK_LISTS.find((value) => value === given.list);
    return list ? { list } : {};
  }),
  component: lazyRouteComponent(() => import("./features/tasks/TasksPage.tsx"), "TasksPage"),
});

const oneTask = createRoute({
  getParentRoute: () => signedIn,
  path: "/tasks/$taskId",
  component: lazyRouteComponent(() => import("./features/tasks/TaskPage.tsx"), "TaskPage"),
});

const enrolment = createRoute({
  getParentRoute: () => signedIn,
  path: "/enrolments/$enrolmentId",
  component: lazyRouteComponent(
    () => import("./features/enrolments/EnrolmentPage.tsx"),
    "EnrolmentPage",
  ),
});

const workflows = createRoute({
  getParentRoute: () => signedIn,
  path: "/workflows",
  component: lazyRouteComponent(
    () => import("./features/workflows/WorkflowsLayout.tsx"),
    "WorkflowsLayout",
  ),
});
const workflowsHome = createRoute({
  getParentRoute: () => workflows,
  path: "/",
  beforeLoad: () => {
    throw redirect({ to: "/workflows/runs", replace: true });
  },
});
const runs = createRoute({
  getParentRoute: () => workflows,
  path: "/runs",
  validateSearch: accepting(readRunSearch),
  component: lazyRouteComponent(() => import("./features/runs/RunsPage.tsx"), "RunsPage"),
});
const oneRun = createRoute({
  getParentRoute: () => workflows,
  path: "/runs/$runId",
  component: lazyRouteComponent(() => import("./features/runs/RunPage.tsx"), "RunPage"),
});
const definitions = createRoute({
  getParentRoute: () => workflows,
  path: "/definitions",
  component: lazyRouteComponent(
    () => import("./features/definitions/DefinitionsPage.tsx"),
    "DefinitionsPage",
  ),
});
const newDefinition = createRoute({
  getParentRoute: () => workflows,
  path: "/definitions/new",
  validateSearch: accepting(readEditorSearch),
  component: lazyRouteComponent(
    () => import("./features/definitions/EditorPage.tsx"),
    "EditorPage",
  ),
});
const oneDefinition = createRoute({
  getParentRoute: () => workflows,
  path: "/definitions/$key",
  validateSearch: accepting(readDefinitionSearch),
  component: lazyRouteComponent(
    () => import("./features/definitions/DefinitionPage.tsx"),
    "DefinitionPage",
  ),
});

const scores = createRoute({
  getParentRoute: () => workflows,
  path: "/scores",
  validateSearch: accepting((given: Record<string, unknown>): { score?: string } =>
    typeof given.score === "string" ? { score: given.score.slice(0, 60) } : {}
  ),
  component: lazyRouteComponent(() => import("./features/decisions/ScoresPage.tsx"), "ScoresPage"),
});
const analytics = createRoute({
  getParentRoute: () => workflows,
  path: "/analytics",
  validateSearch: accepting(readAnalyticsSearch),
  component: lazyRouteComponent(
    () => import("./features/analytics/AnalyticsPage.tsx"),
    "AnalyticsPage",
  ),
});
const alerts = createRoute({
  getParentRoute: () => workflows,
  path: "/alerts",
  validateSearch: accepting(readAlertSearch),
  component: lazyRouteComponent(() => import("./features/decisions/AlertsPage.tsx"), "AlertsPage"),
});
const compliance = createRoute({
  getParentRoute: () => workflows,
  path: "/compliance",
  validateSearch: accepting(readFindingSearch),
  component: lazyRouteComponent(
    () => import("./features/compliance/CompliancePage.tsx"),
    "CompliancePage",
  ),
});
const finding = createRoute({
  getParentRoute: () => workflows,
  path: "/compliance/findings/$findingId",
  component: lazyRouteComponent(
    () => import("./features/compliance/FindingPage.tsx"),
    "FindingPage",
  ),
});
const newProtocol = createRoute({
  getParentRoute: () => workflows,
  path: "/compliance/new",
  component: lazyRouteComponent(
    () => import("./features/compliance/ProtocolFormPage.tsx"),
    "ProtocolFormPage",
  ),
});
const protocol = createRoute({
  getParentRoute: () => workflows,
  path: "/compliance/protocols/$key",
  validateSearch: accepting(({ version }: Record<string, unknown>): { version?: number } =>
    Number.isInteger(version) && Number(version) > 0 ? { version: Number(version) } : {}
  ),
  component: lazyRouteComponent(
    () => import("./features/compliance/ProtocolPage.tsx"),
    "ProtocolPage",
  ),
});
const assistant = createRoute({
  getParentRoute: () => workflows,
  path: "/assistant",
  component: lazyRouteComponent(
    () => import("./features/assistants/AssistantPage.tsx"),
    "AssistantPage",
  ),
});
const proposal = createRoute({
  getParentRoute: () => workflows,
  path: "/assistant/$proposalId",
  component: lazyRouteComponent(
    () => import("./features/assistants/ProposalPage.tsx"),
    "ProposalPage",
  ),
});
const switches = createRoute({
  getParentRoute: () => workflows,
  path: "/switches",
  component: lazyRouteComponent(() => import("./features/stance/SwitchesPage.tsx"), "SwitchesPage"),
});

const notifications = createRoute({
  getParentRoute: () => signedIn,
  path: "/notifications",
  validateSearch: accepting((given: Record<string, unknown>): { list?: "unread" } =>
    given.list === "unread" ? { list: "unread" } : {}
  ),
  component: lazyRouteComponent(
    () => import("./features/notifications/NotificationsPage.tsx"),
    "NotificationsPage",
  ),
});

const audit = createRoute({
  getParentRoute: () => signedIn,
  path: "/audit",
  validateSearch: accepting(
    (given: Record<string, unknown>): { service?: Audited; subject?: string } => {
      const service = AUDITED.find((value) => value === given.service);
      const isId = typeof given.subject === "string" && /^[\da-f-]{36}$/i.test(given.subject);
      return {
        ...(service && service !== "content" ? { service } : {}),
        ...(isId ? { subject: given.subject as string } : {}),
      };
    },
  ),
  component: lazyRouteComponent(() => import("./features/audit/AuditPage.tsx"), "AuditPage"),
});

const design = createRoute({
  getParentRoute: () => signedIn,
  path: "/design",
  component: lazyRouteComponent(() => import("./features/design/DesignPage.tsx"), "DesignPage"),
});

const patients = createRoute({
  getParentRoute: () => signedIn,
  path: "/patients",
  validateSearch: accepting((given: Record<string, unknown>): { q?: string } =>
    typeof given.q === "string" && given.q ? { q: given.q.slice(0, 200) } : {}
  ),
  component: lazyRouteComponent(
    () => import("./features/patients/PatientsPage.tsx"),
    "PatientsPage",
  ),
});

const registerPatient = createRoute({
  getParentRoute: () => signedIn,
  path: "/patients/new",
  component: lazyRouteComponent(
    () => import("./features/patients/PatientFormPage.tsx"),
    "RegisterPage",
  ),
});

const importPatients = createRoute({
  getParentRoute: () => signedIn,
  path: "/patients/import",
  component: lazyRouteComponent(() => import("./features/patients/ImportPage.tsx"), "ImportPage"),
});

const onePatient = createRoute({
  getParentRoute: () => signedIn,
  path: "/patients/$patientId",
  component: lazyRouteComponent(() => import("./features/patients/PatientPage.tsx"), "PatientPage"),
});

const editPatient = createRoute({
  getParentRoute: () => signedIn,
  path: "/patients/$patientId/edit",
  component: lazyRouteComponent(
    () => import("./features/patients/PatientFormPage.tsx"),
    "EditPage",
  ),
});

const mergePatient = createRoute({
  getParentRoute: () => signedIn,
  path: "/patients/$patientId/merge",
  component: lazyRouteComponent(() => import("./features/patients/MergePage.tsx"), "MergePage"),
});

const calendar = createRoute({
  getParentRoute: () => signedIn,
  path: "/calendar",
  validateSearch: accepting(readCalendarSearch),
  component: lazyRouteComponent(
    () => import("./features/calendar/CalendarPage.tsx"),
    "CalendarPage",
  ),
});

const account = createRoute({
  getParentRoute: () => signedIn,
  path: "/account",
  component: lazyRouteComponent(() => import("./features/account/AccountPage.tsx"), "AccountPage"),
});

// Pages that letters, programs and strangers lead to.
const register = createRoute({
  getParentRoute: () => root,
  path: "/register",
  component: lazyRouteComponent(
    () => import("./features/registrations/RegisterPage.tsx"),
    "RegisterPage",
  ),
});
const verifyEmail = createRoute({
  getParentRoute: () => root,
  path: "/verify-email",
  component: lazyRouteComponent(
    () => import("./features/registrations/VerifyEmailPage.tsx"),
    "VerifyEmailPage",
  ),
});
const forgotPassword = createRoute({
  getParentRoute: () => root,
  path: "/forgot-password",
  component: lazyRouteComponent(
    () => import("./features/passwords/ForgotPasswordPage.tsx"),
    "ForgotPasswordPage",
  ),
});
const resetPassword = createRoute({
  getParentRoute: () => root,
  path: "/reset-password",
  component: lazyRouteComponent(
    () => import("./features/passwords/ResetPasswordPage.tsx"),
    "ResetPasswordPage",
  ),
});
const confirmEmail = createRoute({
  getParentRoute: () => root,
  path: "/confirm-email",
  component: lazyRouteComponent(
    () => import("./features/account/ConfirmEmailPage.tsx"),
    "ConfirmEmailPage",
  ),
});
const authorize = createRoute({
  getParentRoute: () => root,
  path: "/authorize",
  component: lazyRouteComponent(
    () => import("./features/oauth/AuthorizePage.tsx"),
    "AuthorizePage",
  ),
});
const mailbox = createRoute({
  getParentRoute: () => root,
  path: "/mailbox",
  validateSearch: accepting((given: Record<string, unknown>): { to?: string } =>
    typeof given.to === "string" ? { to: given.to.slice(0, 254) } : {}
  ),
  component: lazyRouteComponent(() => import("./features/mailbox/MailboxPage.tsx"), "MailboxPage"),
});

const tree = root.addChildren([
  signIn,
  register,
  verifyEmail,
  forgotPassword,
  resetPassword,
  confirmEmail,
  authorize,
  mailbox,
  signedIn.addChildren([
    home,
    documents,
    oneDocument,
    patients,
    registerPatient,
    importPatients,
    onePatient,
    editPatient,
    mergePatient,
    calendar,
    tasks,
    oneTask,
    enrolment,
    workflows.addChildren([
      workflowsHome,
      runs,
      oneRun,
      definitions,
      newDefinition,
      oneDefinition,
      scores,
      alerts,
      compliance,
      finding,
      newProtocol,
      protocol,
      analytics,
      assistant,
      proposal,
      switches,
    ]),
    notifications,
    audit,
    account,
    design,
  ]),
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
