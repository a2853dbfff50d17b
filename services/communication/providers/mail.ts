/** What every letter carries, whoever takes it. */
import type { Outgoing } from "./model.ts";

export const messageIdOf = (deliveryId: string) => `${deliveryId}@praxis`;

/** RFC 8058: the link alone unsubscribes, by POST and without signing in. */
export function mailHeaders({ unsubscribeUrl }: Outgoing): Record<string, string> {
  return unsubscribeUrl === undefined ? {} : {
    "List-Unsubscribe": `<${unsubscribeUrl}>`,
    "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
  };
}
