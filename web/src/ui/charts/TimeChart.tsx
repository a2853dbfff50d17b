/** Values by week or month, as lines or as columns side by side; the same values stand in a table. */
import { Disclosure } from "../Disclosure.tsx";
import { DataTable } from "../DataTable.tsx";
import { stretchesOf, ticksOf } from "./scale.ts";

export type Series = {
  label: string;
  values: readonly (number | null)[];
  /** Told apart by their pattern, too, not by colour alone. */
  look: "first" | "second";
};

type Props = {
  label: string;
  tableLabel: string;
  pointLabel: string;
  points: readonly string[];
  series: readonly Series[];
  shape: "lines" | "columns";
  kind: "number" | "duration";
  format: (value: number) => string;
};

const [WIDTH, HEIGHT] = [640, 240];
const [LEFT, RIGHT, TOP, BOTTOM] = [84, 12, 12, 30];
const LABELS_MAX = 6;

const strokes = { first: "stroke-accent", second: "stroke-ink-3" };
const fills = { first: "fill-accent", second: "fill-ink-3" };

export function TimeChart(props: Props) {
  const { label, tableLabel, pointLabel, points, series, format } = props;
  return (
    <figure className="min-w-0">
      <figcaption className="mb-2 flex flex-wrap items-center gap-x-5 gap-y-1">
        <h3 className="mr-auto font-semibold">{label}</h3>
        {series.map(({ label, look }) => (
          <span key={label} className="inline-flex items-center gap-1.5 text-xs text-ink-2">
            <svg aria-hidden="true" width="22" height="8">
              <line
                x1="0"
                x2="22"
                y1="4"
                y2="4"
                strokeWidth="3"
                strokeDasharray={look === "second" ? "5 3" : undefined}
                className={strokes[look]}
              />
            </svg>
            {label}
          </span>
        ))}
      </figcaption>
      <Plot {...props} />
      <div className="mt-1">
        <Disclosure title={tableLabel}>
          <DataTable
            caption={label}
            columns={[
              { label: pointLabel },
              ...series.map(({ label }) => ({ label, isNumber: true })),
            ]}
            rows={points.map((point, at) => ({
              id: `${at}`,
              cells: [
                point,
                ...series.map(({ values }) => {
                  const value = values[at];
                  return value === null || value === undefined ? "–" : format(value);
                }),
              ],
            }))}
          />
        </Disclosure>
      </div>
    </figure>
  );
}

function Plot({ label, points, series, shape, kind, format }: Props) {
  const known = series.flatMap(({ values }) => values.filter((value) => value !== null));
  const ticks = ticksOf(Math.max(0, ...known), kind);
  const max = ticks.at(-1) || 1;
  const slot = (WIDTH - LEFT - RIGHT) / Math.max(1, points.length);
  const x = (at: number) => LEFT + slot * (at + 0.5);
  const y = (value: number) => TOP + (HEIGHT - TOP - BOTTOM) * (1 - value / max);
  const every = Math.ceil(points.length / LABELS_MAX);
  const column = Math.min(18, slot * 0.7 / series.length);
  return (
    <svg
      role="img"
      aria-label={label}
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      className="block w-full max-w-3xl"
    >
      {ticks.map((tick) => (
        <g key={tick}>
          <line
            x1={LEFT}
            x2={WIDTH - RIGHT}
            y1={y(tick)}
            y2={y(tick)}
            strokeWidth="1"
            className="stroke-line"
          />
          <text x={LEFT - 8} y={y(tick) + 4} textAnchor="end" className="fill-ink-3 text-2xs">
            {format(tick)}
          </text>
        </g>
      ))}
      {points.map((point, at) =>
        at % every === 0 && (
          <text
            key={at}
            x={x(at)}
            y={HEIGHT - 10}
            textAnchor="middle"
            className="fill-ink-3 text-2xs"
          >
            {point}
          </text>
        )
      )}
      {series.map(({ values, look }, nth) => (
        <g key={look}>
          {shape === "columns"
            ? values.map((value, at) =>
              value !== null && (
                <rect
                  key={at}
                  x={x(at) + (nth - series.length / 2) * column + 1}
                  y={y(value)}
                  width={column - 2}
                  height={Math.max(0, y(0) - y(value))}
                  rx={2}
                  fillOpacity={look === "second" ? 0.45 : 1}
                  className={fills[look]}
                />
              )
            )
            : (
              <>
                {stretchesOf(values).map((places) => (
                  <polyline
                    key={places[0]}
                    points={places.map((at) => `${x(at)},${y(values[at]!)}`).join(" ")}
                    fill="none"
                    strokeWidth="2"
                    strokeDasharray={look === "second" ? "6 4" : undefined}
                    className={strokes[look]}
                  />
                ))}
                {values.map((value, at) =>
                  value !== null && (
                    <circle key={at} cx={x(at)} cy={y(value)} r="3" className={fills[look]} />
                  )
                )}
              </>
            )}
        </g>
      ))}
    </svg>
  );
}
