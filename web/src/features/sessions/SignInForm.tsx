/** Address and password; used on its own page and in the dialog over expired work. */
import { type FormEvent, lazy, type ReactNode, Suspense, useRef, useState } from "react";
import { useClient, useSession } from "../../api/context.ts";
import { isKind } from "../../api/problem.ts";
import type { SecondStep as Asked } from "../../api/session.ts";
import { useText } from "../../i18n/i18n.tsx";
import { Button } from "../../ui/Button.tsx";
import { Field } from "../../ui/Field.tsx";
import { Notice } from "../../ui/Notice.tsx";
import { canUsePasskeys, showPasskey } from "../factors/passkeys.ts";
import { ProblemNotice } from "../problems/ProblemNotice.tsx";

const SecondStep = lazy(() => import("./SecondStep.tsx"));

type Props = {
  /** Fixed when the same person is to sign in again. */
  email?: string | undefined;
  onDone?: () => void;
  focusOn?: "email" | "password";
  /** Below the form, as long as it asks for address and password. */
  children?: ReactNode;
};

export function SignInForm({ email: fixedEmail, onDone, focusOn = "email", children }: Props) {
  const text = useText();
  const session = useSession();
  const [email, setEmail] = useState(fixedEmail ?? "");
  const [password, setPassword] = useState("");
  const [isWorking, setWorking] = useState(false);
  const [wasSent, setSent] = useState(false);
  const [error, setError] = useState<unknown>();
  const [asked, setAsked] = useState<Asked>();
  const client = useClient();
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
      const second = await session.signIn(email.trim(), password);
      setWorking(false);
      if (second) setAsked(second);
      else onDone?.();
    } catch (problem) {
      setError(problem);
      setWorking(false);
      passwordRef.current?.select();
    }
  }

  async function signInWithPasskey() {
    setError(undefined);
    try {
      const { challengeId, options } = await client.open("/auth/passkeys/options", {});
      const passkey = await showPasskey(options);
      session.enter(
        await client.open("/auth/passkeys/verify", {
          body: { challengeId, passkey, client: "web" },
        }),
      );
      onDone?.();
    } catch (problem) {
      setError(problem);
    }
  }

  function startOver() {
    setAsked(undefined);
    setPassword("");
    setSent(false);
  }

  if (asked) {
    return (
      <Suspense>
        <SecondStep asked={asked} onStartOver={startOver} onDone={onDone} />
      </Suspense>
    );
  }
  const isRejected = isKind(error, "credentials-rejected");
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
      {fixedEmail === undefined && canUsePasskeys() && (
        <Button icon="key" className="h-10" onPress={signInWithPasskey}>
          {text.signIn.withPasskey}
        </Button>
      )}
      {children}
    </form>
  );
}
