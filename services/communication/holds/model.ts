/** Why deliveries are held back until somebody lets them go. */

export const switchedOff = (scope: string) => `kill-switch ${scope}`;

/** Marketing whose account has paused itself. */
export const PAUSED = "account-paused";
