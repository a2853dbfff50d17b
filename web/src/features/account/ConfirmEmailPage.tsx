/** Where the letter to a new address leads. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useClient } from "../../api/context.ts";
import { useText } from "../../i18n/i18n.tsx";
import { useAnnounce } from "../../ui/announcer.tsx";
import { Button, ButtonLink } from "../../ui/Button.tsx";
import { ProblemNotice } from "../problems/ProblemNotice.tsx";
import { useLinkToken } from "../registrations/token.ts";
import { FrontDoor } from "../sessions/FrontDoor.tsx";
import { SignedInHere } from "../sessions/SignedInHere.tsx";

export function ConfirmEmailPage() {
  const text = useText();
  const token = useLinkToken();
  if (token === undefined) {
    return (
      <FrontDoor title={text.registration.noToken} lead={text.registration.noTokenText}>
        <ButtonLink to="/account">{text.settings.title}</ButtonLink>
      </FrontDoor>
    );
  }
  return (
    <SignedInHere lead={text.emailChange.signInFirst}>
      <Confirm token={token} />
    </SignedInHere>
  );
}

function Confirm({ token }: { token: string }) {
  const text = useText();
  const client = useClient();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const announce = useAnnounce();
  const confirm = useMutation({
    mutationFn: () => client.post("/api/identity/users/me/email/confirm", { body: { token } }),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ["me"] });
      announce(text.emailChange.done);
      await navigate({ to: "/account", replace: true });
    },
  });
  return (
    <FrontDoor title={text.emailChange.title} lead={text.emailChange.text}>
      <div className="flex flex-col gap-4">
        {confirm.isError && <ProblemNotice error={confirm.error} />}
        <Button
          look="primary"
          className="h-10"
          isPending={confirm.isPending}
          onPress={() => confirm.mutate()}
        >
          {text.emailChange.submit}
        </Button>
      </div>
    </FrontDoor>
  );
}
