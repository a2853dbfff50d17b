import { deepEqual, equal } from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "@std/testing/bdd";
import { createWaitingRoom } from "./waiting.ts";

describe("a room full of waiting requests", () => {
  const real = { setInterval: globalThis.setInterval, clearInterval: globalThis.clearInterval };
  let now: number;
  let events: string[];
  /** What runs now, by the id that the room was given for it. */
  let timers: Map<number, () => void>;
  let started: number;
  let room: ReturnType<typeof createWaitingRoom>;

  beforeEach(() => {
    [now, events, timers, started] = [1_000, [], new Map(), 0];
    Object.assign(globalThis, {
      setInterval: (work: () => void) => {
        timers.set(++started, work);
        return started;
      },
      clearInterval: (id: number) => void timers.delete(id),
    });
    room = createWaitingRoom(() => now);
  });
  afterEach(() => Object.assign(globalThis, real));

  const enter = (name: string, dueInMs: number) =>
    room.enter({
      dueInMs,
      onDue: () => void events.push(`${name} due`),
      onLong: () => void events.push(`${name} long`),
    });
  function lookAfter(ms: number): void {
    now += ms;
    for (const work of [...timers.values()]) work();
  }

  it("tells each when its time is up, and not before, and once", () => {
    enter("slow", 200);
    enter("quick", 100);
    lookAfter(99);
    deepEqual(events, ["slow long", "quick long"]);
    lookAfter(1);
    deepEqual(events.splice(0), ["slow long", "quick long", "quick due"]);
    lookAfter(99);
    deepEqual(events, []);
    lookAfter(1);
    lookAfter(1_000);
    deepEqual(events, ["slow due"]);
  });

  it("tells once that it takes long, however long it takes", () => {
    enter("one", 10_000);
    for (let looks = 0; looks < 5; looks++) lookAfter(50);
    deepEqual(events, ["one long"]);
  });

  it("does not call long who has only just come when it looks", () => {
    enter("one", 10_000);
    lookAfter(49);
    deepEqual(events, []);
    lookAfter(50);
    deepEqual(events, ["one long"]);
  });

  it("does not call long what is over at the first look", () => {
    const wait = enter("one", 10);
    lookAfter(50);
    deepEqual(events, ["one due"]);
    equal(wait.leave(), false);
  });

  it("counts the time anew, from the moment it is told so", () => {
    const wait = enter("one", 100);
    lookAfter(90);
    wait.extend(50);
    lookAfter(49);
    deepEqual(events, ["one long"]);
    lookAfter(1);
    deepEqual(events, ["one long", "one due"]);
  });

  it("shortens a time as well as it lengthens one", () => {
    enter("one", 1_000_000).extend(10);
    lookAfter(10);
    deepEqual(events, ["one due"]);
  });

  it("forgets who left, and says whether it had been long", () => {
    const short = enter("short", 100);
    equal(short.leave(), false);
    const long = enter("long", 100);
    lookAfter(50);
    equal(long.leave(), true);
    lookAfter(1_000);
    deepEqual(events, ["long long"]);
  });

  it("lets one leave while it is looked after, or another enter", () => {
    const other = enter("other", 100);
    room.enter({
      dueInMs: 10,
      onLong: () => {},
      onDue: () => {
        other.leave();
        enter("late", 10);
      },
    });
    const last = enter("last", 100);
    lookAfter(50);
    lookAfter(50);
    deepEqual(events.filter((event) => event.startsWith("other")), ["other long"]);
    deepEqual(events.filter((event) => event.endsWith("due")), ["last due", "late due"]);
    last.leave();
  });

  it("has one timer for all, none when nobody waits, and another for the next", () => {
    equal(timers.size, 0);
    const waits = Array.from({ length: 100 }, (_, i) => enter(`${i}`, 1_000));
    equal(timers.size, 1);
    for (const wait of waits) wait.leave();
    lookAfter(50);
    equal(timers.size, 0);
    equal(started, 1);
    enter("next", 100);
    lookAfter(100);
    deepEqual(events, ["next due"]);
    lookAfter(50);
    equal(timers.size, 0);
    equal(started, 2);
  });
});
