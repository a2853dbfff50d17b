/** A plan as something that can be drawn: its steps, and what each of them follows. */
import type { PathwayGraph } from "./model.ts";
import { type Leaf, othersOf, spanOf } from "./plan.ts";

/** An edge leads from what comes first to what follows it, whatever way the plan says it. */
export function edgesOf(leaves: readonly Leaf[]): PathwayGraph["edges"] {
  return leaves.flatMap((leaf) =>
    leaf.after.flatMap((related) => {
      const { relationship, offsetDuration } = related;
      const isBefore = relationship.startsWith("before");
      const span = offsetDuration && spanOf(offsetDuration);
      const offset = span ? span as Record<string, number> : null;
      return othersOf(related, leaf, leaves).map((other) => {
        const [from, to] = isBefore ? [leaf.id, other.id] : [other.id, leaf.id];
        return { from, to, relationship, offset };
      });
    })
  );
}
