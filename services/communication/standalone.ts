/** Communication with simulated providers and nobody around it, for benchmarks and chaos. */
import type { BaseDeps } from "@praxis/shared/service";
import type { PlatformAccount } from "./accounts/model.ts";
import type { Deps, Limits } from "./deps.ts";

export type Setting = {
  simulatorsUrl: string;
  accounts: readonly PlatformAccount[];
  encryptionKey: string;
  timeoutMs: number;
  limits: Limits;
};

export const standalone = (
  base: BaseDeps,
  { simulatorsUrl, accounts, encryptionKey, timeoutMs, limits }: Setting,
): Deps => ({
  ...base,
  identity: { listMembers: () => Promise.resolve([]) },
  mail: { isKept: false },
  encryptionKey,
  region: "eu",
  publicUrl: "https://clinic.example",
  calls: {
    baseUrlOf: (provider) => `${simulatorsUrl}/${provider}`,
    tokenUrl: `${simulatorsUrl}/fcm/token`,
    timeoutMs,
    now: base.now,
  },
  platformAccounts: accounts,
  limits,
});
