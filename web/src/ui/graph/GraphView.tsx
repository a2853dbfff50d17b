/** A graph drawn as boxes and lines. What it shows stands beside it as a list or a table, too. */
import { useId, useMemo } from "react";
import { type Tone } from "../Notice.tsx";
import { layOut, levelPathOf, pathOf, type Point, wrap } from "./layout.ts";

export type Box = {
  id: string;
  title: string;
  /** A word or two below the title. */
  note?: string | undefined;
  tone?: Tone | "accent" | undefined;
  /** Dashed and pale: it is not on the way taken. */
  isFaint?: boolean | undefined;
  /** Small and round, for where a graph begins and ends. */
  isEnd?: boolean | undefined;
};

export type Line = {
  from: string;
  to: string;
  label?: string;
  /** 1 to 6, in pixels. */
  width?: number;
  tone?: Tone | undefined;
  isDashed?: boolean;
};

type Props = {
  /** What is drawn, in one sentence: all that a screen reader hears of it. */
  label: string;
  boxes: readonly Box[];
  lines: readonly Line[];
  direction?: "right" | "down";
};

const WIDTH = 176;
const CHARS = 24;
const LINE_HEIGHT = 16;
const NOTE_HEIGHT = 15;
const PADDING = 10;

const shapes = {
  neutral: "fill-raised stroke-line-strong",
  accent: "fill-accent-soft stroke-accent",
  good: "fill-good-soft stroke-good",
  caution: "fill-caution-soft stroke-caution",
  danger: "fill-danger-soft stroke-danger",
};
const notes = {
  neutral: "fill-ink-3",
  accent: "fill-on-accent-soft",
  good: "fill-good",
  caution: "fill-caution",
  danger: "fill-danger",
};
const strokes: Record<Tone, string> = {
  neutral: "stroke-line-strong",
  good: "stroke-good",
  caution: "stroke-caution",
  danger: "stroke-danger",
};

const leadsRight = (points: readonly Point[]) =>
  points.every(({ x }, at) => at === 0 || x > points[at - 1]!.x);

function sized(box: Box) {
  const lines = wrap(box.title, CHARS, 3);
  if (box.isEnd) return { ...box, lines, width: 24 + box.title.length * 7, height: 28 };
  const height = PADDING * 2 + lines.length * LINE_HEIGHT + (box.note ? NOTE_HEIGHT : 0);
  return { ...box, lines, width: WIDTH, height };
}

export function GraphView({ label, boxes, lines, direction = "right" }: Props) {
  const arrow = useId();
  const { width, height, nodes, edges } = useMemo(
    () => layOut(boxes.map(sized), lines, direction),
    [boxes, lines, direction],
  );
  return (
    <div
      role="group"
      aria-label={label}
      tabIndex={0}
      className="max-h-[36rem] overflow-auto rounded-lg border border-line bg-surface p-2"
    >
      <svg
        role="img"
        aria-label={label}
        viewBox={`0 0 ${width} ${height}`}
        width={width}
        height={height}
        className="mx-auto block max-w-none"
      >
        <defs>
          <marker
            id={arrow}
            viewBox="0 0 8 8"
            refX="7"
            refY="4"
            markerWidth="8"
            markerHeight="8"
            markerUnits="userSpaceOnUse"
            orient="auto"
          >
            <path d="M0 0.5 8 4 0 7.5z" className="fill-line-strong" />
          </marker>
        </defs>
        {edges.map((
          { from, to, points, at, label, width = 1.5, tone = "neutral", isDashed },
          n,
        ) => (
          <g key={`${from} ${to} ${n}`}>
            <path
              d={leadsRight(points) ? levelPathOf(points) : pathOf(points)}
              fill="none"
              strokeWidth={width}
              strokeDasharray={isDashed ? "4 4" : undefined}
              markerEnd={`url(#${arrow})`}
              className={strokes[tone]}
            />
            {label && at && (
              <g>
                <rect
                  x={at.x - (label.length * 6.4 + 6) / 2}
                  y={at.y - 8}
                  width={label.length * 6.4 + 6}
                  height={16}
                  rx={4}
                  className="fill-surface"
                />
                <text
                  x={at.x}
                  y={at.y + 4}
                  textAnchor="middle"
                  className={`text-2xs ${tone === "neutral" ? "fill-ink-2" : notes[tone]}`}
                >
                  {label}
                </text>
              </g>
            )}
          </g>
        ))}
        {nodes.map(({ tone = "neutral", ...node }) => (
          <g key={node.id}>
            <title>{node.note ? `${node.title}: ${node.note}` : node.title}</title>
            <rect
              x={node.x}
              y={node.y}
              width={node.width}
              height={node.height}
              rx={node.isEnd ? 14 : 7}
              strokeWidth={1.25}
              strokeDasharray={node.isFaint ? "4 4" : undefined}
              className={node.isFaint || node.isEnd
                ? "fill-sunken stroke-line-strong"
                : shapes[tone]}
            />
            {node.lines.map((line, at) => (
              <text
                key={at}
                x={node.isEnd ? node.x + node.width / 2 : node.x + PADDING}
                y={node.isEnd ? node.y + 18 : node.y + PADDING + 12 + at * LINE_HEIGHT}
                textAnchor={node.isEnd ? "middle" : "start"}
                className={`text-sm font-medium ${node.isFaint ? "fill-ink-3" : "fill-ink"}`}
              >
                {line}
              </text>
            ))}
            {node.note && !node.isEnd && (
              <text
                x={node.x + PADDING}
                y={node.y + PADDING + 11 + node.lines.length * LINE_HEIGHT}
                className={`text-xs ${node.isFaint ? "fill-ink-3" : notes[tone]}`}
              >
                {wrap(node.note, CHARS + 3, 1)[0]}
              </text>
            )}
          </g>
        ))}
      </svg>
    </div>
  );
}
