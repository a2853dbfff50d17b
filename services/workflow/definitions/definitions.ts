/** What can be done with definitions. */
import { record } from "@praxis/shared/audit";
import type { UserActor } from "@praxis/shared/auth";
import { newId } from "@praxis/shared/id";
import { type Db, read, transaction } from "@praxis/shared/postgres";
import { ensureNamed, isApproved } from "../approvals/approvals.ts";
import type { Deps } from "../deps.ts";
import {
  checkDefinition,
  compile,
  type Document,
  type Finding,
  type Graph,
  graphOf,
  hashOf,
  parseDefinition,
} from "../language/language.ts";
import { problem } from "../problems.ts";
import { heardEvents } from "./heard.ts";
import {
  type Definition,
  type DefinitionDetail,
  type Difference,
  differencesOf,
  eventTypeOf,
} from "./model.ts";
import * as store from "./store.ts";

const ERRORS_MAX = 50;

/** A problem that names every place and the rule that it breaks. */
export const invalid = (findings: readonly Finding[]) =>
  problem("definition-invalid", {
    errors: findings.filter(({ severity }) => severity === "error").slice(0, ERRORS_MAX)
      .map(({ pointer, rule, detail }) => ({ pointer, detail: `${rule}: ${detail}` })),
  });

const check = (deps: Deps, actor: UserActor, document: Document) =>
  checkDefinition(document, {
    functions: deps.functions,
    events: heardEvents,
    permissions: actor.permissions,
  }, deps.sandbox);

/** Everything that is wrong with a definition, without keeping it. */
export async function validate(deps: Deps, actor: UserActor, source: string): Promise<Finding[]> {
  const parsed = parseDefinition(source);
  return "document" in parsed ? await check(deps, actor, parsed.document) : parsed.findings;
}

type Request = { requestId: string };

async function audit(
  tx: Db,
  deps: Deps,
  actor: UserActor,
  action: string,
  { id, key, version, sha256 }: Definition,
  requestId: string,
): Promise<void> {
  await record(tx, deps.now(), {
    actor,
    organizationId: actor.organizationId,
    action: `definition.${action}`,
    subject: { type: "definition", id },
    requestId,
    details: { key, version, sha256 },
  });
}

/** Keeps a draft: what does not fit the language is refused, what may not be published is not. */
export async function putDraft(
  deps: Deps,
  actor: UserActor,
  { source, note, kind = "workflow", document: compiled, requestId }: Request & {
    source: string;
    note?: string | undefined;
    kind?: Definition["kind"];
    /** What a pathway was compiled to; otherwise the source is the document. */
    document?: Document;
  },
): Promise<{ definition: Definition; findings: Finding[] }> {
  let document = compiled;
  if (!document) {
    const parsed = parseDefinition(source);
    if (!("document" in parsed)) throw invalid(parsed.findings);
    document = parsed.document;
  }
  const findings = await check(deps, actor, document);
  const { organizationId, userId } = actor;
  const { name, title } = document.document;
  const at = deps.now();
  const hash = await hashOf(document);
  const definition = await transaction(deps.sql, { organizationId }, async (tx) => {
    const kept = await store.putDraft(tx, {
      id: newId(),
      organizationId,
      kind,
      key: name,
      title: (title ?? name).slice(0, 200),
      document: document!,
      source,
      sha256: hash,
      note: note ?? null,
      eventType: eventTypeOf(document!),
      createdBy: userId,
      at,
    });
    if (!kept) throw problem("definition-state", { detail: "A version of it waits for approval." });
    await audit(tx, deps, actor, "drafted", kept, requestId);
    return kept;
  });
  return { definition, findings };
}

type Named = Request & { key: string; version: number };

export async function get(
  deps: Deps,
  { organizationId }: UserActor,
  { key, version }: Pick<Named, "key" | "version">,
): Promise<DefinitionDetail> {
  const scope = { organizationId };
  const found = await read(deps.sql, scope, (tx) => store.find(tx, organizationId, key, version));
  if (!found) throw problem("definition-not-found");
  return found;
}

/** The one that new runs are runs of. */
export async function getActive(
  deps: Deps,
  organizationId: string,
  key: string,
): Promise<DefinitionDetail> {
  const scope = { organizationId };
  const found = await read(deps.sql, scope, (tx) => store.findActive(tx, organizationId, key));
  if (!found) throw problem("definition-not-found");
  return found;
}

export async function list(
  deps: Deps,
  { organizationId }: UserActor,
  { filter, before, limit }: {
    filter: store.Filter;
    before: string | undefined;
    limit: number;
  },
): Promise<Definition[]> {
  return await read(
    deps.sql,
    { organizationId },
    (tx) => store.list(tx, organizationId, filter, { before, limit: limit + 1 }),
  );
}

