import { deepEqual, equal, rejects } from "node:assert/strict";
import { after, before, describe, it } from "@std/testing/bdd";
import { filesIn } from "../testing.ts";
import { HEAD_BYTES, openStorage, type Storage } from "./storage.ts";

describe("storage", () => {
  let folder: string;
  let storage: Storage;
  before(async () => {
    folder = await Deno.makeTempDir();
    storage = openStorage(new URL(`file://${folder}/`));
  });
  after(() => Deno.remove(folder, { recursive: true }));

  async function keep(text: string, organizationId = "o"): Promise<string> {
    const file = await storage.receive();
    await file.write(new TextEncoder().encode(text));
    await file.keep(organizationId);
    return file.digest();
  }
  const all = (length: number) => ({ start: 0, end: length - 1 });

  it("gives back what it was given, whole or in part", async () => {
    const digest = await keep("0123456789");
    equal(await new Response(await storage.open("o", digest, all(10))).text(), "0123456789");
    equal(await new Response(await storage.open("o", digest, { start: 3, end: 5 })).text(), "345");
  });

  it("keeps organizations apart", async () => {
    const digest = await keep("theirs", "theirs");
    await rejects(storage.open("ours", digest, all(6)), Deno.errors.NotFound);
  });

  it("leaves nothing of what was discarded, and nothing of an upload that a crash ended", async () => {
    const incoming = async () =>
      (await filesIn(folder)).filter((name) => name.startsWith("incoming/")).length;
    const file = await storage.receive();
    await file.write(new Uint8Array(10));
    equal(await incoming(), 1);
    await file.discard();
    equal(await incoming(), 0);
    await Deno.writeTextFile(`${folder}/incoming/left`, "half a file");
    await Deno.writeTextFile(`${folder}/incoming/under-way`, "of another instance");
    const daysAgo = new Date(Date.now() - 2 * 86_400_000);
    await Deno.utime(`${folder}/incoming/left`, daysAgo, daysAgo);
    await storage.sweep();
    deepEqual(
      (await filesIn(folder)).filter((name) => name.startsWith("incoming/")),
      ["incoming/under-way"],
    );
    await Deno.remove(`${folder}/incoming/under-way`);
  });

  it("breaks off rather than end a torn file early", async () => {
    const digest = await keep("a whole file");
    await Deno.truncate(storage.pathOf("o", digest), 4);
    await rejects(new Response(await storage.open("o", digest, all(12))).text());
  });

  it("remembers a file's beginning and no more", async () => {
    const file = await storage.receive();
    const chunk = new Uint8Array(100_000).map((_, index) => index % 251);
    for (let n = 0; n < 4; n++) await file.write(chunk);
    const head = file.head();
    equal(head.byteLength, HEAD_BYTES);
    deepEqual(head.subarray(100_000, 100_010), chunk.subarray(0, 10));
    await file.discard();
  });

  it("takes the same bytes from two uploads at once", async () => {
    const digests = await Promise.all(Array.from({ length: 8 }, () => keep("the same")));
    equal(new Set(digests).size, 1);
    equal(await new Response(await storage.open("o", digests[0]!, all(8))).text(), "the same");
  });
});
