/**
 * For a page that came with something in its address which must not travel through another one:
 * whoever is not signed in does so here, and the page goes on.
 */
import type { ReactNode } from "react";
import { useSessionState } from "../../api/context.ts";
import { useText } from "../../i18n/i18n.tsx";
import { SessionDialogs } from "./SessionDialogs.tsx";
import { FrontDoor } from "./FrontDoor.tsx";
import { SignInForm } from "./SignInForm.tsx";
import { UnreachablePage } from "./UnreachablePage.tsx";

export function SignedInHere({ lead, children }: { lead?: string; children: ReactNode }) {
  const text = useText();
  const state = useSessionState();
  if (state === "unreachable") return <UnreachablePage />;
  if (state === "signed-out") {
    return (
      <FrontDoor title={text.signIn.title} lead={lead ?? text.signIn.lead}>
        <SignInForm />
      </FrontDoor>
    );
  }
  return (
    <>
      {children}
      <SessionDialogs />
    </>
  );
}
