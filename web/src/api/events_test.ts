import { deepEqual } from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { readEvents, type ServerEvent } from "./events.ts";

async function read(...chunks: string[]): Promise<ServerEvent[]> {
  const encoder = new TextEncoder();
  const stream = ReadableStream.from(chunks.map((chunk) => encoder.encode(chunk)));
  const events: ServerEvent[] = [];
  for await (const event of readEvents(stream)) events.push(event);
  return events;
}

describe("server-sent events", () => {
  it("are read with their ids and types, wherever the stream was cut", async () => {
    const whole = 'id: 7\nevent: history\ndata: {"a":1}\n\nevent: run\ndata: x\ndata: y\n\n';
    const expected = [
      { id: "7", type: "history", data: '{"a":1}' },
      { id: undefined, type: "run", data: "x\ny" },
    ];
    deepEqual(await read(whole), expected);
    deepEqual(await read(...whole), expected);
    deepEqual(await read(...whole.replaceAll("\n", "\r\n")), expected);
  });

  it("leave out comments, and what was not finished", async () => {
    deepEqual(await read(": still here\n\n", "data: half"), []);
  });
});
