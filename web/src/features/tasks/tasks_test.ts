import { deepEqual } from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import type { Task } from "../../api/client.ts";
import { hasOwnPage, listOf, withHeld } from "./tasks.ts";
import { latestOf, localOf } from "./times.ts";

const task = (id: string, state: Task["state"] = "open") => ({ id, state }) as Task;

describe("a list of tasks", () => {
  it("keeps the one that somebody writes about, although others took it", () => {
    const ids = withHeld([task("b"), task("c")], [task("a"), task("b")]).map(({ id }) => id);
    deepEqual(ids, ["a", "b", "c"]);
  });

  it("is the one in which it was begun", () => {
    deepEqual([listOf(task("a")), listOf(task("a", "claimed"))], ["open", "mine"]);
  });
});

describe("a task", () => {
  const plain = { runId: null, form: null, outcomes: [], isFourEyes: false };
  it("has a page of its own when it asks for more than a few words", () => {
    deepEqual(
      [
        plain,
        { ...plain, runId: "r" },
        { ...plain, outcomes: ["a"] },
        { ...plain, form: {} },
        { ...plain, isFourEyes: true },
      ].map(hasOwnPage),
      [false, true, true, true, true],
    );
  });

  it("is put off by an hour, and never until after it is due", () => {
    const now = Date.UTC(2026, 0, 5, 12, 0, 30);
    deepEqual(latestOf("2026-01-06T12:00:00Z", now) - now, 3_600_000);
    deepEqual(latestOf("2026-01-05T12:20:50Z", now), Date.UTC(2026, 0, 5, 12, 20));
    deepEqual(localOf(new Date(2026, 0, 5, 7, 3, 59).getTime()), "2026-01-05T07:03");
  });
});
