/** What the address of a calendar may say. */
import { isDay } from "./zone.ts";

export type View = "day" | "week";

export type CalendarSearch = {
  practitioner?: string;
  day?: string;
  view?: View;
  minutes?: number;
  /** For whom a time is looked for. */
  patient?: string;
  /** An instant: its day in the practitioner's zone is shown. */
  at?: string;
};

export const LENGTHS = [15, 20, 30, 45, 60] as const;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export function readCalendarSearch(given: Record<string, unknown>): CalendarSearch {
  const id = (value: unknown) => typeof value === "string" && UUID.test(value) ? value : undefined;
  const [practitioner, patient] = [id(given.practitioner), id(given.patient)];
  const minutes = LENGTHS.find((length) => length === Number(given.minutes));
  const isInstant = typeof given.at === "string" && !Number.isNaN(Date.parse(given.at));
  return {
    ...(practitioner ? { practitioner } : {}),
    ...(patient ? { patient } : {}),
    ...(isDay(given.day) ? { day: given.day } : {}),
    ...(given.view === "day" || given.view === "week" ? { view: given.view } : {}),
    ...(minutes ? { minutes } : {}),
    ...(isInstant ? { at: given.at as string } : {}),
  };
}
