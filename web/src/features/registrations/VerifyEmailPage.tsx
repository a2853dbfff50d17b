/** Where the letter's link leads: a person confirms, not a program that looks at links in mails. */
import { useMutation } from "@tanstack/react-query";
import { useClient } from "../../api/context.ts";
import { useText } from "../../i18n/i18n.tsx";
import { Button, ButtonLink } from "../../ui/Button.tsx";
import { ProblemNotice } from "../problems/ProblemNotice.tsx";
import { FrontDoor } from "../sessions/FrontDoor.tsx";
import { useLinkToken } from "./token.ts";

export function VerifyEmailPage() {
  const text = useText();
  const client = useClient();
  const token = useLinkToken();
  const verify = useMutation({
    mutationFn: (token: string) => client.open("/auth/email/verify", { body: { token } }),
  });
  const toSignIn = (
    <ButtonLink to="/sign-in" look="primary" className="h-10">
      {text.registration.toSignIn}
    </ButtonLink>
  );
  if (token === undefined) {
    return (
      <FrontDoor title={text.registration.noToken} lead={text.registration.noTokenText}>
        {toSignIn}
      </FrontDoor>
    );
  }
  if (verify.isSuccess) {
    return (
      <FrontDoor title={text.registration.verified} lead={text.registration.verifiedText}>
        {toSignIn}
      </FrontDoor>
    );
  }
  return (
    <FrontDoor title={text.registration.verifyTitle} lead={text.registration.verifyText}>
      <div className="flex flex-col gap-4">
        {verify.isError && <ProblemNotice error={verify.error} />}
        <Button
          look="primary"
          className="h-10"
          isPending={verify.isPending}
          onPress={() => verify.mutate(token)}
        >
          {text.registration.verifySubmit}
        </Button>
        {verify.isError && (
          <ButtonLink to="/register" look="quiet">{text.registration.link}</ButtonLink>
        )}
      </div>
    </FrontDoor>
  );
}
