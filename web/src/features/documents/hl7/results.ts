/** The observations of a message, as a laboratory sheet shows them. */
import {
  at,
  type Field,
  type Message,
  type Moment,
  momentOf,
  plain,
  type Segment,
} from "./parse.ts";

export type Flag = "H" | "HH" | "L" | "LL" | "A" | "AA" | "N";

export type Result = {
  test: string;
  code: string;
  value: string;
  unit: string;
  range: string;
  flag: Flag | undefined;
  /** Whatever stood there that we have no word for. */
  otherFlag: string;
  status: string;
  at: Moment | undefined;
  isEmbedded: boolean;
  comments: string[];
};
export type Group = {
  title: string;
  at: Moment | undefined;
  results: Result[];
  comments: string[];
};

/** HL7 table 0078, with the arithmetic signs that older senders use. */
const FLAGS: Record<string, Flag> = {
  H: "H",
  HH: "HH",
  L: "L",
  LL: "LL",
  A: "A",
  AA: "AA",
  N: "N",
  ">": "HH",
  "<": "LL",
  HU: "HH",
  LU: "LL",
};

const LONG = /^(FT|TX|ST)$/;
const EMBEDDED = /^(ED|RP)$/;

const coded = (segment: Segment, field: number) =>
  at(segment, field, 2) || at(segment, field, 5) || at(segment, field, 1);

function valueOf(type: string, field: Field | undefined): string {
  if (type === "DT" || type === "TS" || type === "DTM") return field?.[0]?.[0]?.[0] ?? "";
  const repetitions = (field ?? []).map((repetition) => {
    const parts = repetition.map((component) => component.join(" "));
    // Coded values bring code, words and system: the words are what is read.
    if (/^(CE|CWE|CNE|CF)$/.test(type)) return parts[1] || parts[4] || parts[8] || parts[0] || "";
    if (type === "SN") return parts.filter(Boolean).join(" ");
    if (LONG.test(type)) return parts.join("^");
    return parts.filter(Boolean).join(" ");
  });
  return repetitions.filter(Boolean).join(LONG.test(type) ? "\n" : ", ");
}

function resultOf(segment: Segment): Result {
  const type = at(segment, 2);
  const isEmbedded = EMBEDDED.test(type);
  const codes = segment.fields[8]?.map((repetition) => repetition[0]?.[0] ?? "").filter(Boolean) ??
    [];
  const flag = codes.map((code) => FLAGS[code.trim().toUpperCase()]).find(Boolean);
  return {
    test: coded(segment, 3),
    code: at(segment, 3),
    value: isEmbedded ? "" : valueOf(type, segment.fields[5]),
    unit: at(segment, 6) || at(segment, 6, 2),
    range: plain(segment.fields[7]),
    flag,
    otherFlag: flag ? "" : codes.join(", "),
    status: at(segment, 11),
    at: momentOf(at(segment, 14)),
    isEmbedded,
    comments: [],
  };
}

/** Observations under the order they answer; notes with what they follow. */
export function resultsOf({ segments }: Message): Group[] {
  const groups: Group[] = [];
  let last: { comments: string[] } | undefined;
  for (const segment of segments) {
    switch (segment.name) {
      case "OBR": {
        const group: Group = {
          title: coded(segment, 4),
          at: momentOf(at(segment, 7)),
          results: [],
          comments: [],
        };
        groups.push(group);
        last = group;
        break;
      }
      case "OBX": {
        if (groups.length === 0) {
          groups.push({ title: "", at: undefined, results: [], comments: [] });
        }
        const result = resultOf(segment);
        groups.at(-1)!.results.push(result);
        last = result;
        break;
      }
      case "NTE": {
        const comment = (segment.fields[3] ?? [])
          .map((repetition) => repetition.map((component) => component.join("&")).join("^"))
          .join("\n").trim();
        if (comment !== "") last?.comments.push(comment);
        break;
      }
      case "PID":
      case "MSH":
        last = undefined;
    }
  }
  return groups.filter(({ results, comments }) => results.length > 0 || comments.length > 0);
}

export type Summary = {
  type: string;
  sender: string;
  sentAt: Moment | undefined;
  patient: string;
  identifier: string;
  bornOn: Moment | undefined;
  sex: string;
};

const nameOf = (segment: Segment | undefined, field: number) => {
  const part = (component: number) => at(segment, field, component);
  const name = [part(5), part(2), part(3)].filter(Boolean).join(" ");
  return [part(1), name].filter(Boolean).join(", ");
};

export function summaryOf(message: Message): Summary {
  const header = message.segments.find(({ name }) => name === "MSH");
  const patient = message.segments.find(({ name }) => name === "PID");
  return {
    type: [at(header, 9), at(header, 9, 2)].filter(Boolean).join("^"),
    sender: [at(header, 3), at(header, 4)].filter(Boolean).join(", "),
    sentAt: momentOf(at(header, 7)),
    patient: nameOf(patient, 5),
    identifier: at(patient, 3) || at(patient, 2),
    bornOn: momentOf(at(patient, 7)),
    sex: at(patient, 8),
  };
}
