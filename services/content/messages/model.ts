/** What a sender gets back for a message, and how much it may send. */
import type { Code } from "../hl7/model.ts";

/** 10 MiB. */
export const MESSAGE_BYTES_MAX = 10 * 1024 * 1024;
/** Of one batch; each gets an answer. */
export const MESSAGES_MAX = 1_000;
/** 64 KiB: up to there the bytes lie in a row. */
export const BODY_BYTES_MAX = 64 * 1024;

/** `answer` null: the sender wants none. */
export type Acknowledgement = { code: Code; answer: Uint8Array<ArrayBuffer> | null };

/** What tells a message that is sent again from a new one. */
export type MessageKey = { sender: string; controlId: string; bodySha256: string };

/** What an answer is given to, and kept for: a message, or a batch as a whole. */
export type Claim = {
  key: MessageKey;
  acknowledgement: Acknowledgement;
  /** Otherwise it is answered only. */
  isStored: boolean;
};

export const isAccepted = (code: Code) => code === "AA" || code === "CA";

export const nameOf = ({ sender, controlId, bodySha256 }: MessageKey) =>
  JSON.stringify([sender, controlId, bodySha256]);
