/** Reads a file of HL7 v2 messages for ingestion. */
import { type Parts, reasons, type SeenPatient } from "../ingestion/model.ts";
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
import { type MessageSummary, summaryOf } from "./summary.ts";

export const HL7_ENGINE = { engine: "praxis-hl7", engineVersion: "2" };
export const MESSAGES_MAX = 1_000;

/** Base64 of attachments is no text. */
const isWords = (text: string) => text.length < 1_000 || /\s/.test(text);

const lineOf = ({ name, parts, separators }: Segment): string =>
  [
    name,
    ...parts.slice(1).flatMap((part) => decompose(part, separators).flat(2))
      .map((part) => unescape(part, separators)).filter((part) => part !== "" && isWords(part)),
  ].join(" ");

/** The one patient that all messages speak of. */
function patientIn(summaries: MessageSummary[]): SeenPatient | null {
  const all = summaries.flatMap(({ patient }) => patient ?? []);
  const keys = new Set(
    all.map(({ identifiers, family, given, birthDate }) =>
      JSON.stringify([identifiers[0]?.value, family, given?.[0], birthDate])
    ),
  );
  return keys.size === 1 ? all[0]! : null;
}

/** Without those messages of a batch that its answer refused: their senders will send them again. */
function acceptedOf(file: Hl7File): Message[] {
  const messages = messagesOf(file);
  const accepted = isBatch(file) ? messages.filter((message) => !faultIn(message)) : messages;
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

export function readHl7(bytes: Uint8Array): Parts {
  const charset = charsetOfMessage(bytes);
  const file = parse(decodeAs(bytes, charset));
  const messages = file ? acceptedOf(file) : [];
  if (!file || messages.length === 0) return { reason: reasons.brokenHl7, ...HL7_ENGINE };
  const summaries = messages.slice(0, MESSAGES_MAX).map(summaryOf);
  const { type, trigger, sendingApplication } = summaries[0]!.header;
  const rows = bounded(summaries);
  const structure: Hl7Structure = { charset, messages: rows.messages };
  const isCut = rows.isCut || messages.length > MESSAGES_MAX;
  return {
    text: file.segments.map(lineOf).join("\n"),
    seen: patientIn(summaries),
    title: [type, trigger].filter((part) => part !== "").join(" "),
    ...(sendingApplication === "" ? {} : { author: sendingApplication }),
    structure,
    ...(isCut ? { cut: ["rows" as const] } : {}),
    ...HL7_ENGINE,
  };
}
