/** One or two words about a thing; coloured only when the colour means something. */
import type { ReactNode } from "react";
import type { Tone } from "./Notice.tsx";

const tones: Record<Tone, string> = {
  neutral: "bg-sunken text-ink-2",
  good: "bg-good-soft text-good",
  caution: "bg-caution-soft text-caution",
  danger: "bg-danger-soft text-danger",
};

export function Badge({ tone = "neutral", children }: { tone?: Tone; children: ReactNode }) {
  return (
    <span
      className={`inline-flex h-5 max-w-full items-center gap-1 truncate rounded-sm px-1.5 text-xs font-medium ${
        tones[tone]
      }`}
    >
      {children}
    </span>
  );
}

/** How many wait; nothing at all when none do. */
export function Count({ value }: { value: number }) {
  if (value === 0) return null;
  return (
    <span className="tabular inline-flex h-4.5 min-w-4.5 items-center justify-center rounded-full bg-accent px-1 text-2xs font-semibold text-on-accent">
      {value > 99 ? "99+" : value}
    </span>
  );
}
