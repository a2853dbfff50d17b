/** Reads a file of HL7 v2 messages for ingestion. */
import { type Cut, isEncoded, type Parts, reasons, type SeenPatient } from "../ingestion/model.ts";
import { type Persons, PERSONS_MAX, personsOf, saysWho } from "../patients/model.ts";
import { type CarriedFiles, DATA_AT, isEncapsulated, readCarried } from "./carried.ts";
import { charsetOfMessage, decodeAs } from "./charsets.ts";
import { faultIn } from "./acknowledgement.ts";
import {
  decompose,
  type Hl7File,
  isBatch,
  type Message,
  messagesOf,
  parse,
  type Segment,
  unescape,
} from "./grammar.ts";
import { type MessageSummary, patientOf, ROWS_MAX, summariesOf } from "./summary.ts";

export const HL7_ENGINE = { engine: "praxis-hl7", engineVersion: "5" };
export const MESSAGES_MAX = 1_000;

function lineOf(segment: Segment): string {
  const { name, parts, separators } = segment;
  const words = parts.slice(1).flatMap((part, at) => {
    const repetitions = decompose(part, separators);
    // A file's data is read by itself.
    const isData = at === 4 && isEncapsulated(segment);
    return (isData ? repetitions.map((one) => one.slice(0, DATA_AT)) : repetitions).flat(2);
  });
  return [
    name,
    ...words.map((part) => unescape(part, separators))
      .filter((part) => part !== "" && !isEncoded(part)),
  ].join(" ");
}

/**
 * Whom a file speaks of: every PID counts, also where rows are cut, those of refused messages and
 * of none, since their text is filed too; and whom the files name that it carries.
 */
function personsIn({ segments }: Hl7File, carried: CarriedFiles["persons"]): Persons {
  const all = new Map<string, SeenPatient>();
  const add = (person: SeenPatient) =>
    all.set(saysWho(person) ? JSON.stringify(person) : "", person);
  if (carried.some(({ isOfSeveral, persons }) => isOfSeveral && !persons)) {
    return { seen: null, isOfSeveral: true };
  }
  for (const segment of segments) {
    if (segment.name === "PID") add(patientOf(segment));
    // One may be nobody, the others are too many.
    if (all.size > PERSONS_MAX + 1) break;
  }
  for (const { seen, persons } of carried) {
    for (const person of persons ?? (seen ? [seen] : [])) add(person);
  }
  return personsOf([...all.values()]);
}

/** Of so many messages as are kept, and no more patients in them than rows of any other sort. */
function summariesIn(
  messages: readonly { message: Message; place: number }[],
): { summaries: MessageSummary[]; isCut: boolean } {
  const summaries: MessageSummary[] = [];
  for (const [at, { message, place }] of messages.entries()) {
    if (at === MESSAGES_MAX || summaries.length >= ROWS_MAX) return { summaries, isCut: true };
    summaries.push(...summariesOf(message, place));
  }
  return { summaries, isCut: false };
}

/** Without those messages of a batch that its answer refused: their senders will send them again. */
function acceptedOf(file: Hl7File): { message: Message; place: number }[] {
  const messages = messagesOf(file).map((message, at) => ({ message, place: at + 1 }));
  const accepted = isBatch(file) ? messages.filter(({ message }) => !faultIn(message)) : messages;
  return accepted.length > 0 ? accepted : messages;
}

/** What stands in `structure` of an HL7 document. */
export type Hl7Structure = { charset: string; messages: MessageSummary[] };

/** What rows may hold in all, as JSON: about 10,000 observations. */
const ROWS_CHARS_MAX = 4 * 1024 * 1024;

/** The first messages and rows, as far as there is place for them. */
function bounded(all: MessageSummary[]): { messages: MessageSummary[]; isCut: boolean } {
  let left = ROWS_CHARS_MAX;
  let isCut = false;
  const fits = (value: unknown) => {
    if (left >= 0) left -= JSON.stringify(value).length;
    if (left < 0) isCut = true;
    return left >= 0;
  };
  const messages = all.flatMap(({ isCut: isShort, orders, observations, notes, ...rest }) => {
    if (isShort) isCut = true;
    if (!fits(rest)) return [];
    return [{
      ...rest,
      orders: orders.filter(fits),
      observations: observations.filter(fits),
      notes: notes.filter(fits),
    }];
  });
  return { messages, isCut };
}

/** `depth` above 0: already inside another file; what it carries is read no further. */
export async function readHl7(bytes: Uint8Array, depth = 0): Promise<Parts> {
  const charset = charsetOfMessage(bytes);
  const file = parse(decodeAs(bytes, charset));
  const messages = file ? acceptedOf(file) : [];
  if (!file || messages.length === 0) return { reason: reasons.brokenHl7, ...HL7_ENGINE };
  const { summaries, isCut: isLong } = summariesIn(messages);
  const { type, trigger, sendingApplication } = summaries[0]!.header;
  const rows = bounded(summaries);
  const structure: Hl7Structure = { charset, messages: rows.messages };
  const carried = await readCarried(file, depth);
  const cut: Cut[] = [
    ...(rows.isCut || isLong ? ["rows" as const] : []),
    ...(carried.isCut ? ["text" as const] : []),
  ];
  return {
    text: [...file.segments.map(lineOf), ...carried.texts].join("\n"),
    ...personsIn(file, carried.persons),
    title: [type, trigger].filter((part) => part !== "").join(" "),
    ...(sendingApplication === "" ? {} : { author: sendingApplication }),
    structure,
    ...(cut.length === 0 ? {} : { cut }),
    ...HL7_ENGINE,
  };
}
