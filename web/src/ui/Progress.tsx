/** How far something is, and where something will be. */
import { ProgressBar } from "react-aria-components/ProgressBar";

export function Progress({ label, value }: { label: string; value: number | undefined }) {
  return (
    <ProgressBar
      aria-label={label}
      isIndeterminate={value === undefined}
      value={(value ?? 0) * 100}
      className="h-1 w-full overflow-hidden rounded-full bg-sunken"
    >
      {({ percentage, isIndeterminate }) => (
        <div
          className={`h-full rounded-full bg-accent transition-[width] duration-200 ${
            isIndeterminate ? "breathe" : ""
          }`}
          style={{ width: isIndeterminate ? "40%" : `${percentage}%` }}
        />
      )}
    </ProgressBar>
  );
}

/** Grey lines in the shape of what is coming; the words are for screen readers. */
export function Skeleton({ label, lines = 6 }: { label: string; lines?: number }) {
  return (
    <div role="status" className="fade-in">
      <span className="sr-only">{label}</span>
      {Array.from(
        { length: lines },
        (_, line) => (
          <div key={line} aria-hidden="true" className="flex items-center gap-3 py-row">
            <div className="breathe h-6 w-9 rounded-sm bg-sunken" />
            <div
              className="breathe h-3.5 rounded-sm bg-sunken"
              style={{ width: `${[46, 62, 38, 54, 70, 42][line % 6]}%` }}
            />
          </div>
        ),
      )}
    </div>
  );
}
