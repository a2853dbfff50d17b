/** Actors and actions in words. */
import type { AuditEvent } from "../../api/client.ts";
import { useText } from "../../i18n/i18n.tsx";
import { useMe, useNames } from "../sessions/me.ts";

export function useActorName(): (actor: AuditEvent["actor"]) => string {
  const text = useText();
  const me = useMe();
  const nameOf = useNames();
  return ({ kind, id, clientId }) => {
    const name = nameOfActor({ kind, id });
    // A program of others acted for the person, or by itself.
    return clientId === undefined || clientId === id ? name : `${name} · ${clientId.slice(0, 8)} …`;
  };

  function nameOfActor({ kind, id }: Pick<AuditEvent["actor"], "kind" | "id">): string {
    if (kind === "service") return text.audit.system;
    if (id === null) return text.audit.nobody;
    if (id === me.id) return `${me.fullName} (${text.common.you})`;
    return nameOf(id) ?? `${id.slice(0, 8)} …`;
  }
}

/** An action that has no words yet is shown by its own name. */
export function useActionName(): (action: string) => string {
  const text = useText();
  return (action) => text.audit.actions[action] ?? action.replaceAll(/[._]/g, " ");
}
