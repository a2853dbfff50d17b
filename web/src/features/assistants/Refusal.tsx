/** What would leave the clinic; and why a draft did not come about, finding by finding. */
import type { CallAnswer, Preview } from "./assistance.ts";
import { Code } from "../../ui/Code.tsx";
import { Notice } from "../../ui/Notice.tsx";
import { useInsightText } from "../insights/texts.ts";

export function Refusal({ call }: { call: CallAnswer["call"] }) {
  const text = useInsightText().assistance;
  const outcome = call.outcome ?? "";
  return (
    <Notice isUrgent tone="caution" title={text.refusedTitle}>
      <p>{text.failed[outcome] ?? call.detail}</p>
      {call.findings.length > 0 && (
        <ul className="mt-1 list-disc pl-4">
          {call.findings.map(({ pointer, rule, detail }, at) => (
            <li key={at}>
              <span className="font-medium">{text.rules[rule] ?? rule}</span>: {detail}{" "}
              <code className="font-mono text-xs">{pointer}</code>
            </li>
          ))}
        </ul>
      )}
    </Notice>
  );
}

export function PreviewOf({ preview }: { preview: Preview }) {
  const text = useInsightText().assistance;
  const hidden = Object.entries(preview.hidden).filter(([, n]) => n > 0);
  const provider = text.providers[preview.provider] ?? preview.provider;
  return (
    <section aria-label={text.previewTitle} className="flex min-w-0 flex-col gap-2">
      {preview.blockedBecause
        ? <Notice tone="caution" title={text.blocked}>{preview.blockedBecause}</Notice>
        : (
          <Notice tone="neutral" title={preview.wouldLeave ? text.leaves(provider) : text.stays}>
            {[
              ...hidden.map(([kind, n]) => `${text.hidden}: ${kind} (${n})`),
              ...(preview.leftOut > 0 ? [text.leftOut(preview.leftOut)] : []),
            ].join(" · ")}
          </Notice>
        )}
      <Code label={text.previewTitle} text={preview.data} />
    </section>
  );
}
