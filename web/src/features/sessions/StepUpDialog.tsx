/** Over the page when something needs the person to prove again that it is them. */
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useClient, useSession } from "../../api/context.ts";
import { useText } from "../../i18n/i18n.tsx";
import { Button } from "../../ui/Button.tsx";
import { Dialog } from "../../ui/Dialog.tsx";
import { Field } from "../../ui/Field.tsx";
import { Skeleton } from "../../ui/Progress.tsx";
import { factorsQuery, type Way } from "../factors/factors.ts";
import { showPasskey } from "../factors/passkeys.ts";
import { ProofForm } from "../factors/ProofForm.tsx";
import { ProblemNotice } from "../problems/ProblemNotice.tsx";
import { PasswordOnly } from "./PasswordOnly.tsx";

export default function StepUpDialog() {
  const text = useText();
  const session = useSession();
  return (
    <Dialog title={text.factors.confirmTitle} isOpen onClose={() => session.decline()}>
      <p className="mb-4 text-ink-2">{text.factors.confirmText}</p>
      <Ask />
      <Button look="quiet" size="sm" className="mt-3 w-full" onPress={() => session.decline()}>
        {text.common.cancel}
      </Button>
    </Dialog>
  );
}

function Ask() {
  const text = useText();
  const client = useClient();
  const session = useSession();
  // What was known a moment ago may not be so any more, and a wrong guess would be refused.
  const factors = useQuery({ ...factorsQuery(client), staleTime: 0 });
  const [password, setPassword] = useState("");
  const [wasSent, setSent] = useState(false);

  async function prove(way: Way, typed: string) {
    if (way === "passkey") {
      const { challengeId, options } = await client.post("/auth/reauthenticate/options", {});
      const passkey = await showPasskey(options);
      session.enter(
        await client.post("/auth/reauthenticate", { body: { challengeId, passkey, acr: "aal2" } }),
      );
      return;
    }
    const proof = way === "totp" ? { code: typed } : { recoveryCode: typed };
    const body = { password, ...proof, acr: "aal2" as const };
    session.enter(await client.post("/auth/reauthenticate", { body }));
  }

  if (factors.isError) {
    return <ProblemNotice error={factors.error} onRetry={() => factors.refetch()} />;
  }
  if (!factors.data || factors.isFetching) {
    return <Skeleton label={text.common.loading} lines={3} />;
  }
  const { items, recoveryCodesLeft } = factors.data;
  if (items.length === 0) return <PasswordOnly />;
  const known: Way[] = [
    ...items.map(({ kind }) => kind),
    ...(recoveryCodesLeft > 0 ? ["recovery-code" as const] : []),
  ];
  return (
    <ProofForm
      known={known}
      onProof={prove}
      isReady={(way) => {
        setSent(true);
        return way === "passkey" || password !== "";
      }}
      before={(way) =>
        way !== "passkey" && (
          <Field
            label={text.signIn.password}
            type="password"
            autoComplete="current-password"
            value={password}
            onChange={setPassword}
            autoFocus
            error={wasSent && password === "" ? text.signIn.passwordMissing : undefined}
          />
        )}
    />
  );
}
