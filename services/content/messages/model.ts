/** What a sender gets back for a message. */
import type { Code } from "../hl7/model.ts";

/** `answer` null: the sender wants none. */
export type Acknowledgement = { code: Code; answer: Uint8Array<ArrayBuffer> | null };
