/** Words with gaps: versions, languages, channels, what they may say. */
import { z } from "@hono/zod-openapi";
import { Category } from "../preferences/model.ts";
import { Channel, type Channel as ChannelName, type Content, Level } from "../providers/model.ts";

const TEXT_MAX = 5_000;
const HTML_MAX = 20_000;
const LOCALES_MAX = 20;
const VARIABLES_MAX = 50;

export const Locale = z.string().regex(/^[a-z]{2,3}(-[A-Z]{2})?$/).openapi({ example: "fr-CH" });
export const Key = z.string().regex(/^[a-z][a-z0-9-]{1,60}$/).openapi({
  example: "appointment-reminder",
});

export const Variable = z.strictObject({
  type: z.enum(["text", "number", "url"]),
  /** How much a value of it says about somebody. */
  level: Level,
  maxLength: z.int().min(1).max(1_000).default(200),
});
export const Variables = z.record(z.string().regex(/^[a-z][a-zA-Z0-9]{0,39}$/), Variable)
  .refine((all) => Object.keys(all).length <= VARIABLES_MAX, `At most ${VARIABLES_MAX}.`);
export type Variables = z.infer<typeof Variables>;

const text = z.string().min(1).max(TEXT_MAX);
const title = z.string().min(1).max(200);

export const Bodies = z.record(
  Locale,
  z.strictObject({
    email: z.strictObject({
      subject: title,
      text,
      html: z.string().max(HTML_MAX).optional(),
    }).optional(),
    sms: z.strictObject({ text: z.string().min(1).max(1_000) }).optional(),
    push: z.strictObject({ title, text: z.string().min(1).max(500) }).optional(),
    in_app: z.strictObject({ title, text }).optional(),
  }),
).refine((all) => Object.keys(all).length <= LOCALES_MAX, `At most ${LOCALES_MAX} languages.`);
export type Bodies = z.infer<typeof Bodies>;

export const NewVersion = z.strictObject({
  level: Level,
  variables: Variables.default({}),
  bodies: Bodies,
}).openapi("NewTemplateVersion");
export type NewVersion = z.output<typeof NewVersion>;

export const NewTemplate = z.strictObject({
  key: Key,
  category: Category,
  defaultLocale: Locale.default("en"),
}).openapi("NewTemplate");
export type NewTemplate = z.output<typeof NewTemplate>;

export const Template = z.object({
  key: z.string(),
  category: Category,
  defaultLocale: z.string(),
  publishedVersion: z.int().nullable(),
  isBuiltIn: z.boolean(),
}).openapi("Template");
export type Template = z.infer<typeof Template>;

export const Version = z.object({
  key: z.string(),
  version: z.int(),
  level: Level,
  variables: z.record(
    z.string(),
    z.object({
      type: z.string(),
      level: Level,
      maxLength: z.int(),
    }),
  ),
  bodies: z.record(z.string(), z.record(z.string(), z.record(z.string(), z.string()))),
  authorId: z.uuid(),
  approvedBy: z.uuid().nullable(),
  createdAt: z.iso.datetime(),
}).openapi("TemplateVersion");
export type Version = z.infer<typeof Version>;

export const ByKey = z.object({ key: z.string().max(61) });
export const ByVersion = ByKey.extend({ version: z.string().max(40).openapi({ example: "1" }) });
/** What is no number is a version that does not exist. */
export const chosenVersion = ({ key, version }: z.output<typeof ByVersion>) => ({
  key,
  version: /^[1-9]\d{0,5}$/.test(version) ? Number(version) : 0,
});

export const PreviewRequest = z.strictObject({
  channel: Channel,
  locale: Locale.optional(),
  data: z.record(z.string().max(40), z.union([z.string().max(1_000), z.number()])).default({}),
}).openapi("PreviewRequest");

export const Difference = z.object({
  pointer: z.string().openapi({ example: "/bodies/en/email/subject" }),
  before: z.string().nullable(),
  after: z.string().nullable(),
}).openapi("TemplateDifference");
export type Difference = z.infer<typeof Difference>;

