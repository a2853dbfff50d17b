/** Days of a practitioner: what is booked, and free times to book or to move to. */
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";
import { useClient } from "../../api/context.ts";
import { useFormat, useText } from "../../i18n/i18n.tsx";
import { Button, IconButton } from "../../ui/Button.tsx";
import { Choice } from "../../ui/Choice.tsx";
import { Empty, Notice } from "../../ui/Notice.tsx";
import { Skeleton } from "../../ui/Progress.tsx";
import { Segmented } from "../../ui/Segmented.tsx";
import { useMedia } from "../../ui/useMedia.ts";
import { nameOf, namesQuery, patientQuery } from "../patients/patients.ts";
import { usePracticeText } from "../patients/texts.ts";
import { ProblemNotice } from "../problems/ProblemNotice.tsx";
import { useMay, useMe } from "../sessions/me.ts";
import { usePageTitle } from "../shell/title.ts";
import { AppointmentDialog } from "./AppointmentDialog.tsx";
import { BookDialog, useMove } from "./BookDialog.tsx";
import {
  type Appointment,
  bookedQuery,
  daysOf,
  entriesOf,
  type Entry,
  freeQuery,
  type Practitioner,
  practitionersQuery,
  type Slot,
} from "./calendar.ts";
import { Days } from "./Days.tsx";
import { type CalendarSearch, LENGTHS, type View } from "./search.ts";
import { addDays, dayOf } from "./zone.ts";

const route = getRouteApi("/signed-in/calendar");

export function CalendarPage() {
  const common = useText().common;
  const text = usePracticeText().calendar;
  const me = useMe();
  const { practitioner: wanted } = route.useSearch();
  const practitioners = useQuery(practitionersQuery(useClient()));
  usePageTitle(text.title);
  const all = practitioners.data ?? [];
  const shown = all.find(({ id }) => id === wanted) ??
    all.find(({ userId }) => userId === me.id) ?? all[0];
  return (
    <div className="mx-auto max-w-[88rem] px-4 pt-5 sm:px-6 sm:pt-7 lg:px-8">
      {shown ? <Opened key={shown.id} practitioner={shown} all={all} /> : (
        <>
          <h1 className="mb-4 text-2xl font-semibold">{text.title}</h1>
          {practitioners.isError
            ? (
              <ProblemNotice
                error={practitioners.error}
                onRetry={() => practitioners.refetch()}
              />
            )
            : practitioners.isPending
            ? <Skeleton label={common.loading} lines={8} />
            : <Empty icon="calendar" title={text.noneTitle}>{text.noneText}</Empty>}
        </>
      )}
    </div>
  );
}

