/** Asks why, before something is done that stands in the audit with its reason. */
import { type FormEvent, type ReactNode, useState } from "react";
import { useText } from "../../i18n/i18n.tsx";
import { Button, type Look } from "../../ui/Button.tsx";
import { Dialog } from "../../ui/Dialog.tsx";
import { Field } from "../../ui/Field.tsx";
import { ProblemNotice } from "../problems/ProblemNotice.tsx";
import { useWorkflowText } from "./texts.ts";

const REASON_CHARS_MIN = 3;
const REASON_CHARS_MAX = 500;

type Props = {
  title: string;
  confirm: string;
  look?: Look;
  isPending: boolean;
  error: unknown;
  onConfirm: (reason: string) => void;
  onClose: () => void;
  children?: ReactNode;
};

export function ReasonDialog(
  { title, confirm, look = "primary", isPending, error, onConfirm, onClose, children }: Props,
) {
  const common = useText().common;
  const text = useWorkflowText().run;
  const [reason, setReason] = useState("");
  const [isTried, setTried] = useState(false);
  const isShort = reason.trim().length < REASON_CHARS_MIN;
  function submit(event: FormEvent) {
    event.preventDefault();
    setTried(true);
    if (!isShort && !isPending) onConfirm(reason.trim());
  }
  return (
    <Dialog isOpen title={title} onClose={onClose}>
      <form onSubmit={submit} className="mt-2 flex flex-col gap-3">
        {children}
        <Field
          label={text.why}
          hint={isTried && isShort ? undefined : text.whyHint}
          error={isTried && isShort ? text.whyHint : undefined}
          value={reason}
          onChange={setReason}
          maxLength={REASON_CHARS_MAX}
          autoFocus
        />
        {error !== null && error !== undefined && <ProblemNotice error={error} />}
        <div className="flex flex-wrap justify-end gap-2">
          <Button onPress={onClose}>{common.cancel}</Button>
          <Button type="submit" look={look} isPending={isPending}>{confirm}</Button>
        </div>
      </form>
    </Dialog>
  );
}
