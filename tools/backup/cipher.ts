/**
 * A stream sealed with AES-256-GCM, record by record, so that it can be opened without having all
 * of it in memory: each record's place and whether it is the last are part of what is authenticated
 * (the STREAM construction of Hoang, Reyhanitabar, Rogaway and Vizár, CRYPTO 2015).
 */
import {
  createCipheriv,
  createDecipheriv,
  hkdfSync,
  randomBytes,
  timingSafeEqual,
} from "node:crypto";
import { Refusal } from "./refusal.ts";

const MAGIC = new TextEncoder().encode("PRAXISB1");
const SALT_BYTES = 32;
const CHECK_BYTES = 16;
const HEADER_BYTES = MAGIC.length + SALT_BYTES + CHECK_BYTES;
const KEY_BYTES = 32;
const TAG_BYTES = 16;
const RECORD_BYTES = 256 * 1024;
const LENGTH_BYTES = 4;

type Bytes = Uint8Array<ArrayBuffer>;

/** @throws Refusal when `text` is not 32 bytes in base64url. */
export function readKey(text: string | undefined): Uint8Array {
  const key = Buffer.from(text ?? "", "base64url");
  if (key.length === KEY_BYTES && /^[\w-]{43}=?$/.test(text ?? "")) return key;
  throw new Refusal(
    "BACKUP_KEY must be 32 random bytes in base64url (43 characters). " +
      "`deno task backup --new-key` makes one; keep it apart from the archives.",
  );
}

export const newKey = (): string => randomBytes(KEY_BYTES).toString("base64url");

/** One key for each archive, so that counters may serve as nonces; and a mark to know it by. */
function derive(key: Uint8Array, salt: Uint8Array) {
  const bytes = Buffer.from(
    hkdfSync("sha256", key, salt, "praxis backup", KEY_BYTES + CHECK_BYTES),
  );
  return { own: bytes.subarray(0, KEY_BYTES), check: bytes.subarray(KEY_BYTES) };
}

function nonceOf(record: number, isLast: boolean): Buffer {
  const nonce = Buffer.alloc(12);
  nonce.writeBigUInt64BE(BigInt(record), 0);
  nonce.writeUInt8(isLast ? 1 : 0, 11);
  return nonce;
}

export async function* seal(
  key: Uint8Array,
  source: AsyncIterable<Uint8Array>,
): AsyncGenerator<Bytes> {
  const salt = randomBytes(SALT_BYTES);
  const { own, check } = derive(key, salt);
  const header = Buffer.concat([MAGIC, salt, check]);
  yield copy(header);
  let record = 0;
  const close = (plain: Uint8Array, isLast: boolean) => {
    const cipher = createCipheriv("aes-256-gcm", own, nonceOf(record++, isLast));
    cipher.setAAD(header);
    const sealed = Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
    const length = Buffer.alloc(LENGTH_BYTES);
    length.writeUInt32BE(sealed.length);
    return copy(Buffer.concat([length, sealed]));
  };
  let waiting = Buffer.alloc(0);
  for await (const chunk of source) {
    waiting = Buffer.concat([waiting, chunk]);
    // The last record is known by what follows it, so one is always kept back.
    while (waiting.length > RECORD_BYTES) {
      yield close(waiting.subarray(0, RECORD_BYTES), false);
      waiting = waiting.subarray(RECORD_BYTES);
    }
  }
  yield close(waiting, true);
}

/** @throws Refusal for another key, and for anything that is not exactly what was sealed. */
export async function* unseal(
  key: Uint8Array,
  source: AsyncIterable<Uint8Array>,
): AsyncGenerator<Bytes> {
  const reader = createReader(source);
  const header = await reader.take(HEADER_BYTES);
  if (!header || Buffer.compare(header.subarray(0, MAGIC.length), MAGIC) !== 0) {
    throw new Refusal("This file is not a Praxis backup.");
  }
  const { own, check } = derive(key, header.subarray(MAGIC.length, MAGIC.length + SALT_BYTES));
  if (!timingSafeEqual(check, header.subarray(MAGIC.length + SALT_BYTES))) {
    throw new Refusal("BACKUP_KEY is not the key that this archive was made with.");
  }
  for (let record = 0;; record++) {
    const prefix = await reader.take(LENGTH_BYTES);
    if (!prefix) throw cutShort();
    const length = prefix.readUInt32BE();
    if (length < TAG_BYTES || length > RECORD_BYTES + TAG_BYTES) throw changed();
    const sealed = await reader.take(length);
    if (!sealed) throw cutShort();
    const isLast = await reader.isAtEnd();
    let plain = open(own, header, sealed, record, isLast);
    // What is whole but not the last was cut off behind a record.
    if (!plain && isLast && open(own, header, sealed, record, false)) throw cutShort();
    if (!plain) throw changed();
    yield copy(plain);
    plain = undefined;
    if (isLast) return;
  }
}

function open(
  key: Uint8Array,
  header: Uint8Array,
  sealed: Buffer,
  record: number,
  isLast: boolean,
): Buffer | undefined {
  const opening = createDecipheriv("aes-256-gcm", key, nonceOf(record, isLast));
  opening.setAAD(header);
  opening.setAuthTag(sealed.subarray(-TAG_BYTES));
  const plain = opening.update(sealed.subarray(0, -TAG_BYTES));
  try {
    opening.final();
    return plain;
  } catch {
    return undefined;
  }
}

const cutShort = () =>
  new Refusal("The archive ends too early: its transfer or its disk broke off. Fetch it again.");
const changed = () =>
  new Refusal("The archive was changed after it was made. Take another copy or an older archive.");

/** Exactly so many bytes at a time. */
function createReader(source: AsyncIterable<Uint8Array>) {
  const chunks = source[Symbol.asyncIterator]();
  let waiting = Buffer.alloc(0);
  async function fill(count: number): Promise<boolean> {
    while (waiting.length < count) {
      const next = await chunks.next();
      if (next.done) return false;
      waiting = Buffer.concat([waiting, next.value]);
    }
    return true;
  }
  return {
    async take(count: number): Promise<Buffer | undefined> {
      if (!await fill(count)) return undefined;
      const taken = waiting.subarray(0, count);
      waiting = waiting.subarray(count);
      return taken;
    },
    isAtEnd: async () => !await fill(1),
  };
}

const copy = (bytes: Uint8Array): Bytes => new Uint8Array(bytes);
