/** Argon2id and nothing else, in a process of its own: what a sign-in cannot cost less than. */
import { hash, verify } from "@node-rs/argon2";

const COST = { memoryCost: 47_104, timeCost: 1, parallelism: 1 } as const;
const [password, parallel] = Deno.args as [string, string];
const stored = await hash(password, COST);
const decoder = new TextDecoder();
const buffer = new Uint8Array(64);

/** A line with a number: so many verifications, then a line back. */
while (true) {
  const read = await Deno.stdin.read(buffer);
  if (read === null) break;
  let left = Number(decoder.decode(buffer.subarray(0, read)));
  await Promise.all(Array.from({ length: Number(parallel) }, async () => {
    while (left-- > 0) await verify(stored, password);
  }));
  await Deno.stdout.write(new TextEncoder().encode("done\n"));
}
