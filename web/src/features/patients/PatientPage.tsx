/** The chart: one patient, and what every service knows of them, as far as it answers. */
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useClient } from "../../api/context.ts";
import { useFormat, useText } from "../../i18n/i18n.tsx";
import { BackLink } from "../../ui/BackLink.tsx";
import { Badge } from "../../ui/Badge.tsx";
import { Button, ButtonLink } from "../../ui/Button.tsx";
import { Facts } from "../../ui/Facts.tsx";
import { Icon } from "../../ui/Icon.tsx";
import { Notice } from "../../ui/Notice.tsx";
import { Skeleton } from "../../ui/Progress.tsx";
import { PatientPathways } from "../enrolments/PatientPathways.tsx";
import { ProblemNotice } from "../problems/ProblemNotice.tsx";
import { useMay } from "../sessions/me.ts";
import { usePageTitle } from "../shell/title.ts";
import { Born } from "./Born.tsx";
import { Merges } from "./Merges.tsx";
import { type Appointment, type Chart, chartQuery, nameOf, type Patient } from "./patients.ts";
import { usePracticeText } from "./texts.ts";

const route = getRouteApi("/signed-in/patients/$patientId");

export function PatientPage() {
  const common = useText().common;
  const text = usePracticeText();
  const { patientId } = route.useParams();
  const chart = useQuery(chartQuery(useClient(), patientId));
  usePageTitle(chart.data && nameOf(chart.data.patient.name));
  return (
    <div className="mx-auto max-w-[88rem] px-4 pt-4 sm:px-6 lg:px-8">
      <BackLink to="/patients">{text.chart.back}</BackLink>
      {chart.isError
        ? (
          <div className="mt-4 max-w-2xl">
            <h1 className="sr-only">{text.list.title}</h1>
            <ProblemNotice error={chart.error} onRetry={() => chart.refetch()} />
          </div>
        )
        : chart.isPending
        ? (
          <div className="mt-4">
            <Skeleton label={common.loading} lines={8} />
          </div>
        )
        : "mergedInto" in chart.data
        ? <Merged patient={chart.data.patient} into={chart.data.mergedInto} />
        : <Opened key={patientId} chart={chart.data} onRetry={() => chart.refetch()} />}
    </div>
  );
}

function Heading({ patient, children }: { patient: Patient; children?: ReactNode }) {
  const text = usePracticeText();
  return (
    <header className="mt-2 mb-4 flex flex-wrap items-start gap-x-4 gap-y-3">
      <div className="min-w-0 grow basis-72">
        <h1 className="text-2xl font-semibold wrap-anywhere">
          <bdi>{nameOf(patient.name)}</bdi>
        </h1>
        <p className="mt-0.5 flex flex-wrap items-center gap-x-2 gap-y-1 text-ink-2">
          <Born patient={patient} />
          <span aria-hidden="true">·</span>
          {text.sexes[patient.sex]}
          {patient.isConfidential && <Badge tone="caution">{text.chart.confidential}</Badge>}
          {patient.deceased && (
            <Badge>
              {patient.deceased.on
                ? `${text.chart.died} ${patient.deceased.on}`
                : text.chart.deceased}
            </Badge>
          )}
        </p>
      </div>
      {children}
    </header>
  );
}

function Merged({ patient, into }: { patient: Patient; into: string }) {
  const text = usePracticeText().chart;
  return (
    <>
      <Heading patient={patient} />
      <div className="max-w-2xl">
        <Notice
          tone="caution"
          title={text.mergedTitle}
          action={
            <ButtonLink size="sm" to="/patients/$patientId" params={{ patientId: into }}>
              {text.mergedOpen}
            </ButtonLink>
          }
        >
          {text.mergedText}
        </Notice>
      </div>
    </>
  );
}

