/** A secret for an authenticator app: shown once, and kept once the app's first code is right. */
import { type FormEvent, useState } from "react";
import { useText } from "../../i18n/i18n.tsx";
import { Button } from "../../ui/Button.tsx";
import { ProblemNotice } from "../problems/ProblemNotice.tsx";
import { CodeField, isCode } from "./CodeField.tsx";
import { QrCode } from "./QrCode.tsx";

type Props = {
  secret: { secret: string; uri: string };
  onCode: (code: string) => Promise<void>;
};

export function TotpSetup({ secret, onCode }: Props) {
  const text = useText();
  const [code, setCode] = useState("");
  const [wasSent, setSent] = useState(false);
  const [isWorking, setWorking] = useState(false);
  const [error, setError] = useState<unknown>();

  async function submit(event: FormEvent) {
    event.preventDefault();
    if (isWorking) return;
    setSent(true);
    setError(undefined);
    if (!isCode(code)) return;
    setWorking(true);
    try {
      await onCode(code);
    } catch (problem) {
      setError(problem);
      setWorking(false);
    }
  }

  return (
    <form onSubmit={submit} noValidate className="flex flex-col gap-4">
      <p className="text-ink-2">{text.factors.totpSteps}</p>
      <div className="flex flex-wrap items-start gap-5">
        <QrCode value={secret.uri} label={text.factors.qrLabel} />
        <div className="min-w-0 grow basis-40">
          <p className="text-sm text-ink-2">{text.factors.totpSecret}</p>
          <code className="mt-1 block font-mono text-base leading-6 font-medium">
            {secret.secret.match(/.{1,4}/g)?.join(" ")}
          </code>
        </div>
      </div>
      {error !== undefined && <ProblemNotice error={error} />}
      <CodeField value={code} onChange={setCode} isWrong={wasSent && !isCode(code)} />
      <Button type="submit" look="primary" isPending={isWorking} className="h-10">
        {text.factors.proceed}
      </Button>
    </form>
  );
}
