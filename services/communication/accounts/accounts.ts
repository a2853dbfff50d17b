/** What can be done with accounts at providers. */
import { record } from "@praxis/shared/audit";
import type { UserActor } from "@praxis/shared/auth";
import { newId } from "@praxis/shared/id";
import { type Db, read, transaction } from "@praxis/shared/postgres";
import { common } from "@praxis/shared/problem";
import type { Deps } from "../deps.ts";
import { problem } from "../problems.ts";
import type { Level, Result } from "../providers/model.ts";
import { providers } from "../providers/providers.ts";
import { seal, unseal } from "../sealing.ts";
import {
  type AccountView,
  breakerAfter,
  type Candidate,
  type NewAccount,
  type NewRoute,
  type Route,
} from "./model.ts";
import * as store from "./store.ts";

type Request = { requestId: string };

/** @throws Problem `invalid-request` naming the fields that the provider does not know or needs. */
function checkShape(
  part: "settings" | "secrets",
  input: NewAccount | Pick<NewAccount, "provider" | "secrets">,
) {
  const values = part === "settings" ? (input as NewAccount).settings : input.secrets;
  const checked = providers[input.provider][part].safeParse(values);
  if (checked.success) return;
  throw common("invalid-request", {
    errors: checked.error.issues.map(({ path, message }) => ({
      pointer: `/${[part, ...path].join("/")}`,
      detail: message,
    })),
  });
}

export const levelOf = (
  { provider, hasAgreement, levelMax }: Pick<
    store.AccountRow,
    "provider" | "hasAgreement" | "levelMax"
  >,
): Level => hasAgreement ? Math.min(levelMax, providers[provider].levelMax) as Level : 0;

const toView = (row: store.AccountRow, health: store.HealthRow | undefined): AccountView => ({
  ...row,
  levelMax: levelOf(row),
  isPlatform: false,
  health: store.toHealth(health),
});

export async function create(
  deps: Deps,
  actor: UserActor,
  input: NewAccount,
  { requestId }: Request,
): Promise<AccountView> {
  const { organizationId } = actor;
  const provider = providers[input.provider];
  checkShape("settings", input);
  checkShape("secrets", input);
  const levelMax = input.levelMax ?? Math.min(1, provider.levelMax) as Level;
  if (levelMax > provider.levelMax) {
    throw common("invalid-request", {
      errors: [{ pointer: "/levelMax", detail: "This provider may not carry so much." }],
    });
  }
  const id = newId();
  const at = deps.now();
  const { secrets, ...rest } = input;
  const text = JSON.stringify(secrets);
  const sealedSecrets = seal(deps.encryptionKey, "provider-secrets", id, text);
  const { channel } = provider;
  const row = { ...rest, id, channel, levelMax, sealedSecrets, isEnabled: true };
  return await transaction(deps.sql, { organizationId }, async (tx) => {
    if (!await store.insert(tx, { ...row, organizationId, at })) {
      throw problem("account-name-taken");
    }
    await record(tx, at, {
      actor,
      organizationId,
      action: "provider-account.created",
      subject: { type: "provider-account", id },
      requestId,
      details: { provider: input.provider, region: input.region },
    });
    return toView(row, undefined);
  });
}

export async function list(deps: Deps, organizationId: string): Promise<AccountView[]> {
  return await read(deps.sql, { organizationId }, async (tx) => {
    const [rows, health] = await Promise.all([
      store.list(tx, organizationId),
      store.listHealth(tx, organizationId),
    ]);
    const healthOf = (id: string) => health.find(({ accountId }) => accountId === id);
    const platform = deps.platformAccounts.map((account): AccountView => ({
      id: account.id,
      provider: account.provider,
      channel: account.channel,
      name: `platform ${account.provider}`,
      settings: {},
      region: account.region,
      hasAgreement: account.level > 0,
      levelMax: account.level,
      ratePerMinute: PLATFORM_RATE,
      isEnabled: true,
      isPlatform: true,
      health: store.toHealth(healthOf(account.id)),
    }));
    return [...rows.map((row) => toView(row, healthOf(row.id))), ...platform];
  });
}

