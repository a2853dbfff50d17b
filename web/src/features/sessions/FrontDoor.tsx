/** What stands around every page for people who are not signed in. */
import type { ReactNode } from "react";
import { useText } from "../../i18n/i18n.tsx";
import { languages } from "../../i18n/format.ts";
import { Mark } from "../../ui/Mark.tsx";
import { Segmented } from "../../ui/Segmented.tsx";
import { setPreference, usePreferences } from "../preferences/preferences.ts";
import { usePageTitle } from "../shell/title.ts";

type Props = { title: string; lead?: ReactNode; children: ReactNode };

export function FrontDoor({ title, lead, children }: Props) {
  const text = useText();
  const { language } = usePreferences();
  usePageTitle(title);
  return (
    <div className="grid min-h-dvh grid-rows-[1fr_auto] lg:grid-cols-[minmax(30rem,5fr)_7fr] lg:grid-rows-1">
      <div className="flex flex-col bg-surface px-6 py-8 sm:px-14 lg:px-20">
        <header className="mx-auto flex w-full max-w-88 items-center gap-2.5 lg:mx-0">
          <Mark className="size-8" />
          <span className="text-xl font-semibold tracking-tight">Praxis</span>
        </header>
        <main
          id="content"
          className="mx-auto flex w-full max-w-88 grow flex-col justify-center py-12 lg:mx-0"
        >
          <h1 className="text-3xl font-semibold wrap-anywhere">{title}</h1>
          <div className="mt-1.5 mb-7 text-lg text-ink-2">{lead}</div>
          {children}
        </main>
        <footer className="mx-auto w-full max-w-88 lg:mx-0">
          <Segmented
            label={text.account.language}
            value={language}
            onChange={(value) => setPreference("language", value)}
            choices={languages.map((value) => ({ value, label: languageNames[value] }))}
          />
        </footer>
      </div>
      <Harbour motto={text.signIn.motto} />
    </div>
  );
}

const languageNames = { en: "English", fr: "Français", de: "Deutsch" };

/** Lines of water, wider apart as they come nearer: a harbour without a picture of one. */
function Harbour({ motto }: { motto: string }) {
  const lines = Array.from({ length: 26 }, (_, n) => 300 + n * n * 0.9 + n * 7);
  return (
    <aside className="relative hidden overflow-hidden bg-accent-soft text-on-accent-soft lg:block">
      <svg
        viewBox="0 0 800 1000"
        preserveAspectRatio="xMidYMid slice"
        aria-hidden="true"
        className="absolute inset-0 size-full"
        fill="none"
        stroke="currentColor"
      >
        <circle cx="560" cy="296" r="92" strokeWidth="1.5" opacity="0.55" />
        <rect x="0" y="296" width="800" height="704" fill="var(--accent-soft)" stroke="none" />
        {lines.map((y, n) => (
          <path
            key={y}
            d={`M${-160 + (n * 37) % 90} ${y} q 60 ${
              -3 - n * 0.35
            } 120 0 t 120 0 t 120 0 t 120 0 t 120 0 t 120 0 t 120 0 t 120 0 t 120 0`}
            strokeWidth={0.8 + n * 0.05}
            opacity={0.16 + n * 0.018}
          />
        ))}
      </svg>
      <p className="absolute top-16 left-16 max-w-md text-2xl leading-snug font-medium">{motto}</p>
    </aside>
  );
}
