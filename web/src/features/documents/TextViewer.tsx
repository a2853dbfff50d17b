/** Plain text, and FHIR's JSON laid out; only so much at once that the page stays quick. */
import { useMemo, useState } from "react";
import { useFormat, useText } from "../../i18n/i18n.tsx";
import { Button } from "../../ui/Button.tsx";
import { decode } from "./hl7/parse.ts";
import { laidOut } from "./json.ts";

const SHOWN_CHARS = 200_000;

export default function TextViewer(
  { bytes, isJson = false }: { bytes: Uint8Array; isJson?: boolean },
) {
  const text = useText();
  const format = useFormat();
  const [isWhole, setWhole] = useState(false);
  const content = useMemo(() => isJson ? laidOut(decode(bytes)) : decode(bytes), [bytes, isJson]);
  const isCut = !isWhole && content.length > SHOWN_CHARS;
  return (
    <div>
      <pre
        className={`px-5 py-5 whitespace-pre-wrap wrap-anywhere sm:px-8 sm:py-7 ${
          isJson
            ? "font-mono text-xs leading-5"
            : "max-w-[72ch] font-sans text-[0.9375rem] leading-6"
        }`}
      >
        {isCut ? content.slice(0, SHOWN_CHARS) : content}
      </pre>
      {isCut && (
        <div className="flex flex-wrap items-center gap-3 border-t border-line px-5 py-3 text-sm text-ink-2">
          {text.viewer.truncated(format.size(SHOWN_CHARS), format.size(content.length))}
          <Button size="sm" onPress={() => setWhole(true)}>{text.viewer.showAll}</Button>
        </div>
      )}
    </div>
  );
}
