/** Four services die, one after another, on a whole platform: what does not need them goes on. */
import { equal, ok } from "node:assert/strict";
import { after, before, describe, it } from "@std/testing/bdd";
import { type Platform, startPlatform } from "@praxis/local/platform";
import { findFreeOffset } from "@praxis/local/stand-ins";
import { type SignedIn, signIn } from "@praxis/tools/client";

const EMAIL = "physician@demo.praxis.test";

describe("a platform of which one service is dead", () => {
  let dataDir: string;
  let platform: Platform;
  let physician: SignedIn;

  before(async () => {
    dataDir = await Deno.makeTempDir({ prefix: "praxis-isolation-" });
    platform = await startPlatform({
      dataDir,
      portOffset: findFreeOffset(),
      mode: "test",
      watch: false,
      readyLimitMs: 120_000,
    });
    physician = await signIn(platform.url, EMAIL);
    for (const path of Object.values(PATHS)) equal(await statusOf(path), 200, path);
  });
  after(async () => {
    await platform?.stop();
    await Deno.remove(dataDir, { recursive: true });
  });

  const PATHS = {
    identity: "/api/identity/users/me",
    content: "/api/content/documents",
    communication: "/api/communication/notifications",
    workflow: "/api/workflow/tasks",
    practice: "/api/practice/patients?q=a",
  };
  async function statusOf(path: string, init: RequestInit = {}): Promise<number> {
    const answer = await physician.request(path, init);
    await answer.body?.cancel();
    return answer.status;
  }
  /** The dead one's own prefix is 503; every other still answers 200. */
  async function expectOnly(dead: keyof typeof PATHS): Promise<void> {
    for (const [name, path] of Object.entries(PATHS)) {
      equal(await statusOf(path), name === dead ? 503 : 200, `${name} while ${dead} is dead`);
    }
  }
  async function without(name: keyof typeof PATHS, work: () => Promise<void>): Promise<void> {
    await platform.kill(name);
    try {
      await work();
    } finally {
      await platform.restart(name);
    }
  }
  const file = () => ({
    name: "note.txt",
    bytes: new TextEncoder().encode(`A note, ${crypto.randomUUID()}.`),
  });

  it("content down: sign-in works", () =>
    without("content", async () => {
      await expectOnly("content");
      ok((await signIn(platform.url, EMAIL)).accessToken);
    }));

  it("communication down: documents work", () =>
    without("communication", async () => {
      await expectOnly("communication");
      const { id } = await physician.upload(file());
      equal(await statusOf(`/api/content/documents/${id}/content`), 200);
    }));

  it("workflow down: the rest works", () =>
    without("workflow", async () => {
      await expectOnly("workflow");
      ok((await physician.upload(file())).id);
      ok((await signIn(platform.url, EMAIL)).accessToken);
    }));

  it("identity down: signed-in people go on reading", () =>
    without("identity", async () => {
      await expectOnly("identity");
      equal((await fetch(`${platform.url}/ready`)).status, 200);
    }));
});
