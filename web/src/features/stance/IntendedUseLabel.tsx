/** What a score, a rule or an assistant is for, and what it is not for; beside what it says. */
import { Icon } from "../../ui/Icon.tsx";
import { useInsightText } from "../insights/texts.ts";
import type { IntendedUse } from "./stance.ts";

export function IntendedUseLabel({ use }: { use: IntendedUse }) {
  const text = useInsightText().label;
  return (
    <section
      aria-label={`${text.title}: ${use.title}`}
      className="flex items-start gap-2 rounded-md border border-line bg-surface px-3 py-2 text-xs text-ink-2"
    >
      <Icon name="info" className="mt-px size-4 shrink-0 text-ink-3" />
      <div className="min-w-0 wrap-anywhere">
        <p>
          <span className="font-semibold">{text.title}:</span> {use.use}
        </p>
        <p>
          <span className="font-semibold">{text.notFor}:</span> {use.notFor}
        </p>
        <p>
          <span className="font-semibold">{text.users}:</span> {use.users}
        </p>
      </div>
    </section>
  );
}
