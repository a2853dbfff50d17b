/** Days beside each other, each a list of times: arrow keys move in it, and from day to day. */
import { type KeyboardEvent, useRef } from "react";
import { useFormat } from "../../i18n/i18n.tsx";
import { usePracticeText } from "../patients/texts.ts";
import { type Appointment, type Entry, hoursOf, type Slot } from "./calendar.ts";
import { useZoneTime } from "./times.ts";

/** What is shorter is drawn as long as this: a target for a finger. */
const MINUTES_SHOWN_MIN = 14;
/** Height of a minute on the screen. */
const REM_PER_MINUTE = 0.12;

type Props = {
  days: [day: string, entries: Entry[]][];
  zone: string;
  today: string;
  isMoving: boolean;
  nameOf: (patientId: string) => string;
  onOpen: (appointment: Appointment) => void;
  onFree: (slot: Slot) => void;
};

export function Days({ days, zone, today, ...rest }: Props) {
  const format = useFormat();
  const text = usePracticeText().calendar;
  const grid = useRef<HTMLDivElement>(null);
  const { first, last } = hoursOf(days.map(([, entries]) => entries));
  const height = `${(last - first) * 60 * REM_PER_MINUTE}rem`;
  const hours = Array.from({ length: last - first }, (_, at) => first + at);
  return (
    <div
      ref={grid}
      onKeyDown={moveBetweenTimes}
      className="grid grid-cols-[3rem_minmax(0,1fr)] rounded-md border border-line bg-surface"
    >
      <div aria-hidden="true" className="pt-10 text-right text-xs text-ink-3">
        <div className="relative" style={{ height }}>
          {hours.map((hour) => (
            <span
              key={hour}
              className="tabular absolute right-2 -translate-y-1/2 first:translate-y-0"
              style={{ top: `${(hour - first) * 60 * REM_PER_MINUTE}rem` }}
            >
              {String(hour).padStart(2, "0")}:00
            </span>
          ))}
        </div>
      </div>
      <div className="grid min-w-0 auto-cols-fr grid-flow-col">
        {days.map(([day, entries]) => {
          const name = format.weekday(`${day}T12:00:00`);
          return (
            <section key={day} aria-label={name} className="min-w-0 border-l border-line">
              <h3
                className={`flex h-10 items-center truncate border-b border-line px-2 text-sm ${
                  day === today ? "font-semibold text-on-accent-soft" : "font-medium text-ink-2"
                }`}
              >
                {name}
              </h3>
              <ol data-day className="relative" style={{ height }}>
                {hours.slice(1).map((hour) => (
                  <li
                    key={hour}
                    aria-hidden="true"
                    className="absolute inset-x-0 border-t border-line/60"
                    style={{ top: `${(hour - first) * 60 * REM_PER_MINUTE}rem` }}
                  />
                ))}
                {entries.map((entry) => (
                  <Item
                    key={`${entry.kind} ${entry.startsAt}`}
                    {...rest}
                    {...{ entry, first, zone }}
                  />
                ))}
              </ol>
              {entries.length === 0 && <p className="sr-only">{text.nothing}</p>}
            </section>
          );
        })}
      </div>
    </div>
  );
}

type ItemProps = Omit<Props, "days" | "today"> & { entry: Entry; first: number };

function Item({ entry, first, zone, isMoving, nameOf, onOpen, onFree }: ItemProps) {
  const text = usePracticeText().calendar;
  const time = useZoneTime(zone);
  const { from, to, startsAt } = entry;
  const place = {
    top: `${(from - first * 60) * REM_PER_MINUTE}rem`,
    height: `${Math.max(to - from, MINUTES_SHOWN_MIN) * REM_PER_MINUTE}rem`,
  };
  const box =
    "block h-full w-full overflow-hidden rounded-sm px-1.5 text-left text-xs leading-[1.35] outline-offset-[-2px]";
  if (entry.kind === "free") {
    return (
      <li className="absolute inset-x-1 py-px" style={place}>
        <button
          type="button"
          data-time
          onClick={() => onFree(entry.slot)}
          aria-label={(isMoving ? text.moveTo : text.bookAt)(time(startsAt))}
          className={`${box} tabular border border-dashed border-transparent text-ink-3 hover:border-accent hover:bg-accent-soft hover:text-on-accent-soft focus-visible:bg-accent-soft focus-visible:text-on-accent-soft`}
        >
          {time(startsAt)}
        </button>
      </li>
    );
  }
  const { appointment } = entry;
  const isOver = appointment.status === "fulfilled" || appointment.status === "missed";
  const name = nameOf(appointment.patientId);
  return (
    <li className="absolute inset-x-1 z-10 py-px" style={place}>
      <button
        type="button"
        data-time
        onClick={() => onOpen(appointment)}
        className={`${box} border ${
          isOver
            ? "border-line bg-sunken text-ink-2"
            : appointment.status === "arrived"
            ? "border-good/40 bg-good-soft text-good"
            : "border-accent/40 bg-accent-soft text-on-accent-soft"
        }`}
      >
        <span className="block h-full">
          <span className="tabular font-medium">{time(startsAt)}</span>{" "}
          <bdi className="font-semibold">{name}</bdi>
          <span className={appointment.status === "booked" ? "sr-only" : ""}>
            {` · ${text.statuses[appointment.status]}`}
          </span>
        </span>
      </button>
    </li>
  );
}

/** Up and down within a day, left and right to the nearest time of the next day that has one. */
function moveBetweenTimes(event: KeyboardEvent<HTMLElement>): void {
  const at = document.activeElement;
  if (!(at instanceof HTMLElement) || at.dataset.time === undefined) return;
  const days = [...event.currentTarget.querySelectorAll("[data-day]")].map((
    list,
  ) => [...list.querySelectorAll<HTMLElement>("[data-time]")]);
  const day = days.findIndex((times) => times.includes(at));
  const place = days[day]?.indexOf(at) ?? -1;
  const nearest = (step: 1 | -1) => {
    const times = days.slice(step === 1 ? day + 1 : 0, step === 1 ? undefined : day);
    const next = (step === 1 ? times : times.reverse()).find((list) => list.length > 0);
    const top = at.getBoundingClientRect().top;
    const distance = (one: HTMLElement) => Math.abs(one.getBoundingClientRect().top - top);
    return next?.reduce((best, one) => distance(one) < distance(best) ? one : best);
  };
  const targets: Record<string, () => HTMLElement | undefined> = {
    ArrowDown: () => days[day]?.[place + 1],
    ArrowUp: () => days[day]?.[place - 1],
    Home: () => days[day]?.[0],
    End: () => days[day]?.at(-1),
    ArrowRight: () => nearest(1),
    ArrowLeft: () => nearest(-1),
  };
  const to = targets[event.key]?.();
  if (!to) return;
  event.preventDefault();
  to.focus();
  to.scrollIntoView({ block: "nearest" });
}
