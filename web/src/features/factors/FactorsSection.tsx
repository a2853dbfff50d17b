/** One's second factors: add, remove, and codes for the day when they are lost. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { Factor } from "../../api/client.ts";
import { useClient } from "../../api/context.ts";
import { useFormat, useText } from "../../i18n/i18n.tsx";
import { useAnnounce } from "../../ui/announcer.tsx";
import { Button } from "../../ui/Button.tsx";
import { Dialog } from "../../ui/Dialog.tsx";
import { Icon } from "../../ui/Icon.tsx";
import { Notice } from "../../ui/Notice.tsx";
import { Skeleton } from "../../ui/Progress.tsx";
import { Section } from "../../ui/Section.tsx";
import { ProblemNotice } from "../problems/ProblemNotice.tsx";
import { AddPasskey } from "./AddPasskey.tsx";
import { AddTotp } from "./AddTotp.tsx";
import { factorsQuery } from "./factors.ts";
import { canUsePasskeys } from "./passkeys.ts";
import { RecoveryCodes } from "./RecoveryCodes.tsx";

const FEW_CODES = 3;

export function FactorsSection() {
  const text = useText();
  const client = useClient();
  const queries = useQueryClient();
  const factors = useQuery(factorsQuery(client));
  const [codes, setCodes] = useState<string[]>();
  const renew = useMutation({
    mutationFn: () => client.post("/api/identity/users/me/recovery-codes", {}),
    onSuccess: ({ recoveryCodes }) => done(recoveryCodes),
  });

  function done(recoveryCodes?: string[]) {
    setCodes(recoveryCodes);
    queries.invalidateQueries({ queryKey: ["factors"] });
    queries.invalidateQueries({ queryKey: ["security-events"] });
  }

  if (codes) {
    return (
      <Section title={text.factors.title} lead={text.factors.lead}>
        <div className="rounded-lg border border-line bg-raised p-5">
          <h3 className="mb-1 text-lg font-semibold">{text.factors.keepTitle}</h3>
          <RecoveryCodes codes={codes} onKept={() => setCodes(undefined)} />
        </div>
      </Section>
    );
  }
  const items = factors.data?.items ?? [];
  const left = factors.data?.recoveryCodesLeft ?? 0;
  return (
    <Section title={text.factors.title} lead={text.factors.lead}>
      {factors.isError
        ? <ProblemNotice error={factors.error} onRetry={() => factors.refetch()} />
        : factors.isPending
        ? <Skeleton label={text.common.loading} lines={3} />
        : (
          <>
            {items.length === 0 && (
              <div className="mb-4">
                <Notice tone="caution" icon="lock" title={text.factors.none}>
                  {text.factors.noneText}
                </Notice>
              </div>
            )}
            <ul className="divide-y divide-line">
              {items.map((factor) => <FactorRow key={factor.id} factor={factor} />)}
              {items.length > 0 && (
                <li className="flex flex-wrap items-center gap-3 py-3">
                  <Icon name="documents" className="size-5.5 text-ink-3" />
                  <div className="min-w-0 grow basis-48">
                    <p className="font-medium">{text.factors.recoveryLeft(left)}</p>
                    <p className={`text-sm ${left < FEW_CODES ? "text-caution" : "text-ink-3"}`}>
                      {left < FEW_CODES ? text.factors.recoveryFew : text.factors.renewText}
                    </p>
                  </div>
                  <Button size="sm" isPending={renew.isPending} onPress={() => renew.mutate()}>
                    {text.factors.renew}
                  </Button>
                </li>
              )}
            </ul>
            {renew.isError && <ProblemNotice error={renew.error} />}
            <div className="mt-4 flex flex-wrap gap-2">
              {canUsePasskeys() && <AddPasskey onAdded={done} />}
              <AddTotp onAdded={done} />
            </div>
          </>
        )}
    </Section>
  );
}

function FactorRow({ factor }: { factor: Factor }) {
  const text = useText();
  const format = useFormat();
  const client = useClient();
  const queries = useQueryClient();
  const announce = useAnnounce();
  const [isAsking, setAsking] = useState(false);
  const remove = useMutation({
    mutationFn: () =>
      client.remove("/api/identity/users/me/factors/{id}", { path: { id: factor.id } }),
    onSuccess: () => {
      announce(text.factors.removed);
      queries.invalidateQueries({ queryKey: ["security-events"] });
      return queries.invalidateQueries({ queryKey: ["factors"] });
    },
  });
  const used = factor.lastUsedAt === null
    ? text.factors.unused
    : text.factors.used(format.relative(factor.lastUsedAt));
  return (
    <li className="py-3 first:pt-0">
      <div className="flex items-center gap-3">
        <Icon
          name={factor.kind === "passkey" ? "key" : "device"}
          className="size-5.5 text-ink-3"
        />
        <div className="min-w-0 grow">
          <p className="font-medium wrap-anywhere">{factor.name}</p>
          <p className="text-sm text-ink-3">
            {factor.name !== text.factors.kinds[factor.kind] &&
              `${text.factors.kinds[factor.kind]} · `}
            {text.factors.added(format.relative(factor.createdAt))} · {used}
          </p>
        </div>
        <Button
          size="sm"
          aria-label={text.factors.removeNamed(factor.name)}
          isPending={remove.isPending}
          onPress={() => setAsking(true)}
        >
          {text.factors.remove}
        </Button>
      </div>
      {remove.isError && <ProblemNotice error={remove.error} />}
      <Dialog
        title={text.factors.removeTitle(factor.name)}
        isOpen={isAsking}
        onClose={() => setAsking(false)}
      >
        <p className="mb-5 text-ink-2">{text.factors.removeText}</p>
        <div className="flex justify-end gap-2">
          <Button look="quiet" onPress={() => setAsking(false)}>{text.common.cancel}</Button>
          <Button
            look="danger"
            onPress={() => {
              setAsking(false);
              remove.mutate();
            }}
          >
            {text.factors.remove}
          </Button>
        </div>
      </Dialog>
    </li>
  );
}
