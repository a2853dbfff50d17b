/** Over the page when the session has ended: the page keeps what was typed, and goes on after. */
import { useQueryClient } from "@tanstack/react-query";
import { lazy, Suspense, useState } from "react";
import { useClient, useIsConfirming, useSession, useSessionState } from "../../api/context.ts";
import { useText } from "../../i18n/i18n.tsx";
import { Button } from "../../ui/Button.tsx";
import { Dialog } from "../../ui/Dialog.tsx";
import { meQuery } from "./me.ts";
import { SignInForm } from "./SignInForm.tsx";

const StepUpDialog = lazy(() => import("./StepUpDialog.tsx"));

/** What asks a person again who they are, whatever they were doing. */
export function SessionDialogs() {
  const isConfirming = useIsConfirming();
  return (
    <>
      {isConfirming && (
        <Suspense>
          <StepUpDialog />
        </Suspense>
      )}
      <ExpiredDialog />
    </>
  );
}

function ExpiredDialog() {
  const text = useText();
  const session = useSession();
  const state = useSessionState();
  const queries = useQueryClient();
  const [me] = useState(meQuery(useClient()).queryKey);
  const known = queries.getQueryData(me) as { email: string; fullName: string } | undefined;
  return (
    <Dialog title={text.signIn.expiredTitle} isOpen={state === "expired"}>
      <p className="mb-4 text-ink-2">{text.signIn.expiredText}</p>
      {known && (
        <p className="mb-4 rounded-md bg-sunken px-3 py-2 text-sm">
          <span className="font-medium">{text.signIn.expiredAs(known.fullName)}</span>
          <span className="block text-ink-2 wrap-anywhere">{known.email}</span>
        </p>
      )}
      <SignInForm email={known?.email} focusOn={known ? "password" : "email"} />
      <Button look="quiet" size="sm" className="mt-3 w-full" onPress={() => session.signOut()}>
        {text.signIn.someoneElse}
      </Button>
    </Dialog>
  );
}
