/** The second step of a sign-in: show a factor, or get the first one where the clinic asks. */
import { useMutation } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import type { SecondStep as Asked } from "../../api/session.ts";
import type { SignedInTokens } from "../../api/client.ts";
import { useClient, useSession } from "../../api/context.ts";
import { useText } from "../../i18n/i18n.tsx";
import { Button } from "../../ui/Button.tsx";
import { Skeleton } from "../../ui/Progress.tsx";
import { showPasskey } from "../factors/passkeys.ts";
import { type Proof, ProofForm } from "../factors/ProofForm.tsx";
import { RecoveryCodes } from "../factors/RecoveryCodes.tsx";
import { TotpSetup } from "../factors/TotpSetup.tsx";
import { ProblemNotice } from "../problems/ProblemNotice.tsx";

type Props = { asked: Asked; onStartOver: () => void; onDone?: (() => void) | undefined };

export default function SecondStep({ asked, onStartOver, onDone }: Props) {
  const text = useText();
  const client = useClient();
  const session = useSession();
  const { challengeId, factors } = asked;
  const isFirst = factors.length === 0;
  const [given, setGiven] = useState<SignedInTokens>();

  function enter(tokens: SignedInTokens) {
    session.enter(tokens);
    onDone?.();
  }

  async function verify(proof: Proof) {
    const tokens = await client.open("/auth/mfa/verify", { body: { challengeId, ...proof } });
    if (tokens.recoveryCodes) setGiven(tokens);
    else enter(tokens);
  }

  async function show(way: Asked["factors"][number], typed: string) {
    if (way === "totp") return await verify({ code: typed });
    if (way === "recovery-code") return await verify({ recoveryCode: typed });
    const { options } = await client.open("/auth/mfa/challenge", { body: { challengeId } });
    await verify({ passkey: await showPasskey(options) });
  }

  if (given) {
    return (
      <>
        <h2 className="mb-2 text-xl font-semibold">{text.factors.keepTitle}</h2>
        <RecoveryCodes codes={given.recoveryCodes ?? []} onKept={() => enter(given)} />
      </>
    );
  }
  return (
    <div>
      <h2 className="text-xl font-semibold">
        {isFirst ? text.factors.enrolTitle : text.factors.secondTitle}
      </h2>
      <p className="mt-1 mb-5 text-ink-2">
        {isFirst ? text.factors.enrolLead : text.factors.secondLead}
      </p>
      {isFirst
        ? <FirstFactor challengeId={challengeId} onCode={(code) => verify({ code })} />
        : <ProofForm known={factors} onProof={show} />}
      <div className="mt-4 flex flex-col items-start gap-3">
        <Button look="quiet" size="sm" icon="back" className="-ml-2.5" onPress={onStartOver}>
          {text.factors.startOver}
        </Button>
        {!isFirst && <p className="text-sm text-ink-3">{text.factors.lost}</p>}
      </div>
    </div>
  );
}

function FirstFactor(
  { challengeId, onCode }: { challengeId: string; onCode: (code: string) => Promise<void> },
) {
  const text = useText();
  const client = useClient();
  const { mutate, data, error } = useMutation({
    mutationFn: () => client.open("/auth/mfa/enrol", { body: { challengeId } }),
  });
  useEffect(() => mutate(), [mutate]);
  if (error) return <ProblemNotice error={error} onRetry={() => mutate()} />;
  if (!data) return <Skeleton label={text.common.loading} />;
  return <TotpSetup secret={data} onCode={onCode} />;
}
