/** The steps of a run, in order: what each is, how far it is, and what went wrong. */
import { useFormat } from "../../i18n/i18n.tsx";
import { Badge } from "../../ui/Badge.tsx";
import { Icon, type IconName } from "../../ui/Icon.tsx";
import { kindOf } from "../definitions/definitions.ts";
import { useWorkflowText } from "../workflows/texts.ts";
import { depthsOf, errorOf, inOrder, nameOf, type Step } from "./runs.ts";

const marks: Record<Step["state"], { icon: IconName; look: string }> = {
  ready: { icon: "clock", look: "bg-accent-soft text-on-accent-soft" },
  waiting: { icon: "clock", look: "bg-accent-soft text-on-accent-soft" },
  done: { icon: "check", look: "bg-good-soft text-good" },
  skipped: { icon: "minus", look: "bg-sunken text-ink-3" },
  failed: { icon: "warning", look: "bg-danger-soft text-danger" },
  cancelled: { icon: "minus", look: "bg-sunken text-ink-3" },
  quarantined: { icon: "warning", look: "bg-danger-soft text-danger" },
};

/** Indents as far as the page can bear. */
const INDENTS = ["", "ml-5", "ml-10", "ml-14 max-sm:ml-10", "ml-16 max-sm:ml-10"];
const LONG_MS = 1_000;

type Props = {
  steps: readonly Step[];
  /** Which function a step calls, by its place in the document. */
  callOf: (node: string) => string | undefined;
};

export function Timeline({ steps, callOf }: Props) {
  const depths = depthsOf(steps);
  return (
    <ol className="border-t border-line">
      {inOrder(steps).map((step) => (
        <Row
          key={step.id}
          step={step}
          call={callOf(step.node)}
          indent={INDENTS[Math.min(depths.get(step.id) ?? 0, INDENTS.length - 1)]!}
        />
      ))}
    </ol>
  );
}

function Row({ step, call, indent }: { step: Step; call: string | undefined; indent: string }) {
  const text = useWorkflowText().run;
  const format = useFormat();
  const { icon, look } = marks[step.state];
  const kind = kindOf(step.kind, call);
  const error = errorOf(step);
  const isBad = step.state === "failed" || step.state === "quarantined";
  const isOpen = step.state === "ready" || step.state === "waiting";
  const tookMs = step.endedAt ? Date.parse(step.endedAt) - Date.parse(step.begunAt) : 0;
  const notes = [
    text.kinds[kind] ?? step.kind,
    ...(step.visit > 1 ? [text.round(step.visit)] : []),
    ...(isOpen && step.dueAt ? [text.due(format.relative(step.dueAt))] : []),
    ...(tookMs >= LONG_MS ? [text.took(format.duration(tookMs))] : []),
    ...(step.attempts > 0 ? [text.tries(step.attempts)] : []),
    ...(step.crashes > 0 ? [text.crashes(step.crashes)] : []),
  ];
  return (
    <li className="border-b border-line py-row">
      <div className={`flex items-start gap-3 ${indent}`}>
        <span className={`grid size-6 shrink-0 place-items-center rounded-full ${look}`}>
          <Icon name={icon} className="size-4" />
        </span>
        <div className="min-w-0 grow">
          <p className="flex flex-wrap items-center gap-x-2 wrap-anywhere">
            <span className={`font-medium ${step.state === "cancelled" ? "text-ink-3" : ""}`}>
              {nameOf(step.node)}
            </span>
            {step.isUndo && <Badge tone="caution">{text.undo}</Badge>}
            {step.state === "done"
              ? <span className="sr-only">{text.steps.done}</span>
              : <Badge tone={isBad ? "danger" : "neutral"}>{text.steps[step.state]}</Badge>}
          </p>
          <p className="text-xs text-ink-3 wrap-anywhere">{notes.join(" · ")}</p>
          {error && (
            <p className={`mt-0.5 text-sm wrap-anywhere ${isBad ? "text-danger" : "text-ink-2"}`}>
              {error}
            </p>
          )}
        </div>
        <time
          dateTime={step.endedAt ?? step.begunAt}
          title={format.exact(step.endedAt ?? step.begunAt)}
          className="tabular shrink-0 text-sm whitespace-nowrap text-ink-3"
        >
          {format.time(step.endedAt ?? step.begunAt)}
        </time>
      </div>
    </li>
  );
}
