/** A part of a page about settings: its name and reason on the left, what can be done on the right. */
import { type ReactNode, useId } from "react";

type Props = { title: string; lead?: string; action?: ReactNode; children: ReactNode };

export function Section({ title, lead, action, children }: Props) {
  const id = useId();
  return (
    <section
      aria-labelledby={id}
      className="grid gap-x-10 gap-y-4 border-t border-line py-7 first-of-type:border-t-0 lg:grid-cols-[17rem_minmax(0,1fr)]"
    >
      <div>
        <h2 id={id} className="text-lg font-semibold">{title}</h2>
        {lead && <p className="mt-1 max-w-prose text-sm text-ink-2">{lead}</p>}
        {action && <div className="mt-3">{action}</div>}
      </div>
      <div className="min-w-0">{children}</div>
    </section>
  );
}