/** Hands a draft in, as it stands: from now on it does not change. */
export async function submit(
  deps: Deps,
  actor: UserActor,
  { key, version, requestId }: Named,
): Promise<Definition> {
  const draft = await get(deps, actor, { key, version });
  const findings = await check(deps, actor, draft.document);
  if (findings.some(({ severity }) => severity === "error")) throw invalid(findings);
  const { organizationId, userId } = actor;
  return await transaction(deps.sql, { organizationId }, async (tx) => {
    const locked = await store.find(tx, organizationId, key, version, "lock");
    if (locked?.state !== "draft" || locked.sha256 !== draft.sha256) {
      throw problem("definition-state", { detail: "It is no draft, or has changed meanwhile." });
    }
    const at = deps.now();
    const moved = await store.move(tx, organizationId, locked.id, {
      state: "submitted",
      submittedBy: userId,
      at,
    });
    await audit(tx, deps, actor, "submitted", moved, requestId);
    return moved;
  });
}

/**
 * A second person lets it run, or watches it run in the shadow first: what they have read, which is
 * named by its hash.
 * @throws content-changed (412) when it is something else
 */
export async function approve(
  deps: Deps,
  actor: UserActor,
  { key, version, state, sha256, requestId }: Named & {
    state: "active" | "shadow";
    sha256: string;
  },
): Promise<Definition> {
  const { organizationId, userId } = actor;
  return await transaction(deps.sql, { organizationId }, async (tx) => {
    const found = await store.find(tx, organizationId, key, version, "lock");
    if (!found) throw problem("definition-not-found");
    const isOpen = found.state === "submitted" || (found.state === "shadow" && state === "active");
    if (!isOpen) throw problem("definition-state", { detail: `It is ${found.state}.` });
    if (userId === found.createdBy || userId === found.submittedBy) throw problem("own-definition");
    await ensureNamed({ content: found.document, sha256: found.sha256 }, sha256);
    if (state === "active") await store.retireActive(tx, organizationId, key);
    const at = deps.now();
    const approval = { by: userId, sha256 };
    const moved = await store.move(tx, organizationId, found.id, { state, approval, at });
    await audit(tx, deps, actor, state === "active" ? "approved" : "shadowed", moved, requestId);
    return moved;
  });
}

/** No new runs; those that there are go on. What was only handed in goes back to its author. */
export async function retire(
  deps: Deps,
  actor: UserActor,
  { key, version, requestId }: Named,
): Promise<Definition> {
  const { organizationId } = actor;
  return await transaction(deps.sql, { organizationId }, async (tx) => {
    const found = await store.find(tx, organizationId, key, version, "lock");
    if (!found) throw problem("definition-not-found");
    const state = found.state === "submitted" ? "draft" : "retired";
    if (found.state === "retired" || found.state === "draft") {
      throw problem("definition-state", { detail: `It is ${found.state}.` });
    }
    const back = state === "draft" ? { submittedBy: null } : {};
    const moved = await store.move(tx, organizationId, found.id, {
      state,
      at: deps.now(),
      ...back,
    });
    await audit(tx, deps, actor, state === "draft" ? "returned" : "retired", moved, requestId);
    return moved;
  });
}

export async function diff(
  deps: Deps,
  actor: UserActor,
  { key, from, to }: { key: string; from: number; to: number },
): Promise<Difference[]> {
  const [before, after] = await Promise.all([
    get(deps, actor, { key, version: from }),
    get(deps, actor, { key, version: to }),
  ]);
  return differencesOf(before.document as never, after.document as never);
}

/** A version as something that can be drawn. */
export const graph = async (
  deps: Deps,
  actor: UserActor,
  named: Pick<Named, "key" | "version">,
): Promise<Graph> => graphOf(compile((await get(deps, actor, named)).document));

/** Whether a version is still what was approved of it. */
export const isAsApproved = ({ document, sha256, approvedSha256 }: DefinitionDetail) =>
  isApproved({ content: document, sha256, approvedSha256 });

/** The version that a run is to be a run of, within a transaction; the active one unless named. */
export async function findRunnable(
  tx: Db,
  organizationId: string,
  key: string,
  version: number | null,
): Promise<DefinitionDetail | undefined> {
  const found = version === null
    ? await store.findActive(tx, organizationId, key)
    : await store.find(tx, organizationId, key, version);
  return found && found.state !== "draft" && found.state !== "submitted" ? found : undefined;
}

/** Those that an event of this type starts. */
export const listStartedBy = (tx: Db, organizationId: string, eventType: string) =>
  store.listByEvent(tx, organizationId, eventType);

export const findById = (tx: Db, organizationId: string, id: string) =>
  store.findById(tx, organizationId, id);

/** The newest version of each of `keys` that the organization has. */
export const listNewest = (tx: Db, organizationId: string, keys: readonly string[]) =>
  store.listNewest(tx, organizationId, keys);
