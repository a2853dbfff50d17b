import { deepEqual, equal, rejects } from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { type Entry, pack, unpack } from "./archive.ts";
import { newKey, readKey, seal, unseal } from "./cipher.ts";

type Bytes = Uint8Array<ArrayBuffer>;
const key = readKey(newKey());
const random = (size: number) => {
  const bytes = new Uint8Array(size);
  for (let at = 0; at < size; at += 65_536) {
    crypto.getRandomValues(bytes.subarray(at, at + 65_536));
  }
  return bytes;
};
async function* of<T>(...items: T[]): AsyncGenerator<T> {
  for (const item of items) yield await Promise.resolve(item);
}
async function all(source: AsyncIterable<Uint8Array>): Promise<Bytes> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of source) chunks.push(chunk);
  return new Uint8Array(Buffer.concat(chunks));
}
const opened = (bytes: Uint8Array, with_ = key) => all(unseal(with_, of(bytes)));

describe("a sealed stream", () => {
  it("opens to what it was, whatever its length", async () => {
    for (const size of [0, 1, 262_143, 262_144, 262_145, 800_000]) {
      const plain = random(size);
      deepEqual(await opened(await all(seal(key, of(plain)))), plain, `${size} bytes`);
    }
  });

  it("refuses every truncation, also between two records", async () => {
    const sealed = await all(seal(key, of(random(600_000))));
    const record = 4 + 262_144 + 16;
    for (const length of [0, 10, 56, 58, 56 + record, 56 + 2 * record, sealed.length - 1]) {
      await rejects(opened(sealed.subarray(0, length)), /ends too early|not a Praxis backup/);
    }
  });

  it("refuses a flipped bit anywhere, swapped records and added bytes", async () => {
    const sealed = await all(seal(key, of(random(600_000))));
    const record = 4 + 262_144 + 16;
    for (const at of [9, 45, 57, 60, 70_000, 56 + record + 9, sealed.length - 1]) {
      const bad = sealed.slice();
      bad[at]! ^= 1;
      await rejects(opened(bad), { name: "Refusal" }, `byte ${at}`);
    }
    const swapped = sealed.slice();
    swapped.set(sealed.subarray(56 + record, 56 + 2 * record), 56);
    swapped.set(sealed.subarray(56, 56 + record), 56 + record);
    await rejects(opened(swapped), /was changed/);
    await rejects(opened(new Uint8Array([...sealed, 0])), { name: "Refusal" });
  });

  it("says that the key is another one", async () => {
    const sealed = await all(seal(key, of(random(10))));
    await rejects(opened(sealed, readKey(newKey())), /not the key that this archive/);
  });

  it("takes no key that is not 32 bytes", async () => {
    for (const text of [undefined, "", "short", "x".repeat(44), "!".repeat(43)]) {
      await rejects(async () => await readKey(text), /BACKUP_KEY must be 32 random bytes/);
    }
  });
});

describe("an archive", () => {
  const entry = (name: string, bytes: Uint8Array): Entry => ({ name, content: of(bytes) });

  it("gives back its entries, also those that nobody reads", async () => {
    const [one, two] = [random(200_000), random(3)];
    const heard: string[] = [];
    const bytes = await all(
      pack(key, of(entry("a", one), entry("b", two), entry("c", one)), (name) => heard.push(name)),
    );
    deepEqual(heard, ["a", "b", "c"]);
    const found: Record<string, Bytes> = {};
    const names: string[] = [];
    for await (const { name, content } of unpack(key, of(bytes))) {
      names.push(name);
      if (name !== "b") found[name] = await all(content);
    }
    deepEqual(names, ["a", "b", "c"]);
    deepEqual(found, { a: one, c: one });
  });

  it("holds nothing readable", async () => {
    const text = new TextEncoder().encode("Ada Lovelace ".repeat(1_000));
    const bytes = await all(pack(key, of(entry("patients", text)), () => {}));
    equal(Buffer.from(bytes).includes("Lovelace"), false);
    equal(Buffer.from(bytes).includes("patients"), false);
  });
});
