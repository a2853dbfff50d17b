/** Receives messages as systems send them, and shows what stood in them. */
import { createHash } from "node:crypto";
import { record } from "@praxis/shared/audit";
import { newId } from "@praxis/shared/id";
import { read, transaction } from "@praxis/shared/postgres";
import type { Deps } from "../deps.ts";
import * as documents from "../documents/documents.ts";
import * as hl7 from "../hl7/hl7.ts";
import {
  acknowledge,
  charsetOfMessage,
  decodeAs,
  encodeAs,
  fieldOf,
  headerOf,
  type Hl7View,
  messagesOf,
  parse,
} from "../hl7/model.ts";
import { problem } from "../problems.ts";
import { receiveRaw } from "../uploads/uploads.ts";
import type { Acknowledgement } from "./model.ts";
import * as store from "./store.ts";

/** 10 MiB. */
export const MESSAGE_BYTES_MAX = 10 * 1024 * 1024;
/** Twenty hexadecimal digits of a UUIDv7: MSH-10 held no more than that before version 2.7. */
const controlId = () => newId().replaceAll("-", "").slice(-20).toUpperCase();

/** Stores the message or batch of `request` and answers it; sent again, it gets the same answer. */
export async function receive(
  deps: Deps,
  call: documents.Call,
  request: Request,
): Promise<Acknowledgement & { documentId: string | null }> {
  const { organizationId } = call.actor;
  const { file, bytes } = await receiveRaw(deps, request, MESSAGE_BYTES_MAX);
  try {
    const charset = charsetOfMessage(bytes);
    const parsed = parse(decodeAs(bytes, charset));
    const messages = parsed ? messagesOf(parsed) : [];
    if (!parsed || messages.length === 0) throw problem("message-unreadable");
    const first = messages[0]![0]!;
    const header = headerOf(first);
    const key = {
      organizationId,
      sender: `${fieldOf(first, 3)}\n${fieldOf(first, 4)}`.slice(0, 500),
      controlId: header.controlId.slice(0, 200),
      bodySha256: createHash("sha256").update(bytes).digest("hex"),
    };
    const known = await read(
      deps.sql,
      { organizationId },
      (tx) => store.findAcknowledgement(tx, key),
    );
    if (known) return { ...known, documentId: null };
    const at = deps.now();
    const made = acknowledge(parsed, controlId, at);
    const answer = made.text === null
      ? null
      : encodeAs(made.text, charset) ?? new TextEncoder().encode(made.text);
    const acknowledgement: Acknowledgement = { code: made.code, answer };
    const isStored = made.code === "AA" || made.code === "CA";
    if (!isStored) {
      return await transaction(
        deps.sql,
        { organizationId, userId: call.actor.userId },
        async (tx) => {
          if (!await store.insertAcknowledgement(tx, key, acknowledgement, null, at)) {
            return { ...(await store.findAcknowledgement(tx, key))!, documentId: null };
          }
          await record(tx, at, {
            actor: call.actor,
            organizationId,
            action: "hl7.message_refused",
            subject: { type: "hl7-message" },
            outcome: "refused",
            requestId: call.requestId,
            details: { code: made.code, size: bytes.byteLength },
          });
          return { ...acknowledgement, documentId: null };
        },
      );
    }
    await file.keep(organizationId);
    const name = `${header.type || "message"}-${header.controlId || "without-id"}.hl7`;
    const filed = await documents.fileOnce(deps, call, {
      fileName: name.replace(/[^\w.-]/g, "_").slice(0, 200),
      file,
      fields: {},
    }, (tx, documentId) => store.insertAcknowledgement(tx, key, acknowledgement, documentId, at));
    if (filed) return { ...acknowledgement, documentId: filed.id };
    // Another request with the same message was first, while we were at it.
    const said = await read(
      deps.sql,
      { organizationId },
      (tx) => store.findAcknowledgement(tx, key),
    );
    return { ...said!, documentId: null };
  } finally {
    await file.discard();
  }
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
