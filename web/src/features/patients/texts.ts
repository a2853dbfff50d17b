/** The texts of these screens: they come with them, not with the first load. */
import type { Language } from "../../i18n/format.ts";
import { useLanguage } from "../../i18n/i18n.tsx";
import { de } from "./texts/de.ts";
import { en, type PracticeTexts } from "./texts/en.ts";
import { fr } from "./texts/fr.ts";

export const practiceTexts: Record<Language, PracticeTexts> = { en, fr, de };

export const usePracticeText = (): PracticeTexts => practiceTexts[useLanguage()];
