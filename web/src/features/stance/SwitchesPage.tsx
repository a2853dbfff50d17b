/** Switches scores, rules, viewers and assistants on and off, each with its reason. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useClient } from "../../api/context.ts";
import { useText } from "../../i18n/i18n.tsx";
import { useAnnounce } from "../../ui/announcer.tsx";
import { Badge } from "../../ui/Badge.tsx";
import { Button } from "../../ui/Button.tsx";
import { Field } from "../../ui/Field.tsx";
import { Skeleton } from "../../ui/Progress.tsx";
import { useInsightText } from "../insights/texts.ts";
import { ProblemNotice } from "../problems/ProblemNotice.tsx";
import { useMay } from "../sessions/me.ts";
import { usePageTitle } from "../shell/title.ts";
import { ReasonDialog } from "../workflows/ReasonDialog.tsx";
import { type Feature, FEATURE_KINDS, stanceQuery } from "./stance.ts";

export function SwitchesPage() {
  const common = useText().common;
  const text = useInsightText().switches;
  const stance = useQuery(stanceQuery(useClient()));
  const canSwitch = useMay("policies:manage") === true;
  const [asked, setAsked] = useState<Feature>();
  usePageTitle(text.title);
  return (
    <div className="max-w-4xl">
      <h1 className="text-2xl font-semibold">{text.title}</h1>
      <p className="mt-1 mb-4 text-ink-2">{text.lead}</p>
      {stance.isError
        ? <ProblemNotice error={stance.error} onRetry={() => stance.refetch()} />
        : stance.isPending
        ? <Skeleton label={common.loading} lines={8} />
        : (
          <>
            {canSwitch && <Country key={stance.data.country} country={stance.data.country} />}
            {FEATURE_KINDS.map((kind) => {
              const features = stance.data.items.filter((one) => one.kind === kind);
              if (features.length === 0) return null;
              return (
                <section key={kind} aria-label={text.kinds[kind]} className="mt-7">
                  <h2 className="mb-1 text-lg font-semibold">{text.kinds[kind]}</h2>
                  <ul className="border-t border-line">
                    {features.map((feature) => (
                      <FeatureRow
                        key={feature.feature}
                        feature={feature}
                        onSwitch={canSwitch ? () => setAsked(feature) : undefined}
                      />
                    ))}
                  </ul>
                </section>
              );
            })}
          </>
        )}
      {asked && <SwitchDialog feature={asked} onClose={() => setAsked(undefined)} />}
    </div>
  );
}

function FeatureRow(
  { feature, onSwitch }: { feature: Feature; onSwitch: (() => void) | undefined },
) {
  const label = useInsightText().label;
  const text = useInsightText().switches;
  const { title, use, notFor, isAllowed, because, eu, us } = feature;
  const opinion = ({ standing, riskClass }: typeof eu) =>
    riskClass
      ? `${text.standings[standing]}, ${text.riskClass(riskClass)}`
      : text.standings[standing];
  return (
    <li className="flex flex-wrap items-start gap-x-4 gap-y-2 border-b border-line py-row">
      <div className="min-w-0 flex-1 basis-72 wrap-anywhere">
        <p className="flex flex-wrap items-center gap-2 font-medium">
          {title}
          <Badge tone={isAllowed ? "good" : "neutral"}>{isAllowed ? text.on : text.off}</Badge>
          <span className="text-xs font-normal text-ink-3">{text.because[because]}</span>
        </p>
        <p className="mt-0.5 text-sm text-ink-2">{use}</p>
        <p className="text-sm text-ink-3">{label.notFor}: {notFor}</p>
        <p className="text-xs text-ink-3">
          {text.standing}: {text.eu} {opinion(eu)}; {text.us} {opinion(us)}
        </p>
      </div>
      {onSwitch && because !== "country" && (
        <Button
          size="sm"
          aria-label={`${isAllowed ? text.turnOff : text.turnOn}: ${title}`}
          onPress={onSwitch}
        >
          {isAllowed ? text.turnOff : text.turnOn}
        </Button>
      )}
    </li>
  );
}

function SwitchDialog({ feature, onClose }: { feature: Feature; onClose: () => void }) {
  const text = useInsightText().switches;
  const client = useClient();
  const queries = useQueryClient();
  const announce = useAnnounce();
  const isOn = !feature.isAllowed;
  const put = useMutation({
    mutationFn: (reason: string) =>
      client.put("/api/workflow/stance/switches", {
        body: { feature: feature.feature, country: null, isOn, reason },
      }),
    onSuccess: () => {
      announce(isOn ? text.turnedOn : text.turnedOff);
      queries.invalidateQueries({ queryKey: ["stance"] });
      queries.invalidateQueries({ queryKey: ["scores"] });
      queries.invalidateQueries({ queryKey: ["assistance"] });
      onClose();
    },
  });
  return (
    <ReasonDialog
      title={`${isOn ? text.turnOn : text.turnOff}: ${feature.title}`}
      confirm={isOn ? text.turnOn : text.turnOff}
      look={isOn ? "primary" : "danger"}
      isPending={put.isPending}
      error={put.error}
      onConfirm={(reason) => put.mutate(reason)}
      onClose={onClose}
    />
  );
}

function Country({ country }: { country: string | null }) {
  const text = useInsightText().switches;
  const client = useClient();
  const queries = useQueryClient();
  const announce = useAnnounce();
  const [typed, setTyped] = useState(country ?? "");
  const [isTried, setTried] = useState(false);
  const code = typed.trim().toUpperCase();
  const isWrong = !/^[A-Z]{2}$/.test(code);
  const put = useMutation({
    mutationFn: () => client.put("/api/workflow/stance/country", { body: { country: code } }),
    onSuccess: () => {
      announce(text.countrySaved);
      queries.invalidateQueries({ queryKey: ["stance"] });
    },
  });
  function submit(event: FormEvent) {
    event.preventDefault();
    setTried(true);
    if (!isWrong && !put.isPending) put.mutate();
  }
  return (
    <form onSubmit={submit} className="flex flex-wrap items-start gap-3">
      <div className="w-64">
        <Field
          label={text.country}
          hint={text.countryHint}
          error={isTried && isWrong ? text.countryWrong : undefined}
          value={typed}
          onChange={setTyped}
          maxLength={2}
        />
      </div>
      <div className="pt-5.5">
        <Button type="submit" isPending={put.isPending}>{text.saveCountry}</Button>
      </div>
      {put.error && <ProblemNotice error={put.error} />}
    </form>
  );
}
