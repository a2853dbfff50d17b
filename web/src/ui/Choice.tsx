/** One of a few things, chosen from a list that the platform draws; and a box to tick. */
import { type ReactNode, useId } from "react";
import { inputClass } from "./Field.tsx";

type ChoiceProps<T extends string> = {
  label: string;
  choices: readonly { value: T; label: string }[];
  value: T;
  onChange: (value: T) => void;
  isLabelHidden?: boolean;
};

export function Choice<T extends string>(
  { label, choices, value, onChange, isLabelHidden }: ChoiceProps<T>,
) {
  const id = useId();
  return (
    <div className="flex min-w-0 flex-col gap-1">
      <label
        htmlFor={id}
        className={isLabelHidden ? "sr-only" : "text-sm font-medium text-ink-2"}
      >
        {label}
      </label>
      <select
        id={id}
        value={value}
        onChange={(event) => onChange(event.target.value as T)}
        className={`${inputClass} h-9 pr-8`}
      >
        {choices.map((choice) => (
          <option key={choice.value} value={choice.value}>{choice.label}</option>
        ))}
      </select>
    </div>
  );
}

type TickProps = { children: ReactNode; isSelected: boolean; onChange: (value: boolean) => void };

export function Tick({ children, isSelected, onChange }: TickProps) {
  return (
    <label className="flex min-h-8 items-center gap-2 text-sm">
      <input
        type="checkbox"
        checked={isSelected}
        onChange={(event) => onChange(event.target.checked)}
        className="size-4 accent-accent"
      />
      {children}
    </label>
  );
}
