/** The step-up of somebody who has no second factor yet: the password once more. */
import { type FormEvent, useState } from "react";
import { useClient, useSession } from "../../api/context.ts";
import { useText } from "../../i18n/i18n.tsx";
import { Button } from "../../ui/Button.tsx";
import { Field } from "../../ui/Field.tsx";
import { ProblemNotice } from "../problems/ProblemNotice.tsx";

export function PasswordOnly() {
  const text = useText();
  const client = useClient();
  const session = useSession();
  const [password, setPassword] = useState("");
  const [wasSent, setSent] = useState(false);
  const [isWorking, setWorking] = useState(false);
  const [error, setError] = useState<unknown>();

  async function submit(event: FormEvent) {
    event.preventDefault();
    if (isWorking) return;
    setSent(true);
    setError(undefined);
    if (password === "") return;
    setWorking(true);
    try {
      const body = { password, acr: "aal1" as const };
      session.enter(await client.post("/auth/reauthenticate", { body }));
    } catch (problem) {
      setError(problem);
      setWorking(false);
    }
  }

  return (
    <form onSubmit={submit} noValidate className="flex flex-col gap-4">
      {error !== undefined && <ProblemNotice error={error} />}
      <Field
        label={text.signIn.password}
        type="password"
        autoComplete="current-password"
        value={password}
        onChange={setPassword}
        autoFocus
        error={wasSent && password === "" ? text.signIn.passwordMissing : undefined}
      />
      <Button type="submit" look="primary" isPending={isWorking} className="h-10">
        {text.factors.proceed}
      </Button>
    </form>
  );
}
