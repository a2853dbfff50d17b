/** Shows a second factor, in one of the ways a person has: passkey, code, recovery code. */
import { type FormEvent, type ReactNode, useState } from "react";
import type { PasskeyAnswer } from "../../api/client.ts";
import { useText } from "../../i18n/i18n.tsx";
import { Button } from "../../ui/Button.tsx";
import { Field } from "../../ui/Field.tsx";
import { ProblemNotice } from "../problems/ProblemNotice.tsx";
import { CodeField, isCode } from "./CodeField.tsx";
import { type Way, waysAmong } from "./factors.ts";

export type Proof = { code: string } | { recoveryCode: string } | { passkey: PasskeyAnswer };

type Props = {
  known: readonly Way[];
  /** Throws what went wrong; it is shown here, and what was typed stays. */
  onProof: (way: Way, typed: string) => Promise<void>;
  /** What is asked for beside the factor, such as the password. */
  before?: (way: Way) => ReactNode;
  /** False when something beside the factor is missing. */
  isReady?: (way: Way) => boolean;
};

export function ProofForm({ known, onProof, before, isReady }: Props) {
  const text = useText();
  const ways = waysAmong(known);
  const [way, setWay] = useState<Way>(ways[0] ?? "totp");
  const [typed, setTyped] = useState("");
  const [wasSent, setSent] = useState(false);
  const [isWorking, setWorking] = useState(false);
  const [error, setError] = useState<unknown>();
  const isMissing = way === "totp"
    ? !isCode(typed)
    : way === "recovery-code" && typed.trim() === "";

  async function submit(event: FormEvent) {
    event.preventDefault();
    if (isWorking) return;
    setSent(true);
    setError(undefined);
    if (isMissing || isReady?.(way) === false) return;
    setWorking(true);
    try {
      await onProof(way, typed.trim());
    } catch (problem) {
      setError(problem);
      setWorking(false);
    }
  }

  function change(to: Way) {
    setWay(to);
    setTyped("");
    setSent(false);
    setError(undefined);
  }

  const others = ways.filter((each) => each !== way);
  const names: Record<Way, string> = {
    passkey: text.factors.usePasskey,
    totp: text.factors.useCode,
    "recovery-code": text.factors.useRecovery,
  };
  return (
    <form onSubmit={submit} noValidate className="flex flex-col gap-4">
      {error !== undefined && <ProblemNotice error={error} />}
      {before?.(way)}
      {way === "totp" && (
        <CodeField
          key="totp"
          value={typed}
          onChange={setTyped}
          isWrong={wasSent && isMissing}
          autoFocus={before === undefined}
        />
      )}
      {way === "recovery-code" && (
        <Field
          key="recovery"
          label={text.factors.recovery}
          hint={text.factors.recoveryHint}
          value={typed}
          onChange={setTyped}
          autoComplete="off"
          spellCheck="false"
          autoFocus={before === undefined}
          maxLength={60}
          error={wasSent && isMissing ? text.factors.recoveryMissing : undefined}
        />
      )}
      {way === "passkey" && <p className="text-ink-2">{text.factors.passkeyReady}</p>}
      <Button
        type="submit"
        look="primary"
        icon={way === "passkey" ? "key" : undefined}
        isPending={isWorking}
        autoFocus={way === "passkey"}
        className="h-10"
      >
        {way === "passkey" ? text.factors.usePasskey : text.factors.proceed}
      </Button>
      {others.length > 0 && (
        <div className="flex flex-col items-start border-t border-line pt-3">
          <p className="mb-1 text-xs font-medium text-ink-3">{text.factors.otherWays}</p>
          {others.map((each) => (
            <Button
              key={each}
              look="quiet"
              size="sm"
              className="-ml-2.5"
              onPress={() => change(each)}
            >
              {names[each]}
            </Button>
          ))}
        </div>
      )}
    </form>
  );
}
