/** Logs with a directly-follows graph beside them that somebody else has drawn: edge by edge. */
import { createTestDatabase } from "@praxis/local/testing";
import { connect } from "@praxis/shared/postgres";
import { type LogEvent, mapOfLog, readXes } from "@praxis/workflow/analytics";
import { delimiterOf, readCsv } from "../../services/practice/imports/csv.ts";

type Print = (line: string) => void;
export type Graph = {
  starts: ReadonlyMap<string, number>;
  ends: ReadonlyMap<string, number>;
  edges: ReadonlyMap<string, number>;
};

/**
 * A `.dfg` file: the activities by their number, then how many cases start and end with which
 * (`3x6`), then the edges (`3>1x3`).
 * @throws TypeError when a line is of another shape.
 */
export function parseGraph(text: string): Graph {
  const lines = text.split(/\r?\n/).filter((line) => line !== "");
  const take = (count: number) => lines.splice(0, count);
  const names = take(Number(take(1)[0]));
  const name = (at: string) => {
    const found = names[Number(at)];
    if (found === undefined) throw new TypeError(`there is no activity ${at}`);
    return found;
  };
  const counts = (of: string[], shape: RegExp) =>
    new Map(of.map((line) => {
      const found = shape.exec(line);
      if (!found) throw new TypeError(`this is no line of a graph: ${line}`);
      const count = Number(found.pop());
      return [found.slice(1).map(name).join(" → "), count] as const;
    }));
  const starts = counts(take(Number(take(1)[0])), /^(\d+)x(\d+)$/);
  const ends = counts(take(Number(take(1)[0])), /^(\d+)x(\d+)$/);
  return { starts, ends, edges: counts(lines, /^(\d+)>(\d+)x(\d+)$/) };
}

/** The events of a CSV file with the columns that XES names, in the order of its lines. */
export function readCsvLog(text: string): LogEvent[] {
  const [head, ...rows] = [...readCsv(text, delimiterOf(text))].map((line) => {
    if ("broken" in line) throw new TypeError(`line ${line.line}: ${line.broken}`);
    return line.fields;
  });
  const column = (name: string) => {
    const at = head?.indexOf(name) ?? -1;
    if (at < 0) throw new TypeError(`there is no column ${name}`);
    return at;
  };
  const [caseAt, nameAt, timeAt] = [
    column("case:concept:name"),
    column("concept:name"),
    column("time:timestamp"),
  ];
  return rows.map((row) => ({
    caseId: row[caseAt]!,
    activity: row[nameAt]!,
    at: new Date(row[timeAt]!.replace(" ", "T")).toISOString(),
  }));
}

const SHAPES = [[".csv", readCsvLog], [".xes", readXes]] as const;

/** What is in only one of them, or with another count. */
function differencesOf(
  what: string,
  ours: ReadonlyMap<string, number>,
  theirs: ReadonlyMap<string, number>,
): string[] {
  return [...new Set([...ours.keys(), ...theirs.keys()])].flatMap((name) => {
    const [our, their] = [ours.get(name) ?? 0, theirs.get(name) ?? 0];
    return our === their ? [] : [`${what} ${name}: ours ${our}, theirs ${their}`];
  });
}

/**
 * True when there is a log in `folder`/process-mining with a graph of the same name beside it, and
 * every such log is drawn as that graph: starts, ends and edges. A database is made and dropped.
 */
export async function runProcessMapConformance(folder: string, print: Print): Promise<boolean> {
  const place = `${folder}/process-mining`;
  const names = [...Deno.readDirSync(place)].map(({ name }) => name).sort();
  const logs = names.flatMap((name) => {
    const [shape, read] = SHAPES.find(([shape]) => name.endsWith(shape)) ?? [];
    const graph = shape && `${name.slice(0, -shape.length)}.dfg`;
    return read && graph && names.includes(graph) ? [{ name, graph, read }] : [];
  });
  const migrate = () => Promise.resolve();
  const database = await createTestDatabase({ template: "process_map", migrate });
  const sql = connect(database.appUrl, { connectionsMax: 1 });
  let same = 0;
  let edges = 0;
  try {
    for (const { name, graph, read } of logs) {
      const theirs = parseGraph(await Deno.readTextFile(`${place}/${graph}`));
      const map = await mapOfLog(sql, read(await Deno.readTextFile(`${place}/${name}`)));
      const counted = (pick: "starts" | "ends") =>
        new Map(
          map.activities.filter((one) => one[pick] > 0).map((one) => [
            one.activity,
            one[pick],
          ]),
        );
      const ours = new Map(map.edges.map(({ from, to, count }) => [`${from} → ${to}`, count]));
      const differences = [
        ...differencesOf("start", counted("starts"), theirs.starts),
        ...differencesOf("end", counted("ends"), theirs.ends),
        ...differencesOf("edge", ours, theirs.edges),
      ];
      for (const line of differences) print(`  DIFFERENT  ${name}: ${line}`);
      print(`  map        ${name}: ${map.cases} cases, ${map.events} events, ${ours.size} edges`);
      edges += ours.size;
      if (differences.length === 0) same++;
    }
  } finally {
    await sql.end();
    await database.drop();
  }
  print(`Process maps: ${same}/${logs.length} logs drawn alike, ${edges} edges compared`);
  return logs.length > 0 && same === logs.length;
}
