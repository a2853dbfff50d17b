/** What can be done with accounts at providers. */
import { record } from "@praxis/shared/audit";
import type { UserActor } from "@praxis/shared/auth";
import { newId } from "@praxis/shared/id";
import { type Db, read, transaction } from "@praxis/shared/postgres";
import { common } from "@praxis/shared/problem";
import type { Deps } from "../deps.ts";
import * as pauses from "../pauses/pauses.ts";
import { problem } from "../problems.ts";
import type { Level } from "../providers/model.ts";
import { providers } from "../providers/providers.ts";
import { seal } from "../sealing.ts";
import { levelOf, PLATFORM_RATE } from "./candidates.ts";
import { hookUrlOf } from "./hook_urls.ts";
import type { AccountView, NewAccount } from "./model.ts";
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

const toView = (
  deps: Deps,
  row: store.AccountRow,
  health: store.HealthRow | undefined,
  pause: AccountView["pause"] = null,
): AccountView => ({
  ...row,
  hookUrl: hookUrlOf(deps, row),
  levelMax: levelOf(row),
  isPlatform: false,
  health: store.toHealth(health),
  pause,
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
    return toView(deps, row, undefined);
  });
}

export async function list(deps: Deps, organizationId: string): Promise<AccountView[]> {
  return await read(deps.sql, { organizationId }, async (tx) => {
    const [rows, health, paused] = await Promise.all([
      store.list(tx, organizationId),
      store.listHealth(tx, organizationId),
      pauses.listOpen(tx, organizationId),
    ]);
    const pauseOf = (id: string) => paused.get(id) ?? null;
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
      hookUrl: null,
      isPlatform: true,
      health: store.toHealth(healthOf(account.id)),
      pause: pauseOf(account.id),
    }));
    const own = rows.map((row) => toView(deps, row, healthOf(row.id), pauseOf(row.id)));
    return [...own, ...platform];
  });
}

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

/** Within `tx`: whether the organization may use it, as its own or as the platform's. */
export async function isKnown(
  { platformAccounts }: Pick<Deps, "platformAccounts">,
  tx: Db,
  organizationId: string,
  id: string,
): Promise<boolean> {
  if (platformAccounts.some((account) => account.id === id)) return true;
  return (await store.find(tx, id))?.organizationId === organizationId;
}

export { listRoutes, listSwitches } from "./store.ts";
export { candidates, findKnown, type KnownAccount, listAsked, observe } from "./candidates.ts";
export { isHint } from "./hook_urls.ts";
export { putRoute, removeRoute, setSwitch } from "./orders.ts";
