/** The gates that a delivery passes just before it is sent, and how much it may say. */
import {
  allowsClinical,
  type Category,
  effective,
  rulesOf,
  type Standing,
  type Stored,
} from "../preferences/model.ts";
import { switchedOff } from "../holds/model.ts";
import type { Channel as ChannelName, Level } from "../providers/model.ts";
import { quietUntil } from "../recipients/model.ts";

/** Everything the gates look at, as it stands at the time of sending. */
export type Facts = {
  now: Date;
  channel: ChannelName;
  category: Category;
  expiresAt: Date;
  cancelledAt: Date | null;
  /** False: a guardian who may not be told any more. */
  isEntitled: boolean;
  point: { state: string } | undefined;
  killSwitches: readonly string[];
  /** Scopes of what holds for the address. */
  suppressions: readonly { scope: string; reason: string }[];
  preferences: readonly Stored[];
  consents: readonly Standing[];
  sentToday: number;
  timeZone: string | null;
  quietHours: { from: string; to: string } | null;
};

export type Gate =
  | { pass: true }
  | { pass: false; state: "suppressed" | "expired" | "cancelled"; reason: string }
  | { pass: false; state: "deferred"; reason: string; until: Date };

/** Whoever clears a switch lets what waits go; until then a crowd is not gone through all the time. */
const SWITCH_SECONDS = 300;

/** The one refusal after which somebody else is told. */
export const GUARDIAN_REVOKED = "guardian-revoked";

/** The gates in their order: the first that does not let through says why. */
export function passGates(facts: Facts): Gate {
  const { now, channel, category, killSwitches, point } = facts;
  const rules = rulesOf(category);
  const refuse = (state: "suppressed" | "expired" | "cancelled", reason: string): Gate => ({
    pass: false,
    state,
    reason,
  });
  const expires = facts.expiresAt.getTime() <= now.getTime();
  const killed = ["all", `channel:${channel}`, `category:${category}`]
    .find((scope) => killSwitches.includes(scope));
  if (killed && !expires && !facts.cancelledAt) {
    const until = new Date(now.getTime() + SWITCH_SECONDS * 1000);
    return { pass: false, state: "deferred", reason: switchedOff(killed), until };
  }
  if (expires) return refuse("expired", "expired");
  if (facts.cancelledAt) return refuse("cancelled", "cancelled");
  if (!facts.isEntitled) return refuse("cancelled", GUARDIAN_REVOKED);
  if (channel !== "in_app") {
    if (!point) return refuse("suppressed", "no-contact");
    if (point.state !== "verified") return refuse("suppressed", `contact-${point.state}`);
    const suppression = facts.suppressions.find(({ scope, reason }) =>
      scope === "all" || (scope === category && !(rules.isMandatory && reason === "unsubscribe"))
    );
    if (suppression) return refuse("suppressed", `suppressed-${suppression.reason}`);
  }
  const cell = effective({ ...facts });
  if (!cell.isAllowed) {
    return refuse("suppressed", cell.source === "choice" ? "preference" : "consent");
  }
  if (channel !== "in_app" && facts.sentToday >= rules.perDay) {
    return refuse("suppressed", "frequency-cap");
  }
  const night = rules.isUrgent || channel === "in_app" ? undefined : quietUntil(facts);
  if (night) {
    return night >= facts.expiresAt
      ? refuse("expired", "quiet-hours")
      : { pass: false, state: "deferred", reason: "quiet-hours", until: night };
  }
  return { pass: true };
}

/** How much may be said on this channel to somebody who has consented to so much. */
export function levelAllowed(
  level: Level,
  channel: ChannelName,
  consents: readonly Standing[],
): Level {
  return level === 2 && !allowsClinical(consents, channel) ? 0 : level;
}
