/** The calculator of scores: what is typed is sent with its unit and time, and never guessed. */
import { useMutation, useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { useClient } from "../../api/context.ts";
import { useFormat, useText } from "../../i18n/i18n.tsx";
import { Button } from "../../ui/Button.tsx";
import { Choice } from "../../ui/Choice.tsx";
import { DataTable } from "../../ui/DataTable.tsx";
import { Facts } from "../../ui/Facts.tsx";
import { Field } from "../../ui/Field.tsx";
import { Notice } from "../../ui/Notice.tsx";
import { Skeleton } from "../../ui/Progress.tsx";
import { Radios } from "../../ui/Radios.tsx";
import { useInsightText } from "../insights/texts.ts";
import { ProblemNotice } from "../problems/ProblemNotice.tsx";
import { usePageTitle } from "../shell/title.ts";
import { IntendedUseLabel } from "../stance/IntendedUseLabel.tsx";
import { labelOf } from "../tasks/schema.ts";
import { localOf } from "../tasks/times.ts";
import { useWorkflowText } from "../workflows/texts.ts";
import {
  inputsOf,
  isNumeric,
  type Score,
  type ScoreAnswer,
  type ScoreInput,
  scoresQuery,
  type TypedInput,
  type TypedInputs,
  typedOf,
  wrongInputs,
} from "./scores.ts";

const route = getRouteApi("/signed-in/workflows/scores");

export function ScoresPage() {
  const common = useText().common;
  const text = useInsightText().scores;
  const search = route.useSearch();
  const navigate = route.useNavigate();
  usePageTitle(text.title);
  const scores = useQuery(scoresQuery(useClient()));
  const items = scores.data?.items ?? [];
  const score = items.find(({ name }) => name === search.score) ?? items[0];
  return (
    <div className="max-w-5xl">
      <h1 className="text-2xl font-semibold">{text.title}</h1>
      <p className="mt-1 mb-4 text-ink-2">{text.lead}</p>
      {scores.isError
        ? <ProblemNotice error={scores.error} onRetry={() => scores.refetch()} />
        : !score
        ? <Skeleton label={common.loading} lines={8} />
        : (
          <>
            <div className="mb-5 max-w-md">
              <Choice
                label={text.choose}
                value={score.name}
                onChange={(name) => navigate({ replace: true, search: { score: name } })}
                choices={items.map(({ name, title }) => ({ value: name, label: title }))}
              />
            </div>
            <Calculator key={score.name} score={score} />
          </>
        )}
    </div>
  );
}

function Calculator({ score }: { score: Score }) {
  const text = useInsightText().scores;
  const client = useClient();
  const [typed, setTyped] = useState<TypedInputs>({});
  const [at, setAt] = useState(() => localOf(Date.now()));
  const [isTried, setTried] = useState(false);
  const wrong = new Set(wrongInputs(score, typed));
  const isTimeWrong = Number.isNaN(new Date(at).getTime());
  const isAged = score.inputs.some(({ hoursMax }) => hoursMax !== undefined);
  const compute = useMutation({
    mutationFn: () =>
      client.post("/api/workflow/scores/{name}", {
        path: { name: score.name },
        // The document cannot say that names are free and values of a few kinds.
        body: inputsOf(score, typed, new Date(at).toISOString()) as never,
      }),
  });
  function submit(event: FormEvent) {
    event.preventDefault();
    setTried(true);
    if (wrong.size === 0 && !isTimeWrong && !compute.isPending) compute.mutate();
  }
  if (!score.isAllowed) {
    return (
      <div className="flex flex-col gap-4">
        <Notice icon="lock" title={text.off}>{text.offText}</Notice>
        <IntendedUseLabel use={score.intendedUse} />
      </div>
    );
  }
  return (
    <div className="gap-10 lg:grid lg:grid-cols-2">
      <form onSubmit={submit} noValidate className="flex flex-col gap-4">
        {score.inputs.map((input) => (
          <OneInput
            key={input.name}
            input={input}
            typed={typedOf(input, typed)}
            isWrong={isTried && wrong.has(input.name)}
            onChange={(next) => setTyped({ ...typed, [input.name]: next })}
          />
        ))}
        {isAged && (
          <Field
            label={text.measuredAt}
            hint={text.measuredHint}
            error={isTried && isTimeWrong ? text.measuredWrong : undefined}
            type="datetime-local"
            value={at}
            onChange={setAt}
          />
        )}
        <div className="flex justify-end">
          <Button type="submit" look="primary" isPending={compute.isPending}>{text.compute}</Button>
        </div>
      </form>
      <div className="mt-6 flex min-w-0 flex-col gap-4 lg:mt-0">
        {compute.error && <ProblemNotice error={compute.error} />}
        {compute.data && <Answer score={score} answer={compute.data} />}
        <IntendedUseLabel use={compute.data?.intendedUse ?? score.intendedUse} />
      </div>
    </div>
  );
}

const OPTIONS_MAX = 7;

function OneInput(
  { input, typed, isWrong, onChange }: {
    input: ScoreInput;
    typed: TypedInput;
    isWrong: boolean;
    onChange: (typed: TypedInput) => void;
  },
) {
  const common = useText().common;
  const text = useInsightText().scores;
  const answers = useWorkflowText().task;
  const format = useFormat();
  const label = input.isOptional ? `${input.title} (${common.optional})` : input.title;
  const [low, high] = input.range ?? [];
  const hints = [
    ...(low !== undefined && high !== undefined
      ? [text.between(format.number(low), format.number(high))]
      : []),
    ...(input.hoursMax ? [text.within(format.duration(input.hoursMax * 3_600_000))] : []),
  ];
  const set = (value: string) => onChange({ ...typed, value });
  const options = input.kind === "choice"
    ? input.options ?? []
    : input.kind === "ordinal" && low !== undefined && high !== undefined &&
        high - low < OPTIONS_MAX
    ? Array.from({ length: high - low + 1 }, (_, at) => String(low + at))
    : [];
  if (input.kind === "flag" || options.length > 0) {
    const choices = input.kind === "flag"
      ? [{ value: "yes", label: answers.yes }, { value: "no", label: answers.no }]
      : options.map((value) => ({ value, label: labelOf(value) }));
    const all = [...choices, { value: "", label: text.noAnswer }];
    return choices.length > OPTIONS_MAX
      ? <Choice label={label} value={typed.value} onChange={set} choices={all} />
      : <Radios label={label} value={typed.value} onChange={set} choices={all} />;
  }
  const hasUnit = input.kind === "quantity" && input.unit !== undefined && input.unit !== "1";
  return (
    <div className={hasUnit ? "grid grid-cols-[minmax(0,1fr)_8rem] items-start gap-3" : ""}>
      <Field
        label={label}
        hint={hints.join(", ")}
        error={isWrong ? text.notNumber : undefined}
        value={typed.value}
        onChange={set}
        {...(isNumeric(input) ? { inputMode: "decimal" as const } : {})}
      />
      {hasUnit && (
        <div className="pt-5.5">
          <Field
            isLabelHidden
            label={text.unitOf(input.title)}
            value={typed.unit}
            onChange={(unit) => onChange({ ...typed, unit })}
            maxLength={60}
          />
        </div>
      )}
    </div>
  );
}

function Answer({ score, answer }: { score: Score; answer: ScoreAnswer }) {
  const text = useInsightText().scores;
  const format = useFormat();
  const titleOf = (name: string) => score.inputs.find((one) => one.name === name)?.title ?? name;
  if (answer.status === "indeterminate") {
    const reasonOf = (name: string) => answer.reasons.find(({ input }) => input === name)?.reason;
    const line = (name: string) => {
      const reason = reasonOf(name);
      return <li key={name}>{reason ? `${titleOf(name)}: ${reason}` : titleOf(name)}</li>;
    };
    return (
      <Notice isUrgent tone="caution" title={text.indeterminate}>
        {answer.missing.length > 0 && (
          <>
            <p className="mt-1 font-medium">{text.missing}</p>
            <ul className="list-disc pl-4">{answer.missing.map(line)}</ul>
          </>
        )}
        {answer.stale.length > 0 && (
          <>
            <p className="mt-1 font-medium">{text.stale}</p>
            <ul className="list-disc pl-4">{answer.stale.map(line)}</ul>
          </>
        )}
      </Notice>
    );
  }
  const value = `${format.number(answer.score)} ${answer.unit ?? ""}`.trim();
  return (
    <section
      role="status"
      aria-label={text.scored(value)}
      className="enter rounded-lg border border-line bg-surface p-4"
    >
      <p className="tabular text-3xl font-semibold">{value}</p>
      <p className="text-lg">{answer.band}</p>
      {Object.keys(answer.parts).length > 0 && (
        <div className="mt-3">
          <DataTable
            caption={text.parts}
            columns={[{ label: text.colPart }, { label: text.colPoints, isNumber: true }]}
            rows={Object.entries(answer.parts).map(([name, points]) => ({
              id: name,
              cells: [titleOf(name), format.number(points)],
            }))}
          />
        </div>
      )}
      {answer.notes.length > 0 && (
        <ul className="mt-3 list-disc pl-4 text-sm text-ink-2">
          {answer.notes.map((note) => <li key={note}>{note}</li>)}
        </ul>
      )}
      <div className="mt-3">
        <Facts facts={[[text.version, answer.version], [text.source, answer.source]]} />
      </div>
    </section>
  );
}
