/** Dates, numbers and sizes as the language writes them. */

export type Language = "en" | "fr" | "de";
export const languages: readonly Language[] = ["en", "fr", "de"];

/** British English: day before month and a 24-hour clock, as clinics here read them. */
const locales: Record<Language, string> = { en: "en-GB", fr: "fr-FR", de: "de-DE" };

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
const SPANS = [["day", DAY_MS], ["hour", 3_600_000], ["minute", MINUTE_MS], [
  "second",
  1_000,
]] as const;
const SIZES = ["byte", "kilobyte", "megabyte", "gigabyte"] as const;

export function createFormat(language: Language, now: () => number = Date.now) {
  const locale = locales[language];
  const date = (options: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat(locale, options);
  const day = date({ day: "numeric", month: "long", year: "numeric" });
  const dayShort = date({ day: "numeric", month: "short", year: "numeric" });
  const weekday = date({ weekday: "long", day: "numeric", month: "long" });
  const time = date({ hour: "2-digit", minute: "2-digit" });
  const clock = date({ timeStyle: "medium" });
  const moment = date({ dateStyle: "medium", timeStyle: "short" });
  const exact = date({ dateStyle: "medium", timeStyle: "medium" });
  const number = new Intl.NumberFormat(locale);
  const percent = new Intl.NumberFormat(locale, { style: "percent" });
  const relative = new Intl.RelativeTimeFormat(locale, { numeric: "auto" });

  return {
    locale,
    number: (n: number) => number.format(n),
    percent: (fraction: number) => percent.format(fraction),
    day: (at: Date | string) => day.format(new Date(at)),
    dayShort: (at: Date | string) => dayShort.format(new Date(at)),
    weekday: (at: Date | string) => {
      const value = new Date(at);
      const isThisYear = value.getFullYear() === new Date(now()).getFullYear();
      return isThisYear ? weekday.format(value) : day.format(value);
    },
    time: (at: Date | string) => time.format(new Date(at)),
    clock: (at: Date | string) => clock.format(new Date(at)),
    moment: (at: Date | string) => moment.format(new Date(at)),
    exact: (at: Date | string) => exact.format(new Date(at)),
    /** How many midnights ago: 0 is today. */
    daysAgo: (at: Date | string) => {
      const midnight = (value: Date) =>
        new Date(value.getFullYear(), value.getMonth(), value.getDate()).getTime();
      return Math.round((midnight(new Date(now())) - midnight(new Date(at))) / DAY_MS);
    },
    /** "in 3 days", "2 hours ago", in the largest unit that says something. */
    relative: (at: Date | string) => {
      const minutes = Math.round((new Date(at).getTime() - now()) / MINUTE_MS);
      if (Math.abs(minutes) < 60) return relative.format(minutes, "minute");
      const hours = Math.round(minutes / 60);
      if (Math.abs(hours) < 24) return relative.format(hours, "hour");
      return relative.format(Math.round(hours / 24), "day");
    },
    /** "2.5 hours", in the largest unit of which there is at least one. */
    duration: (ms: number) => {
      const [unit, each] = SPANS.find(([, each]) => Math.abs(ms) >= each) ?? SPANS.at(-1)!;
      return new Intl.NumberFormat(locale, {
        style: "unit",
        unit,
        unitDisplay: "long",
        maximumFractionDigits: Math.abs(ms) / each < 10 ? 1 : 0,
      }).format(ms / each);
    },
    size: (bytes: number) => {
      const step = bytes < 1000 ? 0 : Math.min(Math.floor(Math.log10(bytes) / 3), SIZES.length - 1);
      const value = bytes / 1000 ** step;
      return new Intl.NumberFormat(locale, {
        style: "unit",
        unit: SIZES[step]!,
        unitDisplay: step === 0 ? "long" : "short",
        maximumFractionDigits: value < 10 && step > 0 ? 1 : 0,
      }).format(value);
    },
  };
}
export type Format = ReturnType<typeof createFormat>;
