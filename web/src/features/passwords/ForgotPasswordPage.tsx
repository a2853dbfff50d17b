/** Asking for a link to set a new password. */
import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useClient } from "../../api/context.ts";
import { useText } from "../../i18n/i18n.tsx";
import { Button, ButtonLink } from "../../ui/Button.tsx";
import { Field } from "../../ui/Field.tsx";
import { ProblemNotice } from "../problems/ProblemNotice.tsx";
import { FrontDoor } from "../sessions/FrontDoor.tsx";

export function ForgotPasswordPage() {
  const text = useText();
  const client = useClient();
  const [email, setEmail] = useState("");
  const [wasSent, setSent] = useState(false);
  const ask = useMutation({
    mutationFn: () => client.open("/auth/password/forgot", { body: { email: email.trim() } }),
  });
  const toSignIn = <ButtonLink to="/sign-in" look="quiet">{text.registration.toSignIn}</ButtonLink>;

  function submit(event: FormEvent) {
    event.preventDefault();
    setSent(true);
    if (email.trim() !== "" && !ask.isPending) ask.mutate();
  }

  if (ask.isSuccess) {
    const lead = <span className="wrap-anywhere">{text.registration.sentText(email.trim())}</span>;
    return <FrontDoor title={text.registration.sentTitle} lead={lead}>{toSignIn}</FrontDoor>;
  }
  return (
    <FrontDoor title={text.passwords.forgotTitle} lead={text.passwords.forgotLead}>
      <form onSubmit={submit} noValidate className="flex flex-col gap-4">
        {ask.isError && <ProblemNotice error={ask.error} />}
        <Field
          label={text.signIn.email}
          type="email"
          autoComplete="username"
          value={email}
          onChange={setEmail}
          maxLength={254}
          autoFocus
          error={wasSent && email.trim() === "" ? text.signIn.emailMissing : undefined}
        />
        <Button type="submit" look="primary" isPending={ask.isPending} className="h-10">
          {text.passwords.forgotSubmit}
        </Button>
        {toSignIn}
      </form>
    </FrontDoor>
  );
}
