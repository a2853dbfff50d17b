/** What identity needs from the outside world. Opened once in `main.ts`, made small in tests. */
import type { TokenVerifier } from "@praxis/shared/auth";
import type { BaseDeps } from "@praxis/shared/service";
import type { Hasher, StrengthOf } from "./credentials/model.ts";
import type { Keys } from "./keys/model.ts";
import type { Bell } from "./revocations/model.ts";
import type { Admission } from "./sessions/admission.ts";
import type { Credits } from "./sessions/attempts.ts";
import type { CredentialHashes } from "./service_tokens/model.ts";

export type Deps = BaseDeps & {
  keys: Keys;
  /** Checks what `keys` has signed. */
  tokens: TokenVerifier;
  hasher: Hasher;
  strengthOf: StrengthOf;
  bell: Bell;
  admission: Admission;
  credits: Credits;
  encryptionKey: string;
  credentialHashes: CredentialHashes;
  /** The issuer of tokens, and the only origin whose pages may use the refresh cookie. */
  publicUrl: string;
  region: string;
};
