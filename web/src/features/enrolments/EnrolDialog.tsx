/** Puts a patient on a pathway, after a look at whether it fits; against it only with a reason. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { useClient } from "../../api/context.ts";
import { useText } from "../../i18n/i18n.tsx";
import { useAnnounce } from "../../ui/announcer.tsx";
import { Button } from "../../ui/Button.tsx";
import { Choice } from "../../ui/Choice.tsx";
import { Dialog } from "../../ui/Dialog.tsx";
import { Field } from "../../ui/Field.tsx";
import { Notice } from "../../ui/Notice.tsx";
import { Skeleton } from "../../ui/Progress.tsx";
import { definitionsQuery } from "../definitions/definitions.ts";
import { ProblemNotice } from "../problems/ProblemNotice.tsx";
import { localOf } from "../tasks/times.ts";
import { useWorkflowText } from "../workflows/texts.ts";
import { type Eligibility, eligibilityQuery, isDay } from "./enrolments.ts";

const OVERRIDE_CHARS_MIN = 3;

export function EnrolDialog({ patientId, onClose }: { patientId: string; onClose: () => void }) {
  const common = useText().common;
  const text = useWorkflowText().pathways;
  const client = useClient();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const announce = useAnnounce();
  const definitions = useQuery(definitionsQuery(client));
  const pathways = (definitions.data ?? [])
    .filter(({ kind, state }) => kind === "pathway" && state === "active");
  const [chosen, setChosen] = useState<string>();
  const [indexOn, setIndexOn] = useState(() => localOf(Date.now()).slice(0, 10));
  const [override, setOverride] = useState("");
  const [isTried, setTried] = useState(false);
  const key = chosen ?? pathways[0]?.key;
  const eligibility = useQuery(eligibilityQuery(client, key, patientId));
  const mustSay = eligibility.data ? eligibility.data.isEligible !== true : false;
  const isShort = mustSay && override.trim().length < OVERRIDE_CHARS_MIN;
  const enrol = useMutation({
    mutationFn: () =>
      client.post("/api/workflow/enrolments", {
        body: {
          key: key!,
          patientId,
          indexOn,
          resources: [],
          ...(mustSay ? { override: override.trim() } : {}),
        },
      }),
    onSuccess: async ({ id }) => {
      announce(text.enrolled);
      queries.invalidateQueries({ queryKey: ["enrolments"] });
      await navigate({ to: "/enrolments/$enrolmentId", params: { enrolmentId: id } });
    },
  });
  function submit(event: FormEvent) {
    event.preventDefault();
    setTried(true);
    const isReady = key !== undefined && eligibility.isSuccess && isDay(indexOn) && !isShort;
    if (isReady && !enrol.isPending) enrol.mutate();
  }
  return (
    <Dialog isOpen title={text.enrolTitle} onClose={onClose}>
      <form onSubmit={submit} className="mt-3 flex flex-col gap-4">
        {definitions.isSuccess && pathways.length === 0
          ? <p className="text-ink-2">{text.noPathways}</p>
          : (
            <Choice
              label={text.choose}
              value={key ?? ""}
              onChange={setChosen}
              choices={pathways.map(({ key, title }) => ({ value: key, label: title }))}
            />
          )}
        {eligibility.isError && <ProblemNotice error={eligibility.error} />}
        {eligibility.isLoading && <Skeleton label={common.loading} lines={2} />}
        {eligibility.data && <Fit eligibility={eligibility.data} />}
        <Field
          label={text.index}
          error={isTried && !isDay(indexOn) ? text.indexWrong : undefined}
          type="date"
          value={indexOn}
          onChange={setIndexOn}
        />
        {mustSay && (
          <Field
            label={text.override}
            error={isTried && isShort ? text.overrideMissing : undefined}
            value={override}
            onChange={setOverride}
            maxLength={500}
          />
        )}
        {enrol.error && <ProblemNotice error={enrol.error} />}
        <div className="flex justify-end gap-2">
          <Button onPress={onClose}>{common.cancel}</Button>
          <Button
            type="submit"
            look="primary"
            isDisabled={pathways.length === 0}
            isPending={enrol.isPending}
          >
            {text.enrol}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

function Fit({ eligibility }: { eligibility: Eligibility }) {
  const text = useWorkflowText().pathways;
  const { isEligible, missing, reasons } = eligibility;
  const title = isEligible === true
    ? text.fits
    : isEligible === false
    ? text.fitsNot
    : text.cannotTell;
  const unmet = reasons.filter(({ isMet }) => isMet !== true);
  return (
    <Notice tone={isEligible === true ? "good" : "caution"} title={title}>
      {unmet.length > 0 && (
        <ul className="list-disc pl-4">
          {unmet.map(({ name, detail }) => (
            <li key={name}>{detail && detail !== name ? `${name}: ${detail}` : name}</li>
          ))}
        </ul>
      )}
      {missing.length > 0 && <p className="mt-1">{text.missing(missing.join(", "))}</p>}
    </Notice>
  );
}
