/** A letter may be on its way; nothing tells whether there is an account. */
import { useMutation } from "@tanstack/react-query";
import { useClient } from "../../api/context.ts";
import { useText } from "../../i18n/i18n.tsx";
import { Button, ButtonLink } from "../../ui/Button.tsx";
import { Notice } from "../../ui/Notice.tsx";
import { ProblemNotice } from "../problems/ProblemNotice.tsx";
import { FrontDoor } from "../sessions/FrontDoor.tsx";

export function LetterSent({ email }: { email: string }) {
  const text = useText();
  const client = useClient();
  const again = useMutation({
    mutationFn: () => client.open("/auth/email/resend", { body: { email } }),
  });
  return (
    <FrontDoor
      title={text.registration.sentTitle}
      lead={<span className="wrap-anywhere">{text.registration.sentText(email)}</span>}
    >
      <div className="flex flex-col gap-4">
        {again.isError && <ProblemNotice error={again.error} />}
        {again.isSuccess && <Notice tone="good" title={text.registration.sentAgain} />}
        <div className="flex flex-wrap gap-2">
          <Button icon="mail" isPending={again.isPending} onPress={() => again.mutate()}>
            {text.registration.again}
          </Button>
          <ButtonLink to="/sign-in" look="quiet">{text.registration.toSignIn}</ButtonLink>
        </div>
      </div>
    </FrontDoor>
  );
}
