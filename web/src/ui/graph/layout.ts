/** Where the boxes and lines of a graph go: dagre's layered layout, and text broken to fit. */
import { Graph, layout } from "@dagrejs/dagre";

export type GraphNode = { id: string; width: number; height: number };
export type GraphEdge = { from: string; to: string; label?: string };
export type Point = { x: number; y: number };
export type Placed<N, E> = {
  width: number;
  height: number;
  nodes: (N & Point)[];
  edges: (E & { points: Point[]; at: Point | undefined })[];
};

const MARGIN = 8;
const CHAR_WIDTH = 6.4;
const LABEL_HEIGHT = 16;

/** `direction`: where lines lead, to the right or down. `x` and `y` are a box's upper left corner. */
export function layOut<N extends GraphNode, E extends GraphEdge>(
  nodes: readonly N[],
  edges: readonly E[],
  direction: "right" | "down",
): Placed<N, E> {
  const graph = new Graph({ multigraph: true });
  graph.setGraph({
    rankdir: direction === "right" ? "LR" : "TB",
    nodesep: 20,
    ranksep: direction === "right" ? 56 : 40,
    edgesep: 14,
    marginx: MARGIN,
    marginy: MARGIN,
  });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const { id, width, height } of nodes) graph.setNode(id, { width, height });
  const known = edges.filter(({ from, to }) => graph.hasNode(from) && graph.hasNode(to));
  for (const [at, { from, to, label }] of known.entries()) {
    const size = label ? { width: label.length * CHAR_WIDTH + 8, height: LABEL_HEIGHT } : {};
    graph.setEdge({ v: from, w: to, name: String(at) }, { ...size, labelpos: "c" });
  }
  layout(graph);
  const boxOf = (id: string) => graph.node(id) as Point & GraphNode;
  const { width = 0, height = 0 } = graph.graph() as { width?: number; height?: number };
  return {
    width: Math.max(0, width),
    height: Math.max(0, height),
    nodes: nodes.map((node) => {
      const { x, y } = graph.node(node.id) as Point;
      return { ...node, x: x - node.width / 2, y: y - node.height / 2 };
    }),
    edges: known.map((edge, at) => {
      const { points, x, y } = graph.edge({ v: edge.from, w: edge.to, name: String(at) }) as
        & Partial<Point>
        & { points: Point[] };
      const [from, to] = [boxOf(edge.from), boxOf(edge.to)];
      return {
        ...edge,
        points: direction === "right" ? sideways(points, from, to, !edge.label) : points,
        at: x === undefined || y === undefined ? undefined : { x, y },
      };
    }),
  };
}

/**
 * Lines that lead to the right leave and reach boxes in the middle of their sides. Between
 * neighbours a `isPlain` one needs no point in between: there is nothing to go around.
 */
function sideways(
  points: readonly Point[],
  from: Point & GraphNode,
  to: Point & GraphNode,
  isPlain: boolean,
): Point[] {
  const [start, end] = [from.x + from.width / 2, to.x - to.width / 2];
  if (end <= start) return [...points];
  const between = isPlain && points.length === 3 ? [] : points.slice(1, -1);
  return [{ x: start, y: from.y }, ...between, { x: end, y: to.y }];
}

/** A line through all points that lead to the right, level at each of them. */
export function levelPathOf(points: readonly Point[]): string {
  const at = (x: number, y: number) => `${x.toFixed(1)} ${y.toFixed(1)}`;
  return points.map(({ x, y }, nth) => {
    const before = points[nth - 1];
    if (!before) return `M${at(x, y)}`;
    const middle = (before.x + x) / 2;
    return `C${at(middle, before.y)} ${at(middle, y)} ${at(x, y)}`;
  }).join("");
}

/** A line through all points, its corners rounded. */
export function pathOf(points: readonly Point[]): string {
  const [first, ...rest] = points;
  if (!first) return "";
  const at = ({ x, y }: Point) => `${x.toFixed(1)} ${y.toFixed(1)}`;
  const middle = (a: Point, b: Point) => ({ x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 });
  const parts = [`M${at(first)}`];
  for (const [index, point] of rest.entries()) {
    const next = rest[index + 1];
    parts.push(next ? `Q${at(point)} ${at(middle(point, next))}` : `L${at(point)}`);
  }
  return parts.join("");
}

/** `text` in at most `lines` lines of about `chars` characters; what is too long ends in "…". */
export function wrap(text: string, chars: number, lines: number): string[] {
  const found: string[] = [];
  let line = "";
  for (const word of text.split(/\s+/).filter(Boolean)) {
    const longer = line ? `${line} ${word}` : word;
    if (longer.length <= chars || !line) line = longer;
    else {
      found.push(line);
      line = word;
    }
  }
  if (line) found.push(line);
  const cut = (value: string) => value.length > chars ? `${value.slice(0, chars - 1)}…` : value;
  if (found.length <= lines) return found.map(cut);
  return [...found.slice(0, lines - 1), `${found[lines - 1]!.slice(0, chars - 1)}…`].map(cut);
}
