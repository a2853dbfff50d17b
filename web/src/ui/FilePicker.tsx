/** A button that asks for files. */
import { type ReactNode, useRef } from "react";
import { Button, type Look } from "./Button.tsx";
import type { IconName } from "./Icon.tsx";

type Props = {
  children: ReactNode;
  onFiles: (files: File[]) => void;
  isMultiple?: boolean;
  look?: Look;
  size?: "md" | "sm";
  icon?: IconName;
  isDisabled?: boolean;
};

export function FilePicker({ children, onFiles, isMultiple = true, ...button }: Props) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <Button {...button} onPress={() => input.current?.click()}>{children}</Button>
      <input
        ref={input}
        type="file"
        multiple={isMultiple}
        tabIndex={-1}
        aria-hidden="true"
        className="hidden"
        onChange={(event) => {
          onFiles([...event.target.files ?? []]);
          event.target.value = "";
        }}
      />
    </>
  );
}
