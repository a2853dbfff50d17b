/** Starts the app: session, client, languages, pages. */
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { createClient } from "./api/client.ts";
import { ClientContext, SessionContext } from "./api/context.ts";
import { isPassing } from "./api/problem.ts";
import { Session } from "./api/session.ts";
import { rememberList } from "./features/documents/documents.ts";
import { refuseStrayDrops } from "./features/documents/uploads/DropTarget.tsx";
import { LanguageProvider } from "./i18n/i18n.tsx";
import { createAppRouter } from "./router.tsx";
import { Announcer } from "./ui/announcer.tsx";

const PASSING_RETRIES = 2;

const session = new Session({
  fetch: (...args) => fetch(...args),
  now: Date.now,
  storage: localStorage,
  channel: new BroadcastChannel("praxis.session"),
  onSwitched: () => location.assign("/"),
});
const client = createClient(session);
const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 5_000,
      retry: (count, error) => count < PASSING_RETRIES && isPassing(error),
      retryDelay: (attempt) => 600 * 2 ** attempt,
      refetchOnWindowFocus: true,
      networkMode: "always",
    },
    mutations: { networkMode: "always" },
  },
});
const router = createAppRouter({ session, client, queries });

// What one person has seen must not wait in memory for the next.
let before = session.state;
session.subscribe(() => {
  if (session.state === before) return;
  before = session.state;
  if (session.state === "signed-out") {
    queries.clear();
    rememberList({});
  }
  router.invalidate();
});
refuseStrayDrops();
await session.resume();

createRoot(document.getElementById("root")!).render(
  <StrictMode>
    <SessionContext value={session}>
      <ClientContext value={client}>
        <QueryClientProvider client={queries}>
          <LanguageProvider>
            <Announcer>
              <RouterProvider router={router} />
            </Announcer>
          </LanguageProvider>
        </QueryClientProvider>
      </ClientContext>
    </SessionContext>
  </StrictMode>,
);
