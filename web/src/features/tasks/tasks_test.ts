import { deepEqual } from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import type { Task } from "../../api/client.ts";
import { listOf, withHeld } from "./tasks.ts";

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
