/** A button that makes a passkey: proves who asks, names it, and asks the browser. */
import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useClient } from "../../api/context.ts";
import { useText } from "../../i18n/i18n.tsx";
import { useAnnounce } from "../../ui/announcer.tsx";
import { Button } from "../../ui/Button.tsx";
import { Dialog } from "../../ui/Dialog.tsx";
import { Field } from "../../ui/Field.tsx";
import { ProblemNotice } from "../problems/ProblemNotice.tsx";
import { makePasskey } from "./passkeys.ts";

const OPTIONS = "/api/identity/users/me/factors/passkeys/options";

export function AddPasskey({ onAdded }: { onAdded: (recoveryCodes?: string[]) => void }) {
  const text = useText();
  const client = useClient();
  const announce = useAnnounce();
  const [isNaming, setNaming] = useState(false);
  const [name, setName] = useState("");
  // Before the name is asked for: this is what may need a step-up, and one dialog at a time is enough.
  const prepare = useMutation({
    mutationFn: () => client.post(OPTIONS, {}),
    onSuccess: () => setNaming(true),
  });
  const add = useMutation({
    mutationFn: async () => {
      // Made anew, because a person may take longer to find a name than a challenge lives.
      const { challengeId, options } = await client.post(OPTIONS, {});
      const passkey = await makePasskey(options);
      return await client.post("/api/identity/users/me/factors/passkeys", {
        body: { challengeId, name: name.trim() || text.factors.passkeyDefault, passkey },
      });
    },
    onSuccess: ({ recoveryCodes }) => {
      setNaming(false);
      setName("");
      announce(text.factors.passkeyAdded);
      onAdded(recoveryCodes);
    },
  });

  function submit(event: FormEvent) {
    event.preventDefault();
    if (!add.isPending) add.mutate();
  }

  return (
    <>
      <Button icon="key" isPending={prepare.isPending} onPress={() => prepare.mutate()}>
        {text.factors.addPasskey}
      </Button>
      {prepare.isError && <ProblemNotice error={prepare.error} />}
      <Dialog
        title={text.factors.addPasskey}
        isOpen={isNaming}
        onClose={() => setNaming(false)}
      >
        <form onSubmit={submit} noValidate className="mt-3 flex flex-col gap-4">
          {add.isError && <ProblemNotice error={add.error} />}
          <Field
            label={`${text.factors.passkeyName} (${text.common.optional})`}
            hint={text.factors.passkeyNameHint}
            value={name}
            onChange={setName}
            maxLength={60}
            autoFocus
          />
          <div className="flex justify-end gap-2">
            <Button look="quiet" onPress={() => setNaming(false)}>{text.common.cancel}</Button>
            <Button type="submit" look="primary" isPending={add.isPending}>
              {text.factors.makePasskey}
            </Button>
          </div>
        </form>
      </Dialog>
    </>
  );
}
