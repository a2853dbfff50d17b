/** Setting a new password with the link of a letter. */
import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useClient } from "../../api/context.ts";
import { isKind } from "../../api/problem.ts";
import { useText } from "../../i18n/i18n.tsx";
import { Button, ButtonLink } from "../../ui/Button.tsx";
import { PasswordField } from "../../ui/PasswordField.tsx";
import { ProblemNotice } from "../problems/ProblemNotice.tsx";
import { useLinkToken } from "../registrations/token.ts";
import { FrontDoor } from "../sessions/FrontDoor.tsx";

export function ResetPasswordPage() {
  const text = useText();
  const client = useClient();
  const token = useLinkToken();
  const [password, setPassword] = useState("");
  const [wasSent, setSent] = useState(false);
  const reset = useMutation({
    mutationFn: (token: string) =>
      client.open("/auth/password/reset", { body: { token, newPassword: password } }),
  });
  if (token === undefined || reset.isSuccess) {
    const words = reset.isSuccess
      ? { title: text.passwords.resetDone, lead: text.passwords.resetDoneText }
      : { title: text.registration.noToken, lead: text.registration.noTokenText };
    return (
      <FrontDoor {...words}>
        <ButtonLink to="/sign-in" look="primary" className="h-10">
          {text.registration.toSignIn}
        </ButtonLink>
      </FrontDoor>
    );
  }

  function submit(event: FormEvent) {
    event.preventDefault();
    setSent(true);
    if (password !== "" && !reset.isPending) reset.mutate(token!);
  }

  return (
    <FrontDoor title={text.passwords.resetTitle} lead={text.passwords.resetLead}>
      <form onSubmit={submit} noValidate className="flex flex-col gap-4">
        {reset.isError && <ProblemNotice error={reset.error} />}
        {isKind(reset.error, "link-expired") && (
          <ButtonLink to="/forgot-password">{text.passwords.forgotSubmit}</ButtonLink>
        )}
        <PasswordField
          label={text.settings.passwordNew}
          hint={text.settings.passwordHint}
          words={text.settings}
          value={password}
          onChange={setPassword}
          autoFocus
          error={wasSent && password === "" ? text.signIn.passwordMissing : undefined}
        />
        <Button type="submit" look="primary" isPending={reset.isPending} className="h-10">
          {text.passwords.resetSubmit}
        </Button>
      </form>
    </FrontDoor>
  );
}
