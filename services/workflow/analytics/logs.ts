/** Logs from elsewhere: XES is read, and any log is drawn as a map by the same query as our own. */
import { XMLParser } from "fast-xml-parser";

export { mapOfLog } from "./analytics.ts";
export type { Edge, ProcessMap } from "./model.ts";

export type LogEvent = { caseId: string; activity: string; at: string };

type Attribute = { "@key"?: string; "@value"?: string };
type Node = { [type: string]: Attribute | Attribute[] | undefined };

const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: "@",
  parseAttributeValue: false,
  isArray: (name) => name === "trace" || name === "event",
  processEntities: true,
});

/** The value of an attribute of a trace or event, whatever its type. */
function valueOf(node: Node, key: string): string | undefined {
  for (const found of Object.values(node)) {
    for (const one of Array.isArray(found) ? found : [found]) {
      if (one !== null && typeof one === "object" && one["@key"] === key) return one["@value"];
    }
  }
  return undefined;
}

const isComplete = (event: Node) =>
  (valueOf(event, "lifecycle:transition") ?? "complete").toLowerCase() === "complete";

/**
 * The completed events of an XES document in the order of its lines. A case without a name is
 * called by its place.
 * @throws TypeError when an event has no name or no time.
 */
export function readXes(text: string): LogEvent[] {
  const { log } = parser.parse(text) as { log?: { trace?: (Node & { event?: Node[] })[] } };
  return (log?.trace ?? []).flatMap(({ event = [], ...trace }, at) => {
    const caseId = valueOf(trace, "concept:name") ?? `case ${at + 1}`;
    return event.filter(isComplete).map((one): LogEvent => {
      const activity = valueOf(one, "concept:name");
      const time = valueOf(one, "time:timestamp");
      if (activity === undefined || time === undefined || Number.isNaN(Date.parse(time))) {
        throw new TypeError(`an event of ${caseId} has no name or no time`);
      }
      return { caseId, activity, at: new Date(time).toISOString() };
    });
  });
}
