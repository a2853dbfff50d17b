/** The session and the client, as every component finds them. */
import { createContext, use, useSyncExternalStore } from "react";
import type { Client } from "./client.ts";
import type { Session, SessionState } from "./session.ts";

export const SessionContext = createContext<Session | undefined>(undefined);
export const ClientContext = createContext<Client | undefined>(undefined);

export function useSession(): Session {
  const session = use(SessionContext);
  if (!session) throw new Error("no session around this component");
  return session;
}

export function useClient(): Client {
  const client = use(ClientContext);
  if (!client) throw new Error("no client around this component");
  return client;
}

export function useSessionState(): SessionState {
  const session = useSession();
  return useSyncExternalStore(session.subscribe, session.snapshot);
}

export function useIsConfirming(): boolean {
  const session = useSession();
  return useSyncExternalStore(session.subscribe, session.isConfirming);
}
