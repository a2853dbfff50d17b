/** The language of the page: its texts, its formats, and React Aria's own. */
import { createContext, type ReactNode, use, useEffect, useMemo, useState } from "react";
import { I18nProvider } from "react-aria-components/I18nProvider";
import { usePreferences } from "../features/preferences/preferences.ts";
import { en, type Texts } from "./en.ts";
import { createFormat, type Format, type Language } from "./format.ts";

/** English is in the first load; the others come when chosen. */
const loaders: Record<Language, () => Promise<Texts>> = {
  en: () => Promise.resolve(en),
  fr: () => import("./fr.ts").then((module) => module.fr),
  de: () => import("./de.ts").then((module) => module.de),
};

type Spoken = { language: Language; text: Texts; format: Format };

const Context = createContext<Spoken>({ language: "en", text: en, format: createFormat("en") });

export const useText = (): Texts => use(Context).text;
export const useLanguage = (): Language => use(Context).language;
export const useFormat = (): Format => use(Context).format;

export function LanguageProvider({ children }: { children: ReactNode }) {
  const { language } = usePreferences();
  const [loaded, setLoaded] = useState<{ language: Language; text: Texts } | undefined>(
    language === "en" ? { language, text: en } : undefined,
  );

  useEffect(() => {
    let isStale = false;
    loaders[language]().then(
      (text) => isStale || setLoaded({ language, text }),
      () => isStale || setLoaded({ language: "en", text: en }),
    );
    return () => {
      isStale = true;
    };
  }, [language]);

  const spoken = useMemo(
    () => loaded && { ...loaded, format: createFormat(loaded.language) },
    [loaded],
  );
  useEffect(() => {
    if (spoken) document.documentElement.lang = spoken.language;
  }, [spoken]);

  // Better nothing for an instant than a flash of another language.
  if (!spoken) return null;
  return (
    <I18nProvider locale={spoken.format.locale}>
      <Context value={spoken}>{children}</Context>
    </I18nProvider>
  );
}
