/** The texts of runs, definitions, pathways and the work on a task: they come with these screens. */
import type { Language } from "../../i18n/format.ts";
import { useLanguage } from "../../i18n/i18n.tsx";
import { de } from "./texts/de.ts";
import { en, type WorkflowTexts } from "./texts/en.ts";
import { fr } from "./texts/fr.ts";

export const workflowTexts: Record<Language, WorkflowTexts> = { en, fr, de };

export const useWorkflowText = (): WorkflowTexts => workflowTexts[useLanguage()];
