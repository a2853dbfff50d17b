/** The second step of a sign-in: show a factor, or get the first one where the clinic asks. */
import { useMutation } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import type { SecondStep as Asked } from "../../api/session.ts";
import type { PasskeyMade, SignedInTokens } from "../../api/client.ts";
import { useClient, useSession } from "../../api/context.ts";
import { useText } from "../../i18n/i18n.tsx";
import { Button } from "../../ui/Button.tsx";
import { Skeleton } from "../../ui/Progress.tsx";
import { canUsePasskeys, makePasskey, showPasskey } from "../factors/passkeys.ts";
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
  const { enrol = isFirst ? ["totp"] : [] } = asked;
  const [given, setGiven] = useState<SignedInTokens>();

  function enter(tokens: SignedInTokens) {
    session.enter(tokens);
    onDone?.();
  }

  async function verify(proof: (Proof | object) & { newPasskey?: PasskeyMade }) {
    const tokens = await client.open("/auth/mfa/verify", { body: { challengeId, ...proof } });
    if (tokens.recoveryCodes) setGiven(tokens);
    else enter(tokens);
  }

  /** A passkey that the clinic asks for, and that the answer to this challenge brings along. */
  async function made(): Promise<{ newPasskey: PasskeyMade }> {
    const { options } = await client.open("/auth/mfa/enrol/passkey", { body: { challengeId } });
    return { newPasskey: await makePasskey(options) };
  }

  async function show(way: Asked["factors"][number], typed: string) {
    const beside = enrol.includes("passkey") ? await made() : {};
    if (way === "totp") return await verify({ code: typed, ...beside });
    if (way === "recovery-code") return await verify({ recoveryCode: typed, ...beside });
    const { options } = await client.open("/auth/mfa/challenge", { body: { challengeId } });
    await verify({ passkey: await showPasskey(options), ...beside });
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
      {!isFirst && enrol.length > 0 && <p className="mb-5">{text.factors.passkeyAsked}</p>}
      {!isFirst && <ProofForm known={factors} onProof={show} />}
      {isFirst && enrol.includes("totp") &&
        <FirstApp challengeId={challengeId} onCode={(code) => verify({ code })} />}
      {isFirst && enrol.includes("passkey") && canUsePasskeys() && (
        <FirstPasskey
          isOnly={!enrol.includes("totp")}
          onWish={async () => await verify(await made())}
        />
      )}
      <div className="mt-4 flex flex-col items-start gap-3">
        <Button look="quiet" size="sm" icon="back" className="-ml-2.5" onPress={onStartOver}>
          {text.factors.startOver}
        </Button>
        {!isFirst && <p className="text-sm text-ink-3">{text.factors.lost}</p>}
      </div>
    </div>
  );
}

function FirstApp(
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

function FirstPasskey({ isOnly, onWish }: { isOnly: boolean; onWish: () => Promise<void> }) {
  const text = useText();
  const { mutate, error, isPending } = useMutation({ mutationFn: onWish });
  return (
    <div className="mt-4 flex flex-col gap-4">
      {error && <ProblemNotice error={error} />}
      <Button
        icon="key"
        look={isOnly ? "primary" : "secondary"}
        className="h-10"
        isPending={isPending}
        onPress={() => mutate()}
      >
        {text.factors.makePasskey}
      </Button>
    </div>
  );
}
