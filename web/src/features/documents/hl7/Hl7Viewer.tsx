/** An HL7 v2 message: who it is about, the results as a table, every segment with its names. */
import { useMemo, useState } from "react";
import type { Format } from "../../../i18n/format.ts";
import { useFormat, useText } from "../../../i18n/i18n.tsx";
import { Badge } from "../../../ui/Badge.tsx";
import { IconButton } from "../../../ui/Button.tsx";
import { Icon } from "../../../ui/Icon.tsx";
import { Tabs } from "../../../ui/Tabs.tsx";
import { Facts } from "../../../ui/Facts.tsx";
import { useIsNarrow } from "../../../ui/useMedia.ts";
import { fieldName, segmentName } from "./names.ts";
import { decode, type Message, type Moment, parse, plain } from "./parse.ts";
import { type Group, type Result, resultsOf, summaryOf } from "./results.ts";

const when = (moment: Moment | undefined, format: Format) =>
  moment && (moment.hasTime ? format.moment(moment.date) : format.day(moment.date));

export default function Hl7Viewer({ bytes }: { bytes: Uint8Array }) {
  const text = useText();
  const source = useMemo(() => decode(bytes), [bytes]);
  const messages = useMemo(() => parse(source), [source]);
  const [at, setAt] = useState(0);
  const message = messages[at];
  if (!message) {
    return <pre className="p-5 font-mono text-sm whitespace-pre-wrap wrap-anywhere">{source}</pre>;
  }
  const groups = resultsOf(message);
  return (
    <div>
      {messages.length > 1 && (
        <div className="flex items-center justify-center gap-2 border-b border-line p-2 text-sm">
          <IconButton
            icon="back"
            size="sm"
            label={text.viewer.previous}
            isDisabled={at === 0}
            onPress={() => setAt(at - 1)}
          />
          <span className="tabular">{text.viewer.message(at + 1, messages.length)}</span>
          <IconButton
            icon="next"
            size="sm"
            label={text.viewer.next}
            isDisabled={at === messages.length - 1}
            onPress={() => setAt(at + 1)}
          />
        </div>
      )}
      <Head message={message} />
      <Tabs
        key={at}
        label={text.viewer.type}
        tabs={[
          ...(groups.length > 0
            ? [{ id: "results", label: text.viewer.results, content: <Results groups={groups} /> }]
            : []),
          {
            id: "segments",
            label: text.viewer.segments,
            count: message.segments.length,
            content: <Segments message={message} />,
          },
          {
            id: "source",
            label: text.viewer.source,
            content: (
              <pre className="font-mono text-xs leading-5 whitespace-pre-wrap text-ink-2 wrap-anywhere">
                {message.segments.map(({ raw }) => raw).join("\n")}
              </pre>
            ),
          },
        ]}
      />
    </div>
  );
}

function Head({ message }: { message: Message }) {
  const text = useText();
  const format = useFormat();
  const summary = summaryOf(message);
  return (
    <div className="border-b border-line px-4 pt-4 pb-4 sm:px-5">
      <div className="mb-3 flex flex-wrap items-baseline gap-x-3 gap-y-1">
        <p className="text-xl font-semibold wrap-anywhere">
          {summary.patient || text.common.unknown}
        </p>
        {summary.type && <span className="font-mono text-xs text-ink-3">{summary.type}</span>}
      </div>
      <Facts
        isWide
        facts={[
          [text.viewer.born, when(summary.bornOn, format)],
          [text.viewer.sex, text.viewer.sexes[summary.sex] ?? summary.sex],
          [text.viewer.identifier, summary.identifier],
          [text.viewer.sender, summary.sender],
          [text.viewer.sentAt, when(summary.sentAt, format)],
        ]}
      />
    </div>
  );
}

function Results({ groups }: { groups: Group[] }) {
  const text = useText();
  const format = useFormat();
  const head = "border-b border-line py-1.5 pr-3 font-medium";
  return (
    <div className="flex flex-col gap-7">
      {groups.map((group, at) => (
        <section key={at} className="min-w-0">
          <div className="mb-1 flex flex-wrap items-baseline justify-between gap-x-4">
            <h2 className="font-semibold wrap-anywhere">{group.title || text.viewer.results}</h2>
            <span className="tabular text-xs text-ink-3">{when(group.at, format)}</span>
          </div>
          <div
            className="overflow-x-auto"
            tabIndex={0}
            role="group"
            aria-label={group.title || text.viewer.results}
          >
            <table className="w-full table-fixed sm:min-w-lg border-separate border-spacing-0">
              <thead>
                <tr className="text-left text-xs text-ink-3">
                  <th scope="col" className={head}>{text.viewer.test}</th>
                  <th scope="col" className={`${head} w-[20%] text-right sm:w-[15%]`}>
                    {text.viewer.value}
                  </th>
                  <th scope="col" className={`${head} w-[13%] max-sm:hidden`}>
                    {text.viewer.unit}
                  </th>
                  <th scope="col" className={`${head} w-[17%] max-sm:hidden`}>
                    {text.viewer.range}
                  </th>
                  <th scope="col" className={`${head} w-[32%] sm:w-[17%]`}>{text.viewer.flag}</th>
                </tr>
              </thead>
              <tbody>
                {group.results.map((result, row) => <ResultRow key={row} result={result} />)}
              </tbody>
            </table>
          </div>
          {group.comments.map((comment, n) => (
            <p key={n} className="mt-2 text-sm whitespace-pre-line text-ink-2 wrap-anywhere">
              {comment}
            </p>
          ))}
        </section>
      ))}
    </div>
  );
}

