/** A button that adds an authenticator app. */
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useClient } from "../../api/context.ts";
import { useText } from "../../i18n/i18n.tsx";
import { useAnnounce } from "../../ui/announcer.tsx";
import { Button } from "../../ui/Button.tsx";
import { Dialog } from "../../ui/Dialog.tsx";
import { ProblemNotice } from "../problems/ProblemNotice.tsx";
import { TotpSetup } from "./TotpSetup.tsx";

export function AddTotp({ onAdded }: { onAdded: (recoveryCodes?: string[]) => void }) {
  const text = useText();
  const client = useClient();
  const announce = useAnnounce();
  const [isOpen, setOpen] = useState(false);
  const start = useMutation({
    mutationFn: () =>
      client.post("/api/identity/users/me/factors/totp", {
        body: { name: text.factors.totpDefault },
      }),
    onSuccess: () => setOpen(true),
  });

  async function confirm(code: string) {
    const { factorId } = start.data!;
    const { recoveryCodes } = await client.post("/api/identity/users/me/factors/totp/confirm", {
      body: { factorId, code },
    });
    setOpen(false);
    announce(text.factors.totpAdded);
    onAdded(recoveryCodes);
  }

  return (
    <>
      <Button icon="device" isPending={start.isPending} onPress={() => start.mutate()}>
        {text.factors.addTotp}
      </Button>
      {start.isError && <ProblemNotice error={start.error} />}
      <Dialog title={text.factors.addTotp} isOpen={isOpen} onClose={() => setOpen(false)}>
        {start.data && <TotpSetup secret={start.data} onCode={confirm} />}
      </Dialog>
    </>
  );
}
