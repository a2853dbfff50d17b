/** What a machine wrote, as it is. */

export function Code({ text, label }: { text: string; label: string }) {
  return (
    <pre
      tabIndex={0}
      role="group"
      aria-label={label}
      className="max-h-96 overflow-auto rounded-md bg-sunken p-3 font-mono text-xs"
    >
      {text}
    </pre>
  );
}
