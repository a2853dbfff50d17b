/** Names and values, of which empty ones are left out. */
import type { ReactNode } from "react";

type Props = { facts: [name: string, value: ReactNode][]; isWide?: boolean };

export function Facts({ facts, isWide }: Props) {
  const known = facts.filter(([, value]) =>
    value !== undefined && value !== null && value !== false && value !== ""
  );
  return (
    <dl
      className={isWide
        ? "flex flex-wrap gap-x-8 gap-y-2"
        : "grid grid-cols-[minmax(5.5rem,auto)_minmax(0,1fr)] gap-x-4 gap-y-2"}
    >
      {known.map(([name, value]) => (
        <div key={name} className={isWide ? "min-w-0" : "contents"}>
          <dt className={`text-ink-3 ${isWide ? "text-xs" : "text-sm"}`}>{name}</dt>
          <dd className="min-w-0 text-sm wrap-anywhere">{value}</dd>
        </div>
      ))}
    </dl>
  );
}