const directions = {
  H: "up",
  HH: "up",
  L: "down",
  LL: "down",
  A: "warning",
  AA: "warning",
} as const;

function ResultRow({ result }: { result: Result }) {
  const text = useText();
  const format = useFormat();
  const { flag, value } = result;
  const isNarrow = useIsNarrow();
  const isAbnormal = flag !== undefined && flag !== "N";
  const isCritical = flag === "HH" || flag === "LL" || flag === "AA";
  const isLong = value.length > 18 || value.includes("\n");
  const moment = result.at && when(result.at, format);
  const cell = "border-b border-line py-1.5 pr-3 align-top";
  const name = (
    <>
      <span className="wrap-anywhere" title={result.code}>{result.test}</span>
      {text.viewer.resultStatus[result.status] && (
        <span className="ml-2 text-xs text-ink-3">{text.viewer.resultStatus[result.status]}</span>
      )}
      {moment && <span className="sr-only">, {moment}</span>}
      {!isLong && (
        <span className="tabular block text-xs text-ink-3 sm:hidden">
          {[result.unit, result.range].filter(Boolean).join(", ")}
        </span>
      )}
    </>
  );
  return (
    <>
      <tr>
        <th scope="row" className={`${cell} text-left font-normal`}>{name}</th>
        {isLong
          ? (
            <td
              colSpan={isNarrow ? 1 : 3}
              className={`${cell} max-w-prose whitespace-pre-line wrap-anywhere`}
            >
              {value}
            </td>
          )
          : (
            <>
              <td
                className={`${cell} tabular text-right ${isAbnormal ? "font-semibold" : ""} ${
                  isCritical ? "text-danger" : ""
                }`}
              >
                {result.isEmbedded
                  ? <span className="text-ink-3">{text.viewer.embedded}</span>
                  : value}
              </td>
              <td className={`${cell} text-ink-2 max-sm:hidden`}>{result.unit}</td>
              <td className={`${cell} tabular text-ink-3 wrap-anywhere max-sm:hidden`}>
                {result.range}
              </td>
            </>
          )}
        <td className={cell}>
          {isAbnormal && (
            <Badge tone={isCritical ? "danger" : "caution"}>
              <Icon name={directions[flag]} className="size-3.5" />
              {text.viewer.abnormal[flag]}
            </Badge>
          )}
          {result.otherFlag && <Badge>{result.otherFlag}</Badge>}
        </td>
      </tr>
      {result.comments.map((comment, at) => (
        <tr key={at}>
          <td
            colSpan={isNarrow ? 3 : 5}
            className="border-b border-line pt-1 pb-2 pl-4 text-sm whitespace-pre-line text-ink-2 wrap-anywhere"
          >
            {comment}
          </td>
        </tr>
      ))}
    </>
  );
}

function Segments({ message }: { message: Message }) {
  return (
    <ol className="flex flex-col gap-5">
      {message.segments.map((segment, at) => (
        <li key={at}>
          <h2 className="mb-1 flex items-baseline gap-2.5">
            <span className="font-mono text-sm font-semibold">{segment.name}</span>
            <span className="text-sm text-ink-3">{segmentName(segment.name)}</span>
          </h2>
          <dl className="grid grid-cols-[2.5rem_minmax(6rem,12rem)_minmax(0,1fr)] gap-x-3 text-sm">
            {segment.fields.map((field, number) => {
              const value = plain(field);
              if (number === 0 || value === "" || (segment.name === "MSH" && number < 3)) {
                return null;
              }
              return (
                <div
                  key={number}
                  className="col-span-3 grid grid-cols-subgrid border-t border-line py-1"
                >
                  <dt className="col-span-2 grid grid-cols-subgrid text-ink-3">
                    <span className="tabular font-mono text-xs leading-5">{number}</span>
                    <span className="wrap-anywhere">{fieldName(segment.name, number)}</span>
                  </dt>
                  <dd className="whitespace-pre-line wrap-anywhere">{value}</dd>
                </div>
              );
            })}
          </dl>
        </li>
      ))}
    </ol>
  );
}
