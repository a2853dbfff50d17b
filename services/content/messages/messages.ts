/** Receives messages as systems send them, and shows what stood in them. */
import { createHash } from "node:crypto";
import { newId } from "@praxis/shared/id";
import { read } from "@praxis/shared/postgres";
import type { Deps } from "../deps.ts";
import * as documents from "../documents/documents.ts";
import * as hl7 from "../hl7/hl7.ts";
import {
  answersTo,
  batchAnswer,
  charsetOfMessage,
  decodeAs,
  encodeAs,
  fieldOf,
  headerOf,
  type Hl7View,
  isBatch,
  messagesOf,
  messageTextsOf,
  outlineOf,
  type Segment,
} from "../hl7/model.ts";
import { problem } from "../problems.ts";
import { receiveRaw } from "../uploads/uploads.ts";
import type { Commit, Outcome } from "./commits.ts";
import {
  type Acknowledgement,
  BODY_BYTES_MAX,
  MESSAGE_BYTES_MAX,
  type MessageKey,
  MESSAGES_MAX,
} from "./model.ts";

/** Twenty hexadecimal digits of a UUIDv7: MSH-10 held no more than that before version 2.7. */
const controlId = () => newId().replaceAll("-", "").slice(-20).toUpperCase();

/** The database keeps no NUL and no half of a character; whoever differs in that alone differs in the body's hash as well. */
const keptOf = (text: string, chars: number) =>
  text.replaceAll("\0", " ").slice(0, chars).toWellFormed();

const sha256Of = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

const keyOf = (header: Segment, bodySha256: string): MessageKey => ({
  sender: keptOf(`${fieldOf(header, 3)}\n${fieldOf(header, 4)}`, 500),
  controlId: keptOf(headerOf(header).controlId, 200),
  bodySha256,
});

/** Bytes too many for a row go to storage, durable before the row that speaks of them. */
async function keepFile(
  { storage }: Pick<Deps, "storage">,
  organizationId: string,
  bytes: Uint8Array,
): Promise<void> {
  const file = await storage.receive();
  try {
    await file.write(bytes);
    await file.keep(organizationId);
  } finally {
    await file.discard();
  }
}

/** Stores the message or batch of `request` and answers it; sent again, it gets the same answer. */
export async function receive(
  deps: Deps,
  commit: Commit,
  call: documents.Call,
  request: Request,
): Promise<Outcome> {
  const { organizationId } = call.actor;
  const bytes = await receiveRaw(deps, request, MESSAGE_BYTES_MAX);
  const charset = charsetOfMessage(bytes);
  const text = decodeAs(bytes, charset);
  const outline = outlineOf(text, MESSAGES_MAX);
  if (outline === "too-many") throw problem("batch-too-large");
  const headers = outline ? messagesOf(outline).map(([header]) => header!) : [];
  const first = headers[0];
  if (!outline || !first) throw problem("message-unreadable");
  const encode = (said: string) => encodeAs(said, charset) ?? new TextEncoder().encode(said);
  const at = deps.now();
  const judged = answersTo(outline, controlId, at).map(({ code, text, isGood }) => ({
    isStored: isGood,
    acknowledgement: { code, answer: text === null ? null : encode(text) },
  }));
  const sha256 = sha256Of(bytes);
  const whole = { key: keyOf(first, sha256), ...judged[0]! };
  // As a message by itself would come, so that it is the same in a batch and without one.
  const texts = isBatch(outline) ? messageTextsOf(text) : [];
  const batch = isBatch(outline) && {
    messages: judged.map((one, place) => ({
      ...one,
      key: keyOf(headers[place]!, sha256Of(encode(`${texts[place] ?? ""}\r`))),
    })),
    answer(answers: readonly Acknowledgement[]): Acknowledgement {
      const said = answers.map(({ code, answer }) => ({
        code,
        text: answer && decodeAs(answer, charset),
      }));
      const { code, text } = batchAnswer(outline, said, controlId, at);
      return { code, answer: encode(text) };
    },
  };
  const isStored = judged.some((one) => one.isStored);
  const isSmall = bytes.byteLength <= BODY_BYTES_MAX;
  if (isStored && !isSmall) await keepFile(deps, organizationId, bytes);
  const header = headerOf(first);
  const name = `${header.type || "message"}-${header.controlId || "without-id"}.hl7`;
  return await commit(organizationId, {
    ...whole,
    ...(batch ? { batch } : {}),
    message: {
      call,
      id: newId(),
      fileName: name.replace(/[^\w.-]/g, "_").slice(0, 200),
      size: bytes.byteLength,
      sha256,
      body: isSmall ? bytes : null,
    },
  });
}

/** The messages of a document's present version. @throws document-not-found */
export async function show(deps: Deps, call: documents.Call, id: string): Promise<Hl7View> {
  const { organizationId } = call.actor;
  const document = await documents.show(deps, call, id);
  const messages = await read(
    deps.sql,
    { organizationId },
    (tx) => hl7.list(tx, { organizationId, documentId: id, version: document.version }),
  );
  return { documentId: id, version: document.version, messages };
}
