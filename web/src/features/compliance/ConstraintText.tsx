/** A constraint in words: which steps, in which order, within which time. */
import { useFormat } from "../../i18n/i18n.tsx";
import { titleOf } from "../definitions/definitions.ts";
import { useInsightText } from "../insights/texts.ts";
import type { Constraint } from "./compliance.ts";

const MINUTE_MS = 60_000;

export function ConstraintText({ constraint }: { constraint: Constraint }) {
  const text = useInsightText().compliance;
  const format = useFormat();
  const { template, activity, target, withinMinutes, count } = constraint;
  const parts = [
    `${text.activity}: ${titleOf({ title: activity })}`,
    ...(target ? [`${text.target}: ${titleOf({ title: target })}`] : []),
    ...(count === null ? [] : [`${text.count}: ${format.number(count)}`]),
    ...(withinMinutes === null ? [] : [text.inMinutes(format.duration(withinMinutes * MINUTE_MS))]),
  ];
  return (
    <span className="wrap-anywhere">
      {text.templates[template]}
      <span className="block text-ink-3">{parts.join(" · ")}</span>
    </span>
  );
}
