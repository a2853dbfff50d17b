/** The texts of scores, alerts, compliance, analytics, assistance and switches. */
import type { Language } from "../../i18n/format.ts";
import { useLanguage } from "../../i18n/i18n.tsx";
import { de } from "./texts/de.ts";
import { en, type InsightTexts } from "./texts/en.ts";
import { fr } from "./texts/fr.ts";

export const insightTexts: Record<Language, InsightTexts> = { en, fr, de };

export const useInsightText = (): InsightTexts => insightTexts[useLanguage()];
