/** What communication needs from the outside world. Opened once in `main.ts`, made up in tests. */
import type { BaseDeps } from "@praxis/shared/service";
import type { PlatformAccount } from "./accounts/model.ts";
import type { IdentityClient } from "./clients/identity.ts";
import type { SendMail } from "./mailbox/sender.ts";
import type { Calls } from "./providers/model.ts";
import type { Simulators } from "./simulators/simulators.ts";

export type Deps = BaseDeps & {
  identity: IdentityClient;
  mail: {
    /** Without one letters go nowhere. */
    sender?: SendMail;
    /** In development and tests letters can be read here; never in production. */
    isKept: boolean;
    /** They come to the mailbox by SMTP, as letters do, and not by the side. */
    comesBySmtp?: boolean;
  };
  encryptionKey: string;
  region: string;
  /** Where providers and people reach us; without a slash at the end. */
  publicUrl: string;
  calls: Calls;
  /** Used by organizations that have none of their own on a channel. */
  platformAccounts: readonly PlatformAccount[];
  /** In development and tests only. */
  simulators?: Simulators;
  limits: Limits;
};

export type Limits = {
  /** A worker that has not come back by then is taken for dead. More than any call may take. */
  leaseSeconds: number;
  /** How long an ambiguous try waits for the provider's callback. */
  settleSeconds: number;
  /** Whether webhooks may be sent to addresses inside this network: tests only. */
  mayCallInside: boolean;
};