const PLATFORM_RATE = 100_000;

export async function rotate(
  deps: Deps,
  actor: UserActor,
  { id, secrets }: { id: string; secrets: Record<string, string> },
  { requestId }: Request,
): Promise<void> {
  const { organizationId } = actor;
  const at = deps.now();
  await transaction(deps.sql, { organizationId }, async (tx) => {
    const row = await store.find(tx, id);
    if (!row) throw problem("account-not-found");
    checkShape("secrets", { provider: row.provider, secrets });
    const text = JSON.stringify(secrets);
    await store.updateSecrets(
      tx,
      organizationId,
      id,
      seal(deps.encryptionKey, "provider-secrets", id, text),
    );
    await record(tx, at, {
      actor,
      organizationId,
      action: "provider-account.rotated",
      subject: { type: "provider-account", id },
      requestId,
    });
  });
}

export async function setEnabled(
  deps: Deps,
  actor: UserActor,
  { id, isEnabled }: { id: string; isEnabled: boolean },
  { requestId }: Request,
): Promise<void> {
  const { organizationId } = actor;
  await transaction(deps.sql, { organizationId }, async (tx) => {
    if (!await store.setEnabled(tx, organizationId, id, isEnabled)) {
      throw problem("account-not-found");
    }
    await record(tx, deps.now(), {
      actor,
      organizationId,
      action: isEnabled ? "provider-account.enabled" : "provider-account.disabled",
      subject: { type: "provider-account", id },
      requestId,
    });
  });
}

export async function putRoute(
  deps: Deps,
  actor: UserActor,
  input: NewRoute,
  { requestId }: Request,
): Promise<Route> {
  const { organizationId } = actor;
  return await transaction(deps.sql, { organizationId }, async (tx) => {
    const own = await store.listOfChannel(tx, organizationId, input.channel);
    const known = new Set([
      ...own.map(({ id }) => id),
      ...deps.platformAccounts.filter(({ channel }) => channel === input.channel)
        .map(({ id }) => id),
    ]);
    const unknown = input.accountIds.flatMap((id, at) => known.has(id) ? [] : [at]);
    if (unknown.length > 0) {
      throw common("invalid-request", {
        errors: unknown.map((at) => ({
          pointer: `/accountIds/${at}`,
          detail: "There is no such account on this channel.",
        })),
      });
    }
    const route = await store.putRoute(tx, organizationId, { ...input, id: newId() });
    await record(tx, deps.now(), {
      actor,
      organizationId,
      action: "provider-route.set",
      subject: { type: "provider-route", id: route.id },
      requestId,
      details: { channel: input.channel, accounts: input.accountIds.length },
    });
    return route;
  });
}

export async function removeRoute(
  deps: Deps,
  actor: UserActor,
  id: string,
  { requestId }: Request,
): Promise<void> {
  const { organizationId } = actor;
  await transaction(deps.sql, { organizationId }, async (tx) => {
    if (!await store.removeRoute(tx, organizationId, id)) throw problem("route-not-found");
    await record(tx, deps.now(), {
      actor,
      organizationId,
      action: "provider-route.removed",
      subject: { type: "provider-route", id },
      requestId,
    });
  });
}

/** A reason sets the switch, none clears it. */
export async function setSwitch(
  deps: Deps,
  actor: UserActor,
  { scope, reason }: { scope: string; reason: string | undefined },
  { requestId }: Request,
): Promise<void> {
  const { organizationId, userId } = actor;
  const at = deps.now();
  await transaction(deps.sql, { organizationId }, async (tx) => {
    if (reason !== undefined) {
      await store.setSwitch(tx, organizationId, { scope, reason, setBy: userId, at });
    } else if (!await store.clearSwitch(tx, organizationId, scope)) {
      throw problem("kill-switch-not-found");
    }
    await record(tx, at, {
      actor,
      organizationId,
      action: reason === undefined ? "kill-switch.cleared" : "kill-switch.set",
      subject: { type: "kill-switch", id: scope },
      requestId,
    });
  });
}