function Opened({ chart, onRetry }: { chart: Chart; onRetry: () => void }) {
  const common = useText().common;
  const text = usePracticeText().chart;
  const { patient, unavailable, withheld } = chart;
  const params = { patientId: patient.id };
  const canWrite = useMay("patients:write") !== false;
  const canMerge = useMay("patients:merge") !== false;
  const canBook = useMay("appointments:write") !== false;
  const listed = (names: readonly string[], words: Record<string, string>) =>
    names.map((name) => words[name] ?? name).join(", ");
  return (
    <>
      <Heading patient={patient}>
        <div className="flex flex-wrap gap-2">
          {canMerge && (
            <ButtonLink to="/patients/$patientId/merge" params={params} look="quiet">
              {text.merge}
            </ButtonLink>
          )}
          {canWrite && (
            <ButtonLink to="/patients/$patientId/edit" params={params}>{text.edit}</ButtonLink>
          )}
          {canBook && (
            <ButtonLink
              to="/calendar"
              search={{ patient: patient.id }}
              look="primary"
              icon="calendar"
            >
              {text.book}
            </ButtonLink>
          )}
        </div>
      </Heading>
      {unavailable.length > 0 && (
        <div className="mb-4">
          <Notice
            tone="caution"
            icon="plug"
            title={text.unavailableTitle}
            action={<Button size="sm" icon="retry" onPress={onRetry}>{common.retry}</Button>}
          >
            {text.unavailableText(listed(unavailable, text.services))}
          </Notice>
        </div>
      )}
      <div className="gap-8 lg:grid lg:grid-cols-[18rem_minmax(0,1fr)]">
        <div className="mb-6 flex flex-col gap-6">
          <About patient={patient} />
          {canMerge && <Merges patientId={patient.id} />}
        </div>
        <div className="grid min-w-0 content-start gap-x-8 gap-y-6 xl:grid-cols-2">
          {chart.appointments && <Appointments {...chart.appointments} />}
          {chart.documents && (
            <Section title={text.documents} none={text.none.documents}>
              {chart.documents.map(({ id, title, createdAt }) => (
                <Row
                  key={id}
                  at={createdAt}
                  title={
                    <Link
                      to="/documents/$documentId"
                      params={{ documentId: id }}
                      className="font-medium underline-offset-2 hover:underline"
                    >
                      {title}
                    </Link>
                  }
                />
              ))}
            </Section>
          )}
          {chart.tasks && (
            <Section title={text.tasks} none={text.none.tasks}>
              {chart.tasks.map(({ id, title, dueAt }) => (
                <Row
                  key={id}
                  at={dueAt}
                  title={
                    <Link
                      to="/tasks/$taskId"
                      params={{ taskId: id }}
                      className="font-medium underline-offset-2 hover:underline"
                    >
                      {title}
                    </Link>
                  }
                />
              ))}
            </Section>
          )}
          {chart.pathways && <PatientPathways patientId={patient.id} />}
          {chart.messages && (
            <Section title={text.messages} none={text.none.messages}>
              {chart.messages.map(({ id, title, sentAt }) => (
                <Row key={id} title={title} at={sentAt} />
              ))}
            </Section>
          )}
        </div>
      </div>
      {withheld.length > 0 && (
        <p className="mt-6 flex items-center gap-1.5 text-sm text-ink-3">
          <Icon name="lock" className="size-4" />
          {text.withheld(listed(withheld, text.parts))}
        </p>
      )}
    </>
  );
}

function About({ patient }: { patient: Patient }) {
  const text = usePracticeText().chart;
  const lines = (values: string[]) =>
    values.length === 0
      ? undefined
      : <ul>{values.map((value, at) => <li key={at}>{value}</li>)}</ul>;
  return (
    <Facts
      facts={[
        [text.numbers, lines(patient.identifiers.map(({ value }) => value))],
        [text.contacts, lines(patient.contacts.map(({ value }) => value))],
        [
          text.address,
          lines(patient.addresses.map((address) =>
            [
              ...address.lines,
              [address.postalCode, address.city].filter(Boolean).join(" "),
              address.country,
            ]
              .filter(Boolean).join(", ")
          )),
        ],
        [
          text.languages,
          lines(patient.languages.map(({ code }) => code)),
        ],
        [text.otherNames, lines(patient.otherNames.map(nameOf))],
        [
          text.related,
          lines(
            patient.relatedPersons.map(({ name, role }) => `${nameOf(name)} (${text.roles[role]})`),
          ),
        ],
      ]}
    />
  );
}

function Section(
  { title, none, children }: { title: string; none: string; children: ReactNode[] },
) {
  return (
    <section aria-label={title} className="min-w-0">
      <h2 className="mb-1 text-lg font-semibold">{title}</h2>
      {children.length === 0
        ? <p className="border-t border-line py-row text-ink-3">{none}</p>
        : <ul className="border-t border-line">{children}</ul>}
    </section>
  );
}

function Row({ title, at, note }: { title: ReactNode; at: string | null; note?: ReactNode }) {
  const format = useFormat();
  return (
    <li className="flex items-baseline gap-3 border-b border-line py-row">
      <span className="min-w-0 grow truncate">{title}</span>
      {note}
      {at && (
        <time dateTime={at} className="tabular shrink-0 text-sm text-ink-3">
          {format.dayShort(at)}
        </time>
      )}
    </li>
  );
}

function Appointments({ upcoming, past }: { upcoming: Appointment[]; past: Appointment[] }) {
  const text = usePracticeText();
  const format = useFormat();
  const rows = (appointments: Appointment[]) =>
    appointments.map((appointment) => (
      <Row
        key={appointment.id}
        at={null}
        title={
          <Link
            to="/calendar"
            search={{
              practitioner: appointment.practitionerId,
              at: appointment.startsAt,
            }}
            className="tabular font-medium underline-offset-2 hover:underline"
          >
            {format.moment(appointment.startsAt)}
          </Link>
        }
        note={
          <span className="shrink-0 text-sm text-ink-3">
            {text.calendar.statuses[appointment.status]}
          </span>
        }
      />
    ));
  return (
    <>
      <Section title={text.chart.upcoming} none={text.chart.none.appointments}>
        {rows(upcoming)}
      </Section>
      <Section title={text.chart.past} none={text.chart.none.appointments}>{rows(past)}</Section>
    </>
  );
}
