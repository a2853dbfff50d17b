/** A plan as something that can be drawn: its steps, and what each of them follows. */
import type { PathwayGraph } from "./model.ts";
import { type Leaf, otherOf, spanOf } from "./plan.ts";

/** An edge leads from what comes first to what follows it, whatever way the plan says it. */
export function edgesOf(leaves: readonly Leaf[]): PathwayGraph["edges"] {
  return leaves.flatMap((leaf) =>
    leaf.after.flatMap((related) => {
      const { relationship, offsetDuration } = related;
      const other = otherOf(related, leaf, leaves);
      if (!other) return [];
      const isBefore = relationship.startsWith("before");
      const [from, to] = isBefore ? [leaf.id, other.id] : [other.id, leaf.id];
      const span = offsetDuration && spanOf(offsetDuration);
      const offset = span ? span as Record<string, number> : null;
      return [{ from, to, relationship, offset }];
    })
  );
}
