/** The six digits that an authenticator app shows. */
import { useText } from "../../i18n/i18n.tsx";
import { Field } from "../../ui/Field.tsx";

export const isCode = (typed: string): boolean => /^[0-9]{6}$/.test(typed);

type Props = {
  value: string;
  onChange: (value: string) => void;
  isWrong: boolean;
  autoFocus?: boolean;
};

export function CodeField({ value, onChange, isWrong, autoFocus = false }: Props) {
  const text = useText();
  return (
    <Field
      label={text.factors.code}
      hint={text.factors.codeHint}
      value={value}
      onChange={(typed) => onChange(typed.replace(/\D/g, "").slice(0, 6))}
      inputMode="numeric"
      autoComplete="one-time-code"
      autoFocus={autoFocus}
      error={isWrong ? text.factors.codeWrong : undefined}
    />
  );
}
