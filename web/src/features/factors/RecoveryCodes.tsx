/** Recovery codes, the one time they are shown. */
import { useText } from "../../i18n/i18n.tsx";
import { useAnnounce } from "../../ui/announcer.tsx";
import { Button } from "../../ui/Button.tsx";

export function RecoveryCodes({ codes, onKept }: { codes: string[]; onKept: () => void }) {
  const text = useText();
  const announce = useAnnounce();
  const all = codes.join("\n");

  function save() {
    const url = URL.createObjectURL(new Blob([`${all}\n`], { type: "text/plain" }));
    const link = document.createElement("a");
    link.href = url;
    link.download = "praxis-recovery-codes.txt";
    link.click();
    setTimeout(() => URL.revokeObjectURL(url), 10_000);
  }

  return (
    <div className="flex flex-col gap-4">
      <p className="text-ink-2">{text.factors.keepText}</p>
      <ol
        aria-label={text.factors.recoveryTitle}
        className="tabular grid grid-cols-1 gap-x-6 gap-y-1.5 rounded-md bg-sunken px-4 py-3 font-mono text-sm"
      >
        {codes.map((code) => <li key={code} className="select-all">{code}</li>)}
      </ol>
      <div className="flex flex-wrap gap-2">
        <Button
          onPress={() =>
            navigator.clipboard.writeText(all).then(() => announce(text.factors.copied), () => {})}
        >
          {text.factors.copy}
        </Button>
        <Button icon="download" onPress={save}>{text.factors.save}</Button>
        <Button look="primary" icon="check" className="ml-auto" onPress={onKept}>
          {text.factors.kept}
        </Button>
      </div>
    </div>
  );
}
