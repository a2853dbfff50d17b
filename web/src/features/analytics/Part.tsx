/** A part of the page of analytics: its name, and what had to be left out of it. */
import type { ReactNode } from "react";
import { useInsightText } from "../insights/texts.ts";
import { ProblemNotice } from "../problems/ProblemNotice.tsx";

export function Part({ title, error, children }: {
  title: string;
  error: unknown;
  children: ReactNode;
}) {
  return (
    <section aria-label={title}>
      <h2 className="mb-1 text-lg font-semibold">{title}</h2>
      {error ? <ProblemNotice error={error} /> : children}
    </section>
  );
}

/** What is not shown, so that nobody takes a part for the whole. */
export function Suppressed({ count }: { count: number }) {
  const text = useInsightText().analytics;
  return count > 0 ? <p className="mt-1 text-xs text-ink-3">{text.suppressed(count)}</p> : null;
}
