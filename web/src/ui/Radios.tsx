/** One of a few things, all of them seen; and several of them. */
import { type ReactNode, useId } from "react";
import { Icon } from "./Icon.tsx";

type Choices = readonly { value: string; label: string }[];
type Props = {
  label: string;
  hint?: ReactNode;
  error?: string | undefined;
  choices: Choices;
  value: string;
  onChange: (value: string) => void;
};

const optionClass =
  "flex min-h-9 items-center gap-2 rounded-md border border-line-strong/60 bg-raised px-3 py-1 " +
  "text-base has-checked:border-accent has-checked:bg-accent-soft has-checked:text-on-accent-soft " +
  "has-focus-visible:outline-2 has-focus-visible:outline-offset-2 has-focus-visible:outline-focus";

function Frame(
  { label, hint, error, children }: Pick<Props, "label" | "hint" | "error"> & {
    children: ReactNode;
  },
) {
  const [hintId, errorId] = [useId(), useId()];
  return (
    <fieldset
      aria-describedby={[hint && hintId, error && errorId].filter(Boolean).join(" ") || undefined}
      className="min-w-0"
    >
      <legend className="mb-1 text-sm font-medium text-ink-2">{label}</legend>
      {hint && <p id={hintId} className="mb-1 text-xs text-ink-3">{hint}</p>}
      <div className="flex flex-wrap gap-2">{children}</div>
      {error && (
        <p id={errorId} className="mt-1 flex items-start gap-1 text-sm text-danger">
          <Icon name="warning" className="mt-px size-4" />
          {error}
        </p>
      )}
    </fieldset>
  );
}

export function Radios({ choices, value, onChange, ...frame }: Props) {
  const name = useId();
  return (
    <Frame {...frame}>
      {choices.map((choice) => (
        <label key={choice.value} className={optionClass}>
          <input
            type="radio"
            name={name}
            checked={choice.value === value}
            onChange={() => onChange(choice.value)}
            className="size-4 shrink-0 accent-accent outline-none"
          />
          <span className="min-w-0 wrap-anywhere">{choice.label}</span>
        </label>
      ))}
    </Frame>
  );
}

type TicksProps = Omit<Props, "value" | "onChange"> & {
  value: readonly string[];
  onChange: (value: string[]) => void;
};

export function Ticks({ choices, value, onChange, ...frame }: TicksProps) {
  return (
    <Frame {...frame}>
      {choices.map((choice) => (
        <label key={choice.value} className={optionClass}>
          <input
            type="checkbox"
            checked={value.includes(choice.value)}
            onChange={({ target }) =>
              onChange(
                target.checked
                  ? [...value, choice.value]
                  : value.filter((one) => one !== choice.value),
              )}
            className="size-4 shrink-0 accent-accent outline-none"
          />
          <span className="min-w-0 wrap-anywhere">{choice.label}</span>
        </label>
      ))}
    </Frame>
  );
}
