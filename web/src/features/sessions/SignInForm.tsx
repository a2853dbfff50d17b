/** Address and password; used on its own page and in the dialog over expired work. */
import { type FormEvent, useRef, useState } from "react";
import { useSession } from "../../api/context.ts";
import { Problem } from "../../api/problem.ts";
import { useText } from "../../i18n/i18n.tsx";
import { Button } from "../../ui/Button.tsx";
import { Field } from "../../ui/Field.tsx";
import { Notice } from "../../ui/Notice.tsx";
import { ProblemNotice } from "../problems/ProblemNotice.tsx";

type Props = {
  /** Fixed when the same person is to sign in again. */
  email?: string | undefined;
  onDone?: () => void;
  focusOn?: "email" | "password";
};

export function SignInForm({ email: fixedEmail, onDone, focusOn = "email" }: Props) {
  const text = useText();
  const session = useSession();
  const [email, setEmail] = useState(fixedEmail ?? "");
  const [password, setPassword] = useState("");
  const [isWorking, setWorking] = useState(false);
  const [wasSent, setSent] = useState(false);
  const [error, setError] = useState<unknown>();
  const passwordRef = useRef<HTMLInputElement>(null);
  const emailRef = useRef<HTMLInputElement>(null);

  async function submit(event: FormEvent) {
    event.preventDefault();
    if (isWorking) return;
    setSent(true);
    setError(undefined);
    if (email.trim() === "") return emailRef.current?.focus();
    if (password === "") return passwordRef.current?.focus();
    setWorking(true);
    try {
      await session.signIn(email.trim(), password);
      onDone?.();
    } catch (problem) {
      setError(problem);
      setWorking(false);
      passwordRef.current?.select();
    }
  }

  const isRejected = error instanceof Problem && error.status === 401;
  return (
    <form onSubmit={submit} noValidate className="flex flex-col gap-4">
      {isRejected
        ? (
          <Notice tone="danger" title={text.signIn.rejected} isUrgent>
            {text.signIn.rejectedHint}
          </Notice>
        )
        : error !== undefined && <ProblemNotice error={error} />}
      {fixedEmail === undefined
        ? (
          <Field
            label={text.signIn.email}
            type="email"
            name="email"
            autoComplete="username"
            value={email}
            onChange={setEmail}
            inputRef={emailRef}
            autoFocus={focusOn === "email"}
            error={wasSent && email.trim() === "" ? text.signIn.emailMissing : undefined}
          />
        )
        : <input type="hidden" name="email" autoComplete="username" value={fixedEmail} />}
      <Field
        label={text.signIn.password}
        type="password"
        name="password"
        autoComplete="current-password"
        value={password}
        onChange={setPassword}
        inputRef={passwordRef}
        autoFocus={focusOn === "password"}
        error={wasSent && password === "" ? text.signIn.passwordMissing : undefined}
      />
      <Button type="submit" look="primary" isPending={isWorking} className="mt-1 h-10">
        {isWorking ? text.signIn.working : text.signIn.submit}
      </Button>
    </form>
  );
}
