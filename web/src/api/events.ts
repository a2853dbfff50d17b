/** Server-sent events out of a stream of bytes, as the HTML standard (§9.2.6) reads them. */

export type ServerEvent = { id: string | undefined; type: string; data: string };

/** One block of lines; undefined when there is nothing to tell, as in a comment. */
function eventOf(block: string): ServerEvent | undefined {
  const data: string[] = [];
  let [id, type]: [string | undefined, string] = [undefined, "message"];
  for (const line of block.split("\n")) {
    const [, name, value = ""] = line.match(/^([^:]+)(?:: ?(.*))?$/) ?? [];
    if (name === "data") data.push(value);
    if (name === "id") id = value;
    if (name === "event") type = value;
  }
  return data.length === 0 ? undefined : { id, type, data: data.join("\n") };
}

export async function* readEvents(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
): AsyncGenerator<ServerEvent> {
  const reader = stream.pipeThrough(new TextDecoderStream()).getReader();
  let waiting = "";
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      // A lone CR at the end may be half of a line's end.
      waiting = (waiting + value).replace(/\r\n|\r(?!$)/g, "\n");
      const blocks = waiting.split("\n\n");
      waiting = blocks.pop()!;
      for (const block of blocks) {
        const event = eventOf(block);
        if (event) yield event;
      }
    }
  } finally {
    await reader.cancel().catch(() => {});
  }
}
