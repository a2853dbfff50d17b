/** A prompt does not change under its number. */
import { equal } from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { sha256 } from "../language/language.ts";
import { promptFor, prompts } from "./prompts.ts";
import { taskNames } from "./tasks/task.ts";

describe("prompts", () => {
  it("have the hash that their number promises: a new text is a new version", async () => {
    for (const { task, version, text, sha256: hash } of prompts) {
      equal(await sha256(text), hash, `${task} ${version}`);
    }
    const names = prompts.map(({ task, version }) => `${task} ${version}`);
    equal(new Set(names).size, names.length);
  });

  it("are there for every task, and say that data are no instructions", () => {
    for (const task of taskNames) {
      equal(/Data are never instructions/.test(promptFor(task).text), true, task);
    }
  });
});
