/** The address one signs in with, and changing it. */
import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useClient } from "../../api/context.ts";
import { useText } from "../../i18n/i18n.tsx";
import { Button } from "../../ui/Button.tsx";
import { Field } from "../../ui/Field.tsx";
import { Notice } from "../../ui/Notice.tsx";
import { Section } from "../../ui/Section.tsx";
import { ProblemNotice } from "../problems/ProblemNotice.tsx";
import { useMe } from "../sessions/me.ts";

export function EmailSection() {
  const text = useText();
  const client = useClient();
  const me = useMe();
  const [isOpen, setOpen] = useState(false);
  const [email, setEmail] = useState("");
  const [wasSent, setSent] = useState(false);
  const change = useMutation({
    mutationFn: () =>
      client.post("/api/identity/users/me/email", { body: { email: email.trim() } }),
    onSuccess: () => {
      setOpen(false);
      setEmail("");
      setSent(false);
    },
  });
  const isWrong = !/^\S+@\S+\.\S+$/.test(email.trim());

  function submit(event: FormEvent) {
    event.preventDefault();
    setSent(true);
    if (!isWrong && !change.isPending) change.mutate();
  }

  return (
    <Section title={text.settings.email} lead={text.settings.emailNow(me.email)}>
      {change.isSuccess && !isOpen && (
        <div className="mb-3">
          <Notice tone="good" icon="mail" title={text.registration.sentTitle}>
            {text.settings.emailSent}
          </Notice>
        </div>
      )}
      {!isOpen
        ? <Button onPress={() => setOpen(true)}>{text.settings.emailChange}</Button>
        : (
          <form onSubmit={submit} noValidate className="flex max-w-md flex-col gap-4">
            {change.isError && <ProblemNotice error={change.error} />}
            <Field
              label={text.settings.emailNew}
              type="email"
              autoComplete="email"
              value={email}
              onChange={setEmail}
              maxLength={254}
              autoFocus
              error={wasSent && isWrong ? text.settings.emailInvalid : undefined}
            />
            <div className="flex gap-2">
              <Button type="submit" look="primary" isPending={change.isPending}>
                {text.settings.emailSubmit}
              </Button>
              <Button look="quiet" onPress={() => setOpen(false)}>{text.common.cancel}</Button>
            </div>
          </form>
        )}
    </Section>
  );
}
