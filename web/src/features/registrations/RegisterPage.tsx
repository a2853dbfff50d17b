/** Asking for an account, and for the letter that confirms it. */
import { useMutation } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { useClient } from "../../api/context.ts";
import { useText } from "../../i18n/i18n.tsx";
import { Button } from "../../ui/Button.tsx";
import { Field } from "../../ui/Field.tsx";
import { PasswordField } from "../../ui/PasswordField.tsx";
import { ProblemNotice } from "../problems/ProblemNotice.tsx";
import { FrontDoor } from "../sessions/FrontDoor.tsx";
import { LetterSent } from "./LetterSent.tsx";

const isEmail = (typed: string) => /^\S+@\S+\.\S+$/.test(typed.trim());

export function RegisterPage() {
  const text = useText();
  const client = useClient();
  const [given, setGiven] = useState({ fullName: "", organization: "", email: "", password: "" });
  const [wasSent, setSent] = useState(false);
  const register = useMutation({
    mutationFn: () => {
      const { fullName, organization, email, password } = given;
      const name = organization.trim();
      return client.open("/auth/register", {
        body: {
          fullName: fullName.trim(),
          email: email.trim(),
          password,
          ...(name === "" ? {} : { organization: { name } }),
        },
      });
    },
  });
  const change = (name: keyof typeof given) => (value: string) =>
    setGiven({ ...given, [name]: value });
  const errors = {
    fullName: given.fullName.trim() === "" ? text.registration.fullNameMissing : undefined,
    email: isEmail(given.email) ? undefined : text.settings.emailInvalid,
    password: given.password === "" ? text.signIn.passwordMissing : undefined,
  };

  function submit(event: FormEvent) {
    event.preventDefault();
    setSent(true);
    const isWhole = Object.values(errors).every((error) => error === undefined);
    if (isWhole && !register.isPending) register.mutate();
  }

  if (register.isSuccess) return <LetterSent email={given.email.trim()} />;
  return (
    <FrontDoor title={text.registration.title} lead={text.registration.lead}>
      <form onSubmit={submit} noValidate className="flex flex-col gap-4">
        {register.isError && <ProblemNotice error={register.error} />}
        <Field
          label={text.registration.fullName}
          autoComplete="name"
          value={given.fullName}
          onChange={change("fullName")}
          maxLength={100}
          autoFocus
          error={wasSent ? errors.fullName : undefined}
        />
        <Field
          label={`${text.registration.organization} (${text.common.optional})`}
          autoComplete="organization"
          value={given.organization}
          onChange={change("organization")}
          maxLength={100}
        />
        <Field
          label={text.signIn.email}
          type="email"
          autoComplete="username"
          value={given.email}
          onChange={change("email")}
          maxLength={254}
          error={wasSent ? errors.email : undefined}
        />
        <PasswordField
          label={text.signIn.password}
          hint={text.settings.passwordHint}
          words={text.settings}
          value={given.password}
          onChange={change("password")}
          error={wasSent ? errors.password : undefined}
        />
        <Button type="submit" look="primary" isPending={register.isPending} className="h-10">
          {text.registration.submit}
        </Button>
        <Link
          to="/sign-in"
          className="self-start rounded-sm text-sm font-medium text-accent underline-offset-2 hover:underline"
        >
          {text.registration.haveOne}
        </Link>
      </form>
    </FrontDoor>
  );
}
