import { deepEqual, equal, rejects } from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import type { ServerEvent } from "../../api/events.ts";
import { Problem, Unreachable } from "../../api/problem.ts";
import { follow } from "./progress.ts";

/** A platform that answers each request with the next of `answers`, and says what was asked. */
function platform(answers: (ServerEvent | Error)[][]) {
  const asked: (string | undefined)[] = [];
  const client = {
    async *events(_address: string, { after }: { after?: string | undefined }) {
      asked.push(after);
      for (const each of answers.shift() ?? []) {
        if (each instanceof Error) throw each;
        yield await Promise.resolve(each);
      }
    },
  };
  return { asked, client };
}
const history = (id: string): ServerEvent => ({ id, type: "history", data: "{}" });
const over: ServerEvent = { id: undefined, type: "run", data: "{}" };

describe("following a run", () => {
  it("goes on where it was cut off, and ends with the run", async () => {
    const { asked, client } = platform([
      [history("1"), history("2"), new Unreachable()],
      [],
      [history("3"), over],
    ]);
    const news: boolean[] = [];
    let pauses = 0;
    await follow(client as never, "x", {
      onNews: (isOver) => news.push(isOver),
      pause: () => Promise.resolve(void pauses++),
      signal: new AbortController().signal,
    });
    deepEqual(asked, [undefined, "2", "2"]);
    deepEqual(news, [false, false, false, true]);
    equal(pauses, 2);
  });

  it("does not ask again for what was refused", async () => {
    const { asked, client } = platform([[new Problem(403, "forbidden")]]);
    const { signal } = new AbortController();
    const pause = () => Promise.resolve();
    await rejects(follow(client as never, "x", { onNews: () => {}, pause, signal }), Problem);
    equal(asked.length, 1);
  });

  it("ends when nobody looks any more", async () => {
    const stop = new AbortController();
    const { asked, client } = platform([[history("1")]]);
    const pause = () => Promise.resolve(stop.abort());
    await follow(client as never, "x", { onNews: () => {}, pause, signal: stop.signal });
    equal(asked.length, 1);
  });
});
