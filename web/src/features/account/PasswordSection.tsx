/** Changing one's password. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useClient } from "../../api/context.ts";
import { isKind } from "../../api/problem.ts";
import { useText } from "../../i18n/i18n.tsx";
import { useAnnounce } from "../../ui/announcer.tsx";
import { Button } from "../../ui/Button.tsx";
import { Field } from "../../ui/Field.tsx";
import { PasswordField } from "../../ui/PasswordField.tsx";
import { Section } from "../../ui/Section.tsx";
import { ProblemNotice } from "../problems/ProblemNotice.tsx";

const NOTHING = { now: "", next: "" };

export function PasswordSection() {
  const text = useText();
  const client = useClient();
  const queries = useQueryClient();
  const announce = useAnnounce();
  const [isOpen, setOpen] = useState(false);
  const [typed, setTyped] = useState(NOTHING);
  const [wasSent, setSent] = useState(false);
  const change = useMutation({
    mutationFn: () =>
      client.post("/api/identity/users/me/password", {
        body: { currentPassword: typed.now, newPassword: typed.next },
      }),
    onSuccess: () => {
      close();
      announce(text.settings.passwordChanged);
      queries.invalidateQueries({ queryKey: ["devices"] });
    },
  });

  function close() {
    setOpen(false);
    setTyped(NOTHING);
    setSent(false);
    change.reset();
  }

  function submit(event: FormEvent) {
    event.preventDefault();
    setSent(true);
    if (typed.now !== "" && typed.next !== "" && !change.isPending) change.mutate();
  }

  const missing = (value: string) =>
    wasSent && value === "" ? text.signIn.passwordMissing : undefined;
  const isWrong = isKind(change.error, "credentials-rejected");
  return (
    <Section title={text.settings.password} lead={text.settings.passwordText}>
      {!isOpen
        ? <Button onPress={() => setOpen(true)}>{text.settings.passwordChange}</Button>
        : (
          <form onSubmit={submit} noValidate className="flex max-w-md flex-col gap-4">
            {change.isError && !isWrong && <ProblemNotice error={change.error} />}
            <Field
              label={text.settings.passwordNow}
              type="password"
              autoComplete="current-password"
              value={typed.now}
              onChange={(now) => setTyped({ ...typed, now })}
              autoFocus
              error={isWrong ? text.settings.passwordWrong : missing(typed.now)}
            />
            <PasswordField
              label={text.settings.passwordNew}
              hint={text.settings.passwordHint}
              words={text.settings}
              value={typed.next}
              onChange={(next) => setTyped({ ...typed, next })}
              error={missing(typed.next)}
            />
            <div className="flex gap-2">
              <Button type="submit" look="primary" isPending={change.isPending}>
                {text.settings.passwordSubmit}
              </Button>
              <Button look="quiet" onPress={close}>{text.common.cancel}</Button>
            </div>
          </form>
        )}
    </Section>
  );
}
