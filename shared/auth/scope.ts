/** What a scope leaves of a user's permissions (RFC 6749 §3.3). */
import type { Permission } from "./permissions.ts";

const CUTS_MAX = 100;

/** By the list it was cut from: the same list and scope give the same array, so that it can be compared. */
const known = new WeakMap<readonly Permission[], Map<string, readonly Permission[]>>();

/** `scope` are names with spaces between them; those that are no permissions say nothing here. */
export function withinScope(
  permissions: readonly Permission[],
  scope: string,
): readonly Permission[] {
  let cuts = known.get(permissions);
  if (!cuts) known.set(permissions, cuts = new Map());
  let cut = cuts.get(scope);
  if (!cut) {
    // A program may narrow its scope anew at every refresh.
    if (cuts.size >= CUTS_MAX) cuts.clear();
    const names = new Set(scope.split(" "));
    cut = permissions.filter((permission) => names.has(permission));
    cuts.set(scope, cut);
  }
  return cut;
}
