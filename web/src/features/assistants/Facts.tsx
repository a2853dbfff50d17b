/** What is known, fact by fact: drafts may say nothing else. */
import { Button } from "../../ui/Button.tsx";
import { Choice } from "../../ui/Choice.tsx";
import { Field } from "../../ui/Field.tsx";
import { useInsightText } from "../insights/texts.ts";
import { emptyFact, type FactForm } from "./assistance.ts";

type Props = { facts: readonly FactForm[]; onChange: (facts: FactForm[]) => void };

export function Facts({ facts, onChange }: Props) {
  const text = useInsightText().assistance;
  const change = (at: number, fact: FactForm) => onChange(facts.with(at, fact));
  return (
    <fieldset className="flex min-w-0 flex-col gap-3">
      <legend className="mb-1 text-sm font-medium text-ink-2">{text.facts}</legend>
      {facts.map((fact, at) => (
        <fieldset
          key={at}
          className="grid min-w-0 grid-cols-2 gap-3 rounded-lg border border-line bg-surface p-3 sm:grid-cols-4"
        >
          <legend className="sr-only">{text.fact(at + 1)}</legend>
          <Choice
            label={text.kind}
            value={fact.kind}
            onChange={(kind) => change(at, { ...fact, kind })}
            choices={(Object.keys(text.kinds) as FactForm["kind"][]).map((value) => ({
              value,
              label: text.kinds[value]!,
            }))}
          />
          <Field
            label={text.name}
            value={fact.name}
            onChange={(name) => change(at, { ...fact, name })}
            maxLength={200}
          />
          <Field
            label={text.value}
            value={fact.value}
            onChange={(value) => change(at, { ...fact, value })}
            maxLength={100}
          />
          <Field
            label={text.unit}
            value={fact.unit}
            onChange={(unit) => change(at, { ...fact, unit })}
            maxLength={40}
          />
          <Field
            label={text.range}
            value={fact.range}
            onChange={(range) => change(at, { ...fact, range })}
            maxLength={100}
          />
          <Choice
            label={text.interpretation}
            value={fact.interpretation}
            onChange={(interpretation) => change(at, { ...fact, interpretation })}
            choices={[
              { value: "" as const, label: "–" },
              ...(["low", "normal", "high", "critical"] as const).map((value) => ({
                value,
                label: text.interpretations[value]!,
              })),
            ]}
          />
          {facts.length > 1 && (
            <div className="col-span-2 flex items-end justify-end">
              <Button
                size="sm"
                look="quiet"
                aria-label={`${text.remove}: ${text.fact(at + 1)}`}
                onPress={() => onChange(facts.toSpliced(at, 1))}
              >
                {text.remove}
              </Button>
            </div>
          )}
        </fieldset>
      ))}
      <div>
        <Button size="sm" icon="plus" onPress={() => onChange([...facts, emptyFact])}>
          {text.addFact}
        </Button>
      </div>
    </fieldset>
  );
}
