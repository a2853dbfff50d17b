/** Communication on a fresh database, with a clock that stands still and an identity made up here. */
import type { EventEnvelope } from "@praxis/shared/events";
import { newId } from "@praxis/shared/id";
import { asService, openTestService, type TestService } from "@praxis/shared/testing";
import type { Api } from "@praxis/shared/http";
import { createApp } from "./app.ts";
import type { Deps } from "./deps.ts";

export const NOON = new Date("2026-01-05T12:00:00Z");

type Document = {
  organizationId: string;
  documentId?: string;
  title?: string;
  patientId?: string | null;
};

export type TestCommunication = AsyncDisposable & {
  service: TestService;
  deps: Deps;
  app: Api;
  /** An organization whose members with documents:read are these. */
  addOrganization(...userIds: string[]): string;
  /** From now on every question to identity ends like this. */
  breakIdentity(error: Error | undefined): void;
  /** Delivers an event as `teller`. */
  tell(event: unknown, teller?: string): Promise<Response>;
  /** Answers of the service to a user. */
  as(userId: string, organizationId: string): (
    method: "GET" | "POST",
    path: string,
  ) => Promise<Response>;
};

export function documentCreated(document: Document): EventEnvelope {
  const { organizationId, documentId = newId(), title = "Letter", patientId = null } = document;
  return {
    specversion: "1.0",
    id: newId(),
    source: "/content",
    type: "document.created",
    subject: documentId,
    time: NOON.toISOString(),
    datacontenttype: "application/json",
    dataversion: 1,
    organizationid: organizationId,
    requestid: "request-of-the-upload",
    data: {
      documentId,
      version: 1,
      kind: "pdf",
      title,
      fileName: "letter.pdf",
      patientId,
      createdBy: newId(),
    },
  };
}

export async function openCommunication(
  { mail = { isKept: true } }: { mail?: Deps["mail"] } = {},
): Promise<TestCommunication> {
  const folder = new URL("./migrations/", import.meta.url);
  const service = await openTestService({ service: "communication", folder, now: () => NOON });
  const members = new Map<string, string[]>();
  let broken: Error | undefined;
  const deps: Deps = {
    ...service.deps,
    mail,
    identity: {
      listMembers: (organizationId, permission) => {
        if (broken) return Promise.reject(broken);
        const known = permission === "documents:read" && members.get(organizationId);
        return Promise.resolve(known || []);
      },
    },
  };
  const app = createApp(deps, { identify: service.identify });
  return {
    service,
    deps,
    app,
    addOrganization: (...userIds) => {
      const organizationId = newId();
      members.set(organizationId, userIds);
      return organizationId;
    },
    breakIdentity: (error) => {
      broken = error;
    },
    tell: async (event, teller = "content") =>
      await app.request("/internal/events", {
        method: "POST",
        body: JSON.stringify(event),
        headers: { "content-type": "application/json", ...asService(teller) },
      }),
    as: (userId, organizationId) => async (method, path) =>
      await app.request(path, {
        method,
        headers: service.headersOf({ userId, organizationId, permissions: [] }),
      }),
    [Symbol.asyncDispose]: () => service[Symbol.asyncDispose](),
  };
}
