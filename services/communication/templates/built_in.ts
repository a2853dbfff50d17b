/** Words that every organization has from the start; its own of the same key come first. */
import type { Bodies, Published, Texts, Variables } from "./model.ts";
import type { Channel } from "../providers/model.ts";

const text = (level: 0 | 1 | 2, maxLength = 200): Variables[string] => ({
  type: "text",
  level,
  maxLength,
});

/** The same words on every channel; a letter and the inbox show the title apart. */
const everywhere = (title: string, words: string, sms = words): Bodies[string] => ({
  email: { subject: title, text: words },
  sms: { text: sms },
  push: { title, text: words },
  in_app: { title, text: words },
});

const builtIn: Published[] = [
  {
    key: "appointment-reminder",
    category: "appointment",
    version: 0,
    level: 1,
    defaultLocale: "en",
    variables: { clinic: text(0, 60), when: text(1, 60) },
    bodies: {
      en: everywhere(
        "Your appointment",
        "{{ clinic }}: your appointment is on {{ when }}.",
        "{{ clinic }}: your appointment is on {{ when }}. Reply C to confirm, R to reschedule, STOP to end.",
      ),
      fr: everywhere(
        "Votre rendez-vous",
        "{{ clinic }} : votre rendez-vous est le {{ when }}.",
        "{{ clinic }} : votre rendez-vous est le {{ when }}. Répondez C pour confirmer, R pour le déplacer, STOP pour ne plus rien recevoir.",
      ),
      de: everywhere(
        "Ihr Termin",
        "{{ clinic }}: Ihr Termin ist am {{ when }}.",
        "{{ clinic }}: Ihr Termin ist am {{ when }}. Antworten Sie C zum Bestätigen, R zum Verschieben, STOP zum Abmelden.",
      ),
    },
  },
  {
    key: "message-waiting",
    category: "message",
    version: 0,
    level: 0,
    defaultLocale: "en",
    variables: {},
    bodies: {
      en: everywhere("A message for you", "You have a new message. Sign in to read it."),
      fr: everywhere("Un message pour vous", "Vous avez un message. Connectez-vous pour le lire."),
      de: everywhere("Eine Nachricht", "Sie haben eine Nachricht. Melden Sie sich an."),
    },
  },
  {
    key: "result-ready",
    category: "result",
    version: 0,
    level: 2,
    defaultLocale: "en",
    variables: { test: text(2, 100), finding: text(2, 500) },
    bodies: {
      en: everywhere("Your result", "{{ test }}: {{ finding }}"),
      fr: everywhere("Votre résultat", "{{ test }} : {{ finding }}"),
      de: everywhere("Ihr Befund", "{{ test }}: {{ finding }}"),
    },
  },
  {
    // A person's own words about a result: workflow's assistant drafts them, a clinician sends them.
    key: "result-message",
    category: "result",
    version: 0,
    level: 2,
    defaultLocale: "en",
    variables: { subject: text(2), text: text(2, 4_000) },
    bodies: { en: everywhere("{{ subject }}", "{{ text }}", "{{ subject }}: {{ text }}") },
  },
  {
    key: "newsletter",
    category: "marketing",
    version: 0,
    level: 0,
    defaultLocale: "en",
    variables: { title: text(0, 100), words: text(0, 1_000) },
    bodies: { en: everywhere("{{ title }}", "{{ words }}", "{{ title }} {{ words }}") },
  },
];

const byKey = new Map(builtIn.map((template) => [template.key, template]));

export const findBuiltIn = (key: string): Published | undefined => byKey.get(key);
export const listBuiltIn = (): readonly Published[] => builtIn;

/** Says that there is something to read, and nothing else: fit for every channel. */
export function neutralTexts(locale: string | null | undefined, channel: Channel): Texts {
  const { bodies } = byKey.get("message-waiting")!;
  const body = bodies[locale ?? ""] ?? bodies[locale?.split("-")[0] ?? ""] ?? bodies.en!;
  const subject = channel === "sms" ? "" : body.email!.subject;
  return { subject, text: body.email!.text };
}