export const Preview = z.object({
  locale: z.string(),
  subject: z.string(),
  text: z.string(),
  html: z.string().optional(),
  segments: z.int().optional().openapi({ description: "Of an SMS: how many are paid for." }),
}).openapi("TemplatePreview");

/** What the pipeline renders. */
export type Published = {
  key: string;
  category: Category;
  version: number;
  level: Level;
  defaultLocale: string;
  variables: Variables;
  bodies: Bodies;
};

/** Every value of a version by its JSON pointer. */
function leavesOf(
  value: unknown,
  pointer: string,
  leaves: Map<string, string>,
): Map<string, string> {
  if (value === undefined || value === null) return leaves;
  if (typeof value !== "object") return leaves.set(pointer, String(value));
  for (const [name, inner] of Object.entries(value)) {
    leavesOf(inner, `${pointer}/${name.replaceAll("~", "~0").replaceAll("/", "~1")}`, leaves);
  }
  return leaves;
}

type Comparable = { level: Level; variables: unknown; bodies: unknown };

/** What was changed, added or taken away from one version to another, by JSON pointer. */
export function differencesOf(before: Comparable, after: Comparable): Difference[] {
  const [old, now] = [before, after].map(({ level, variables, bodies }) =>
    leavesOf({ level, variables, bodies }, "", new Map())
  ) as [Map<string, string>, Map<string, string>];
  return [...new Set([...old.keys(), ...now.keys()])].sort()
    .map((pointer) => ({
      pointer,
      before: old.get(pointer) ?? null,
      after: now.get(pointer) ?? null,
    }))
    .filter(({ before, after }) => before !== after);
}

/** So that nobody takes a test for a message to a patient. */
export const marked = ({ subject, text, html }: Content): Content => ({
  subject: subject === "" ? "" : `[Test] ${subject}`,
  text: `[Test] ${text}`,
  ...(html === undefined ? {} : { html: `<p>[Test]</p>${html}` }),
});

/** The best language there is: the one asked for, its mother, the template's own, any. */
export function localeFor(
  bodies: Bodies,
  { wanted, fallback, channel }: {
    wanted: string | null | undefined;
    fallback: string;
    channel: ChannelName;
  },
): string | undefined {
  const has = (locale: string) => bodies[locale]?.[channel] !== undefined;
  const chain = [wanted, wanted?.split("-")[0], fallback, fallback.split("-")[0]];
  return chain.find((locale) => locale && has(locale)) ?? Object.keys(bodies).find(has);
}

export type Texts = { subject: string; text: string; html?: string };

export function textsOf(bodies: Bodies, locale: string, channel: ChannelName): Texts | undefined {
  const body = bodies[locale];
  switch (channel) {
    case "email":
      return body?.email && {
        subject: body.email.subject,
        text: body.email.text,
        ...(body.email.html === undefined ? {} : { html: body.email.html }),
      };
    case "sms":
      return body?.sms && { subject: "", text: body.sms.text };
    case "push":
      return body?.push && { subject: body.push.title, text: body.push.text };
    case "in_app":
      return body?.in_app && { subject: body.in_app.title, text: body.in_app.text };
  }
}

/** https://www.3gpp.org/dynareport/23038.htm: the basic set, and what takes two septets. */
const GSM_7 =
  /^[@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&'()*+,\-./0-9:;<=>?¡A-ZÄÖÑÜ§¿a-zäöñüà^{}\\[~\]|€]*$/;
const EXTENDED = /[\^{}\\[~\]|€]/g;

/** How many short messages a text is cut into. */
export function segmentsOf(text: string): number {
  const isGsm = GSM_7.test(text);
  const units = isGsm ? text.length + (text.match(EXTENDED)?.length ?? 0) : text.length;
  const [alone, joined] = isGsm ? [160, 153] : [70, 67];
  return units <= alone ? 1 : Math.ceil(units / joined);
}

export type { Content };
