/** HL7 v2 as the rest of content sees it. */
export { type Answer, answersTo, batchAnswer, type Code } from "./acknowledgement.ts";
export { charsetOfMessage, decodeAs, encodeAs } from "./charsets.ts";
export {
  fieldOf,
  headerOf,
  isBatch,
  messagesOf,
  messageTextsOf,
  outlineOf,
  parse,
  type Segment,
} from "./grammar.ts";
export { type Hl7Structure, readHl7 } from "./reading.ts";
export { Hl7Message, Hl7View } from "./view.ts";
