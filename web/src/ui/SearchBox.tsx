/** A search field that waits for a pause in typing. */
import { type Ref, useEffect, useRef, useState } from "react";
import { Button } from "react-aria-components/Button";
import { Input } from "react-aria-components/TextField";
import { SearchField } from "react-aria-components/SearchField";
import { inputClass } from "./Field.tsx";
import { Icon } from "./Icon.tsx";

const PAUSE_MS = 180;

type Props = {
  label: string;
  placeholder: string;
  clearLabel: string;
  value: string;
  onSearch: (value: string) => void;
  inputRef?: Ref<HTMLInputElement>;
};

export function SearchBox({ label, placeholder, clearLabel, value, onSearch, inputRef }: Props) {
  const [typed, setTyped] = useState(value);
  const sent = useRef(value);

  useEffect(() => {
    // Changed from outside, by "clear" or by the browser's back.
    if (value !== sent.current) {
      sent.current = value;
      setTyped(value);
    }
  }, [value]);

  useEffect(() => {
    if (typed === sent.current) return;
    const timer = setTimeout(() => {
      sent.current = typed;
      onSearch(typed);
    }, PAUSE_MS);
    return () => clearTimeout(timer);
  }, [typed, onSearch]);

  return (
    <SearchField
      aria-label={label}
      value={typed}
      onChange={setTyped}
      maxLength={500}
      className="group relative block"
    >
      <Icon
        name="search"
        className="pointer-events-none absolute top-2 left-2.5 size-5 text-ink-3"
      />
      <Input
        {...(inputRef ? { ref: inputRef } : {})}
        placeholder={placeholder}
        className={`${inputClass} h-9 pr-9 pl-9 [&::-webkit-search-cancel-button]:hidden`}
      />
      <Button
        aria-label={clearLabel}
        className="absolute top-0.5 right-0.5 grid size-8 place-items-center rounded-md text-ink-3 hover:text-ink group-data-[empty]:hidden"
      >
        <Icon name="close" className="size-4.5" />
      </Button>
    </SearchField>
  );
}
