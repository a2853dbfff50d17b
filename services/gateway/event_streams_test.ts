/** Events end with the session that listens, and with nothing else: over real sockets. */
import { deepEqual, equal, rejects } from "node:assert/strict";
import { after, before, describe, it } from "@std/testing/bdd";
import { whileAllowed } from "./event_streams.ts";
import { listen, openGateway, standInIdentity, until } from "./testing.ts";

const bytes = new TextEncoder();

describe("events", () => {
  let identity: Awaited<ReturnType<typeof standInIdentity>>;
  let service: ReturnType<typeof listen>;
  let gateway: ReturnType<typeof openGateway>;
  const listeners = new Set<ReadableStreamDefaultController>();

  before(async () => {
    identity = await standInIdentity();
    service = listen(() => {
      let own: ReadableStreamDefaultController;
      const events = new ReadableStream({
        start(controller) {
          listeners.add(own = controller);
          controller.enqueue(bytes.encode("data: 0\n\n"));
        },
        cancel: () => void listeners.delete(own),
      });
      return new Response(events, { headers: { "content-type": "text/event-stream" } });
    });
    gateway = openGateway({ urls: { identity: identity.url, workflow: service.url } });
    gateway.follow();
    await until(() => gateway.deps.staleSeconds() < 60);
  });
  after(() => Promise.all([gateway.close(), identity.close(), service.close()]));

  const say = (data: string) => {
    for (const listener of listeners) listener.enqueue(bytes.encode(`data: ${data}\n\n`));
  };
  async function hear(token?: string) {
    const answer = await fetch(`${gateway.url}/api/workflow/events`, {
      headers: {
        "accept-encoding": "gzip, br",
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
    });
    const reader = answer.body!.pipeThrough(new TextDecoderStream()).getReader();
    equal((await reader.read()).value, "data: 0\n\n");
    return reader;
  }

  it("end within moments of the session; others hear on, and the service is told", async () => {
    const [ended, lasting] = [await identity.token(), await identity.token()];
    const readers = await Promise.all([hear(ended.token), hear(lasting.token), hear()]);
    equal(listeners.size, 3);
    say("1");
    for (const reader of readers) equal((await reader.read()).value, "data: 1\n\n");
    identity.revoke({ kind: "session", id: ended.claims.sid, permissionVersion: null });
    let isOver: boolean | undefined;
    readers[0]!.read().then(({ done }) => isOver = done);
    await until(() => isOver === true);
    await until(() => listeners.size === 2);
    say("2");
    for (const reader of readers.slice(1)) equal((await reader.read()).value, "data: 2\n\n");
    await Promise.all(readers.map((reader) => reader.cancel()));
    await until(() => listeners.size === 0);
  });

  it("go on while nobody knows whether they may", async () => {
    const asked = Promise.withResolvers<void>();
    const { readable, writable } = new TransformStream();
    const reader = whileAllowed(readable, () => {
      asked.resolve();
      return Promise.reject(new Error("identity does not answer"));
    }).getReader();
    await asked.promise;
    const writer = writable.getWriter();
    const [heard] = await Promise.all([reader.read(), writer.write(bytes.encode("x"))]);
    deepEqual(heard.value, bytes.encode("x"));
    await Promise.all([reader.cancel(), writer.closed.catch(() => {})]);
  });

  it("that break off do not look whole", async () => {
    const broken = new ReadableStream({ pull: () => Promise.reject(new Error("gone")) });
    await rejects(whileAllowed(broken, () => Promise.resolve(true)).getReader().read());
  });
});
