/** Everything that is around the pages of people who are signed in. */
import { useSessionState } from "../../api/context.ts";
import { UploadsProvider } from "../documents/uploads/uploads.tsx";
import { SessionDialogs } from "../sessions/SessionDialogs.tsx";
import { UnreachablePage } from "../sessions/UnreachablePage.tsx";
import { Shell } from "./Shell.tsx";

export function SignedIn() {
  const state = useSessionState();
  if (state === "unreachable") return <UnreachablePage />;
  if (state === "signed-out") return null;
  return (
    <UploadsProvider>
      <Shell />
      <SessionDialogs />
    </UploadsProvider>
  );
}
