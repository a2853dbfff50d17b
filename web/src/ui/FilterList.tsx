/** Choices with counts, of which one or none holds: a column on wide screens, chips on narrow. */
import { useId } from "react";
import { ToggleButton } from "react-aria-components/ToggleButton";
import { useFormat } from "../i18n/i18n.tsx";
import { Icon } from "./Icon.tsx";

type Props<T extends string> = {
  label: string;
  choices: { value: T; label: string; count: number }[];
  value: T | undefined;
  onChange: (value: T | undefined) => void;
};

export function FilterList<T extends string>({ label, choices, value, onChange }: Props<T>) {
  const format = useFormat();
  const id = useId();
  return (
    <div role="group" aria-labelledby={id} className="contents lg:block">
      <h2 id={id} className="sr-only text-xs font-medium text-ink-3 lg:not-sr-only lg:mb-1.5">
        {label}
      </h2>
      <div className="flex gap-1.5 lg:-mx-2 lg:flex-col lg:gap-0">
        {choices.map((choice) => (
          <ToggleButton
            key={choice.value}
            isSelected={choice.value === value}
            onChange={(isSelected) => onChange(isSelected ? choice.value : undefined)}
            className="group flex h-8 items-center gap-2 rounded-full border border-line bg-surface px-3 text-sm whitespace-nowrap text-ink-2 transition-colors duration-100 hover:text-ink data-[selected]:border-transparent data-[selected]:bg-accent-soft data-[selected]:font-medium data-[selected]:text-on-accent-soft lg:h-7.5 lg:rounded-md lg:border-0 lg:bg-transparent lg:px-2 lg:hover:bg-sunken"
          >
            <span className="max-w-48 grow truncate text-left">{choice.label}</span>
            <span className="tabular text-xs font-normal text-ink-3 group-data-[selected]:hidden">
              {format.number(choice.count)}
            </span>
            <Icon name="close" className="hidden size-4 group-data-[selected]:block" />
          </ToggleButton>
        ))}
      </div>
    </div>
  );
}
