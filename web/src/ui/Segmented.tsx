/** A few choices of which one holds, side by side. */
import { ToggleButton } from "react-aria-components/ToggleButton";
import { ToggleButtonGroup } from "react-aria-components/ToggleButtonGroup";

type Props<T extends string> = {
  label: string;
  choices: { value: T; label: string; count?: number | undefined }[];
  value: T;
  onChange: (value: T) => void;
};

export function Segmented<T extends string>({ label, choices, value, onChange }: Props<T>) {
  return (
    <ToggleButtonGroup
      aria-label={label}
      selectionMode="single"
      disallowEmptySelection
      selectedKeys={[value]}
      onSelectionChange={(keys) => {
        for (const key of keys) onChange(key as T);
      }}
      className="inline-flex max-w-full overflow-x-auto rounded-md bg-sunken p-0.5"
    >
      {choices.map((choice) => (
        <ToggleButton
          key={choice.value}
          id={choice.value}
          className="h-8 whitespace-nowrap rounded-[0.3125rem] px-3 text-sm font-medium text-ink-2 outline-offset-[-2px] data-[hovered]:text-ink data-[selected]:bg-raised data-[selected]:text-ink data-[selected]:shadow-[0_1px_2px_rgb(0_0_0/0.14)]"
        >
          {choice.label}
          {choice.count !== undefined && (
            <span className="tabular ml-1.5 font-normal text-ink-3">{choice.count}</span>
          )}
        </ToggleButton>
      ))}
    </ToggleButtonGroup>
  );
}
