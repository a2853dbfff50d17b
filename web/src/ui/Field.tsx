/** Text fields: a label that stays, a hint, and an error that says what to do. */
import type { ReactNode, Ref } from "react";
import { FieldError } from "react-aria-components/FieldError";
import { Input, Label } from "react-aria-components/TextField";
import { Text } from "react-aria-components/Text";
import { TextArea } from "react-aria-components/TextArea";
import { TextField, type TextFieldProps } from "react-aria-components/TextField";
import { Icon } from "./Icon.tsx";

export const inputClass =
  "w-full rounded-md border border-line-strong bg-raised px-3 text-base text-ink " +
  "placeholder:text-ink-3 outline-none transition-[border-color,box-shadow] duration-100 " +
  "focus:border-focus focus:shadow-[0_0_0_1px_var(--focus)] " +
  "data-[invalid]:border-danger data-[disabled]:opacity-50";

type Props = Omit<TextFieldProps, "className" | "style" | "children"> & {
  label: string;
  hint?: ReactNode;
  error?: string | undefined;
  placeholder?: string;
  isLabelHidden?: boolean;
  isLong?: boolean;
  list?: string;
  inputRef?: Ref<HTMLInputElement>;
};

export function Field(
  { label, hint, error, placeholder, isLabelHidden, isLong, list, inputRef, ...props }: Props,
) {
  return (
    <TextField {...props} isInvalid={error !== undefined} className="flex min-w-0 flex-col gap-1">
      <Label className={isLabelHidden ? "sr-only" : "text-sm font-medium text-ink-2"}>
        {label}
      </Label>
      {isLong
        ? (
          <TextArea
            rows={3}
            {...(placeholder === undefined ? {} : { placeholder })}
            className={`${inputClass} min-h-18 resize-y py-2`}
          />
        )
        : (
          <Input
            {...(inputRef ? { ref: inputRef } : {})}
            {...(placeholder === undefined ? {} : { placeholder })}
            {...(list === undefined ? {} : { list })}
            className={`${inputClass} h-9`}
          />
        )}
      {hint && <Text slot="description" className="text-xs text-ink-3">{hint}</Text>}
      <FieldError className="flex items-start gap-1 text-sm text-danger">
        <Icon name="warning" className="mt-px size-4" />
        <span>{error}</span>
      </FieldError>
    </TextField>
  );
}
