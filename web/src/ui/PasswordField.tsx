/** A new password: hidden, unless its author wants to see what was typed. */
import { type Ref, useState } from "react";
import { Field } from "./Field.tsx";
import { Button } from "./Button.tsx";

type Props = {
  label: string;
  value: string;
  onChange: (value: string) => void;
  words: { show: string; hide: string };
  hint?: string;
  error?: string | undefined;
  autoFocus?: boolean;
  inputRef?: Ref<HTMLInputElement>;
};

export function PasswordField({ words, inputRef, ...props }: Props) {
  const [isShown, setShown] = useState(false);
  return (
    <div>
      <Field
        {...props}
        {...(inputRef ? { inputRef } : {})}
        type={isShown ? "text" : "password"}
        autoComplete="new-password"
        spellCheck="false"
        maxLength={256}
      />
      <Button
        look="quiet"
        size="sm"
        className="mt-1 -ml-2.5"
        aria-pressed={isShown}
        onPress={() => setShown(!isShown)}
      >
        {isShown ? words.hide : words.show}
      </Button>
    </div>
  );
}