type Sources = Pick<Deps, "encryptionKey" | "platformAccounts" | "now">;

/** Everything that might carry a message on this channel, within `tx`. */
export async function candidates(
  deps: Sources,
  tx: Db,
  organizationId: string,
  channel: string,
): Promise<Candidate[]> {
  const [rows, health] = await Promise.all([
    store.listOfChannel(tx, organizationId, channel),
    store.listHealth(tx, organizationId),
  ]);
  // The platform's own are limited by their providers.
  const tries = rows.length === 0 ? new Map<string, number>() : await store.countTries(
    tx,
    organizationId,
    rows.map(({ id }) => id),
    new Date(deps.now().getTime() - 60_000),
  );
  const healthOf = (id: string) => {
    const row = health.find(({ accountId }) => accountId === id);
    return {
      failures: row?.failures ?? 0,
      openUntil: row?.openUntil ?? null,
      retryAt: row?.retryAt ?? null,
    };
  };
  const own = rows.map((row): Candidate => ({
    id: row.id,
    provider: row.provider,
    channel: row.channel,
    settings: row.settings,
    secrets: secretsOf(deps, row),
    region: row.region,
    level: levelOf(row),
    ratePerMinute: row.ratePerMinute,
    sentInLastMinute: tries.get(row.id) ?? 0,
    isEnabled: row.isEnabled,
    isPlatform: false,
    ...healthOf(row.id),
  }));
  const platform = deps.platformAccounts.filter((account) => account.channel === channel)
    .map((account): Candidate => ({
      ...account,
      ratePerMinute: PLATFORM_RATE,
      sentInLastMinute: 0,
      isEnabled: true,
      isPlatform: true,
      ...healthOf(account.id),
    }));
  return [...own, ...platform];
}

export const secretsOf = (
  { encryptionKey }: Pick<Deps, "encryptionKey">,
  { id, sealedSecrets }: Pick<store.AccountRow, "id" | "sealedSecrets">,
): Record<string, string> =>
  JSON.parse(unseal(encryptionKey, "provider-secrets", id, sealedSecrets));

/** Keeps the account's health, within `tx`. Only failures that are the account's own count. */
export async function observe(
  deps: Pick<Deps, "now">,
  tx: Db,
  { organizationId, accountId, result }: {
    organizationId: string;
    accountId: string;
    result: Result;
  },
): Promise<void> {
  const at = deps.now();
  if (result.outcome === "accepted") {
    await store.markSuccess(tx, organizationId, accountId);
    return;
  }
  if (result.outcome === "permanent") return;
  if (result.outcome === "transient" && result.retryAfterSeconds !== undefined) {
    const retryAt = new Date(at.getTime() + result.retryAfterSeconds * 1000);
    await store.block(tx, { organizationId, accountId, retryAt });
    return;
  }
  const { detail } = result;
  const failures = await store.markFailure(tx, { organizationId, accountId, detail, at });
  const isConfig = result.outcome === "config";
  const openUntil = breakerAfter({ failures, isConfig, now: at });
  if (openUntil) await store.block(tx, { organizationId, accountId, openUntil });
}

export type KnownAccount = {
  id: string;
  /** Undefined: the platform's own, whose messages are everybody's. */
  organizationId: string | undefined;
  provider: store.AccountRow["provider"];
  secrets: Record<string, string>;
  settings: Record<string, string>;
};

/** The account that a webhook names, whoever it belongs to. */
export async function findKnown(deps: Deps, id: string): Promise<KnownAccount | undefined> {
  const platform = deps.platformAccounts.find((account) => account.id === id);
  if (platform) return { ...platform, organizationId: undefined };
  const row = await read(deps.sql, "system", (tx) => store.find(tx, id));
  return row && { ...row, secrets: secretsOf(deps, row) };
}

export { listRoutes, listSwitches } from "./store.ts";