function Opened({ practitioner, all }: { practitioner: Practitioner; all: Practitioner[] }) {
  const common = useText().common;
  const text = usePracticeText().calendar;
  const client = useClient();
  const navigate = route.useNavigate();
  const search = route.useSearch();
  const isNarrow = useMedia("(max-width: 900px)");
  const canWrite = useMay("appointments:write") !== false;
  const [opened, setOpened] = useState<Appointment>();
  const [booking, setBooking] = useState<Slot>();
  const [moving, setMoving] = useState<Appointment>();
  const zone = practitioner.calendar.timeZone;
  const today = dayOf(Date.now(), zone);
  const day = search.day ?? (search.at ? dayOf(search.at, zone) : today);
  const view: View = isNarrow ? "day" : search.view ?? "week";
  const movingMinutes = moving &&
    (Date.parse(moving.endsAt) - Date.parse(moving.startsAt)) / 60_000;
  const minutes = movingMinutes ?? search.minutes ??
    Math.max(practitioner.calendar.slotMinutes, LENGTHS[0]);
  const days = daysOf(day, view);
  const range = { practitioner, days, minutes };
  const booked = useQuery(bookedQuery(client, range));
  const free = useQuery({ ...freeQuery(client, range), enabled: canWrite });
  const patientIds = [...new Set(booked.data?.map(({ patientId }) => patientId))].sort();
  const names = useQuery(namesQuery(client, patientIds)).data;
  const nameOfPatient = (id: string) => {
    const patient = names?.get(id);
    return patient ? nameOf(patient.name) : "…";
  };
  const change = (part: CalendarSearch) =>
    navigate({
      replace: true,
      search: ({ at: _, ...before }: CalendarSearch) => ({ day, ...before, ...part }),
    });
  const move = useMove(moving, () => setMoving(undefined));
  const shown = days.map((each): [string, Entry[]] => [
    each,
    entriesOf(each, zone, booked.data ?? [], free.data ?? []),
  ]);
  // The weekend only when there is something on it.
  const visible = shown.filter(([, entries], at) => view === "day" || at < 5 || entries.length > 0);

  return (
    <>
      <div className="mb-4 flex flex-wrap items-end gap-x-3 gap-y-3">
        <div className="mr-auto min-w-0">
          <h1 className="text-2xl font-semibold">{text.title}</h1>
          <p className="text-sm text-ink-3">{text.zone(zone)}</p>
        </div>
        <Choice
          label={text.practitioner}
          value={practitioner.id}
          onChange={(id) => change({ practitioner: id })}
          choices={all.map((one) => ({ value: one.id, label: nameOf(one.name) }))}
        />
        {!moving && canWrite && (
          <Choice
            label={text.length}
            value={String(minutes)}
            onChange={(value) => change({ minutes: Number(value) })}
            choices={[...new Set([...LENGTHS, minutes])].sort((a, b) => a - b).map((length) => ({
              value: String(length),
              label: text.minutes(length),
            }))}
          />
        )}
      </div>
      <div className="mb-3 flex flex-wrap items-center gap-2">
        <Button size="sm" onPress={() => change({ day: today })}>{text.today}</Button>
        <IconButton
          icon="back"
          size="sm"
          label={text.before[view]}
          onPress={() => change({ day: addDays(day, view === "day" ? -1 : -7) })}
        />
        <IconButton
          icon="next"
          size="sm"
          label={text.after[view]}
          onPress={() => change({ day: addDays(day, view === "day" ? 1 : 7) })}
        />
        <Period days={days} />
        <div className="ml-auto max-[900px]:hidden">
          <Segmented
            label={text.view}
            value={view}
            onChange={(value) => change({ view: value })}
            choices={(["day", "week"] as const).map((value) => ({ value, label: text[value] }))}
          />
        </div>
      </div>
      {moving && (
        <Banner>
          <Notice
            title={text.moving(nameOfPatient(moving.patientId))}
            icon="calendar"
            action={
              <Button size="sm" onPress={() => setMoving(undefined)}>{text.stopMoving}</Button>
            }
          />
        </Banner>
      )}
      {!moving && search.patient && (
        <ForPatient
          id={search.patient}
          onEnd={() =>
            navigate({
              replace: true,
              search: ({ patient: _, ...before }: CalendarSearch) => before,
            })}
        />
      )}
      {move.error && (
        <Banner>
          <ProblemNotice error={move.error} />
        </Banner>
      )}
      {booked.isError
        ? <ProblemNotice error={booked.error} onRetry={() => booked.refetch()} />
        : booked.isPending
        ? <Skeleton label={common.loading} lines={10} />
        : (
          <>
            {free.isError && (
              <Banner>
                <ProblemNotice error={free.error} onRetry={() => free.refetch()} />
              </Banner>
            )}
            <p role="status" className="sr-only">{text.booked(booked.data.length)}</p>
            <Days
              days={visible}
              zone={zone}
              today={today}
              isMoving={moving !== undefined}
              nameOf={nameOfPatient}
              onOpen={setOpened}
              onFree={(slot) => moving ? move.mutate(slot) : setBooking(slot)}
            />
            <p className="mt-3 text-xs text-ink-3 max-sm:hidden">{text.keys}</p>
          </>
        )}
      {opened && (
        <AppointmentDialog
          appointment={opened}
          name={nameOfPatient(opened.patientId)}
          zone={zone}
          onMove={() => {
            setMoving(opened);
            setOpened(undefined);
          }}
          onClose={() => setOpened(undefined)}
        />
      )}
      {booking && (
        <BookDialog
          slot={booking}
          practitioner={practitioner}
          zone={zone}
          patientId={search.patient}
          onClose={() => setBooking(undefined)}
        />
      )}
    </>
  );
}

const Banner = ({ children }: { children: ReactNode }) => <div className="mb-3">{children}</div>;

function Period({ days }: { days: string[] }) {
  const format = useFormat();
  const at = (day: string) => `${day}T12:00:00`;
  const [first, last] = [days[0]!, days.at(-1)!];
  return (
    <h2 className="text-lg font-semibold">
      {first === last
        ? format.weekday(at(first))
        : `${format.dayShort(at(first))} – ${format.dayShort(at(last))}`}
    </h2>
  );
}

function ForPatient({ id, onEnd }: { id: string; onEnd: () => void }) {
  const text = usePracticeText();
  const common = useText().common;
  const patient = useQuery(patientQuery(useClient(), id)).data;
  if (!patient) return null;
  return (
    <Banner>
      <Notice
        icon="user"
        title={`${text.calendar.bookTitle}: ${nameOf(patient.name)}`}
        action={<Button size="sm" onPress={onEnd}>{common.cancel}</Button>}
      />
    </Banner>
  );
}
