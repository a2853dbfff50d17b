/** How a process that reads for the service is spoken to: over its standard input and output. */

const input = Deno.stdin.readable.getReader();
let rest = new Uint8Array(0);

/** `size` bytes of the input. Ends the process when the input does: nobody waits for an answer any more. */
export async function take(size: number): Promise<Uint8Array<ArrayBuffer>> {
  const whole = new Uint8Array(size);
  let at = 0;
  while (at < size) {
    if (rest.byteLength === 0) {
      const { done, value } = await input.read();
      if (done) Deno.exit(0);
      rest = value;
    }
    const part = rest.subarray(0, size - at);
    whole.set(part, at);
    at += part.byteLength;
    rest = rest.subarray(part.byteLength);
  }
  return whole;
}

/** Answers with its length before it. */
export async function say(answer: Uint8Array): Promise<void> {
  const length = new Uint8Array(4);
  new DataView(length.buffer).setUint32(0, answer.byteLength);
  for (const part of [length, answer]) {
    for (let at = 0; at < part.byteLength;) at += await Deno.stdout.write(part.subarray(at));
  }
}
