/** Challenges: what stands between a right password and a session, or a browser and its passkey. */
export const CHALLENGE_MS = 10 * 60_000;
export const ATTEMPTS_MAX = 5;

/** Wrong second factors of one user, across all challenges. */
export const FACTOR_ATTEMPTS = { limit: 10, ms: 15 * 60_000 };

export type ChallengeKind =
  | "second-factor"
  | "passkey-sign-in"
  | "passkey-step-up"
  | "passkey-enrolment";

export type Challenge = {
  id: string;
  userId: string | null;
  membershipId: string | null;
  client: "web" | "api" | null;
  webauthnChallenge: string | null;
};

export type NewChallenge = {
  kind: ChallengeKind;
  /** It can be finished only by the program that began. */
  userAgent: string;
  userId?: string;
  membershipId?: string;
  client?: "web" | "api";
  webauthnChallenge?: string;
};
