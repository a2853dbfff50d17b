/** The short form: workers die while they send, and nobody is forgotten. */
import { deepEqual, equal, ok } from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { playNotificationChaos } from "./notifications.ts";

describe("killed workers of communication", () => {
  it("[8] lose nothing; a letter goes once, a text twice only after a doubt on record", async () => {
    const result = await playNotificationChaos({ notifications: 300, kills: 3 });
    deepEqual(result.wrong, []);
    equal(result.kills, 3);
    equal(Object.values(result.states).reduce((sum, count) => sum + count, 0), 300);
    // A kill meets calls under way: without a doubt on record nothing was tried here.
    ok(Object.keys(result.settled).length > 0);
  });
});
