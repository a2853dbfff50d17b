/** The answer to a message: accepted, in error, refused (chapter 2.9), in its own separators. */
import {
  escape,
  fieldOf,
  headerOf,
  type Hl7File,
  messagesOf,
  type Segment,
  type Separators,
} from "./grammar.ts";

export type Code = "AA" | "AE" | "AR" | "CA" | "CE" | "CR";

/** Table 0357. */
type Fault = { severity: "error" | "reject"; code: string; label: string; location: string };

const fault = (severity: Fault["severity"], code: string, label: string, location: string) => ({
  severity,
  code,
  label,
  location,
});

/** What keeps a message from being accepted, by its head and its outline alone. */
export function faultIn(message: Segment[]): Fault | undefined {
  const header = headerOf(message[0]!);
  if (header.type === "") return fault("reject", "200", "Unsupported message type", "MSH^1^9");
  if (header.controlId === "") return fault("reject", "101", "Required field missing", "MSH^1^10");
  if (header.processingId !== "" && !/^[PDT]$/.test(header.processingId)) {
    return fault("reject", "202", "Unsupported processing id", "MSH^1^11");
  }
  if (header.version !== "" && !/^2(\.\d+)*$/.test(header.version)) {
    return fault("reject", "203", "Unsupported version id", "MSH^1^12");
  }
  // An acknowledgement is one; every other message is about something.
  if (message.length === 1) return fault("error", "100", "Segment sequence error", "MSH^1");
  return undefined;
}

/** AL, NE, ER or SU (table 0155): is an answer wanted that is good or bad? Empty means always. */
const isWanted = (condition: string, isGood: boolean) =>
  condition === "NE" ? false : condition === "ER" ? !isGood : condition === "SU" ? isGood : true;

export function codeOf(message: Segment[], found: Fault | undefined): Code | undefined {
  const header = headerOf(message[0]!);
  const isGood = found === undefined;
  const last = isGood ? "A" : found.severity === "error" ? "E" : "R";
  const { acceptAcknowledgement: accept, applicationAcknowledgement: application } = header;
  // Neither field: original mode. Either: enhanced mode (2.9.3), where what is safe is committed.
  if (accept === "" && application === "") return `A${last}`;
  if (accept !== "" && isWanted(accept, isGood)) return `C${last}`;
  if (application !== "" && isWanted(application, isGood)) return `A${last}`;
  return undefined;
}

const stamp = (now: Date) => now.toISOString().replace(/[-:]|\.\d+|T/g, "").replace("Z", "+0000");

function headOf(name: string, from: Segment, fields: (string | undefined)[], at: Date): string {
  const { separators } = from;
  // Raw: what the sender wrote, with its own components. Receiver and sender change places.
  const swapped = [fieldOf(from, 5), fieldOf(from, 6), fieldOf(from, 3), fieldOf(from, 4)];
  return [`${name}${separators.field}${fieldOf(from, 2)}`, ...swapped, stamp(at), "", ...fields]
    .map((field) => field ?? "").join(separators.field);
}

/** Empty fields at a line's end are not written. */
function trimmed(line: string, { field }: Separators): string {
  let end = line.length;
  while (end > 0 && line[end - 1] === field) end--;
  return line.slice(0, end);
}

type Made = { code: Code; text: string };

/** MSH and MSA (and ERR) that answer `message`. */
function answerTo(
  message: Segment[],
  code: Code,
  found: Fault | undefined,
  id: string,
  at: Date,
): Made {
  const header = message[0]!;
  const { separators } = header;
  const { field, component } = separators;
  const { trigger, version } = headerOf(header);
  const said = (text: string) => escape(text, separators);
  const type = trigger === "" ? "ACK" : `ACK${component}${said(trigger)}`;
  const structured = trigger !== "" && /^2\.(3\.1|[4-9])/.test(version)
    ? `${type}${component}ACK`
    : type;
  const lines = [
    headOf("MSH", header, [
      structured,
      id,
      fieldOf(header, 11) || "P",
      fieldOf(header, 12) || "2.5.1",
      "",
      "",
      "",
      "",
      "",
      fieldOf(header, 18),
    ], at),
    ["MSA", code, fieldOf(header, 10), found && version < "2.5" ? said(found.label) : ""]
      .join(field),
  ];
  if (found) {
    const what = [found.code, found.label, "HL70357"].map(said).join(component);
    lines.push(
      version !== "" && version < "2.5"
        ? ["ERR", found.location.replaceAll("^", component)].join(field)
        : ["ERR", "", found.location.replaceAll("^", component), what, "E"].join(field),
    );
  }
  return { code, text: lines.map((line) => `${trimmed(line, separators)}\r`).join("") };
}

/** `text` null: the sender wants none. */
export type Answer = { code: Code; text: string | null };

/** What a message gets by itself, and whether it may be stored. */
export type Judged = Answer & { isGood: boolean };

/** One answer for each message of a file, in their order. */
export const answersTo = (file: Hl7File, newId: () => string, at: Date): Judged[] =>
  messagesOf(file).map((message) => {
    const found = faultIn(message);
    const code = codeOf(message, found);
    const isGood = found === undefined;
    if (code) return { ...answerTo(message, code, found, newId(), at), isGood };
    return { code: isGood ? "AA" : found.severity === "reject" ? "AR" : "AE", text: null, isGood };
  });

const endsIn = (end: string, { code }: Answer) => code.endsWith(end);

/** The answer to a batch, around those of its messages: good ones are stored, whatever others are. */
export function batchAnswer(
  file: Hl7File,
  answers: readonly Answer[],
  newId: () => string,
  at: Date,
): Answer & { text: string } {
  const code = answers.some((answer) => endsIn("A", answer))
    ? "AA"
    : answers.some((answer) => endsIn("R", answer))
    ? "AR"
    : "AE";
  return { code, text: inBatch(file, answers.flatMap(({ text }) => text ?? []), newId, at) };
}

function inBatch(file: Hl7File, texts: string[], newId: () => string, at: Date): string {
  const headers = (name: string) => file.segments.find((segment) => segment.name === name);
  const [whole, batch] = [headers("FHS"), headers("BHS")];
  const separators: Separators = (whole ?? batch)!.separators;
  const head = (name: string, from: Segment) =>
    `${trimmed(headOf(name, from, ["", "", newId(), fieldOf(from, 11)], at), separators)}\r`;
  // Less than was announced may have been lost on the way: only the sender can tell.
  const announced = file.segments.filter(({ name }) => name === "BTS");
  const said = announced.reduce((sum, segment) => sum + Number(fieldOf(segment, 1)), 0);
  const count = messagesOf(file).length;
  const comment = announced.length > 0 && said !== count
    ? escape(`${said} messages announced, ${count} received`, separators)
    : "";
  const inner = [
    head("BHS", batch ?? whole!),
    ...texts,
    `BTS${separators.field}${texts.length}${comment === "" ? "" : separators.field + comment}\r`,
  ].join("");
  return whole ? `${head("FHS", whole)}${inner}FTS${separators.field}1\r` : inner;
}
