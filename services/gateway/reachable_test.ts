import { equal } from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { openGateway } from "./testing.ts";

const PATIENCE_MS = 100;
const forwardLimits = {
  bodyBytesMax: 1024,
  // Longer than any test may take: nothing here ends by it.
  answerTimeoutMs: 600_000,
  uploadBytesPerSecond: 1024,
  connectPatienceMs: PATIENCE_MS,
};

/** A port whose queue is full: the kernel drops whoever knocks now, as a dead network does. */
async function openSwallower() {
  const listener = Deno.listen({ port: 0, hostname: "127.0.0.1", tcpBacklog: 1 });
  const { port } = listener.addr;
  const waiting: Deno.Conn[] = [];
  for (;;) {
    const signal = AbortSignal.timeout(PATIENCE_MS);
    const one = await Deno.connect({ port, hostname: "127.0.0.1", signal }).catch(() => undefined);
    if (!one) break;
    waiting.push(one);
  }
  return {
    url: `http://127.0.0.1:${port}`,
    close() {
      for (const connection of waiting) connection.close();
      listener.close();
    },
  };
}

describe("a service that swallows every packet", () => {
  for (const method of ["GET", "POST"]) {
    it(`is given up long before its time is up: ${method}`, async () => {
      const lost = await openSwallower();
      const gateway = openGateway({ urls: { content: lost.url }, deps: { forwardLimits } });
      try {
        const answer = await fetch(`${gateway.url}/api/content/documents`, { method });
        equal(answer.status, 503);
        equal(answer.headers.get("retry-after"), "1");
        equal((await answer.json()).detail, undefined);
      } finally {
        await gateway.close();
        lost.close();
      }
    });
  }

  it("is told from one that takes its time: that one may", async () => {
    let connections = 0;
    const asked = Promise.withResolvers<void>();
    const listener = Deno.listen({ port: 0, hostname: "127.0.0.1" });
    (async () => {
      for await (const connection of listener) {
        const isSecond = ++connections === 2;
        if (isSecond) asked.resolve();
        else answerLate(connection, asked.promise);
      }
    })();
    const url = `http://127.0.0.1:${listener.addr.port}`;
    const gateway = openGateway({ urls: { content: url }, deps: { forwardLimits } });
    try {
      const answer = await fetch(`${gateway.url}/api/content/documents`);
      equal(await answer.text(), "late");
    } finally {
      await gateway.close();
      listener.close();
    }
  });
});

/** Answers only after somebody has looked whether we are there. */
async function answerLate(connection: Deno.Conn, looked: Promise<void>): Promise<void> {
  await connection.read(new Uint8Array(4_096));
  await looked;
  const text = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\nConnection: close\r\n\r\nlate";
  await connection.write(new TextEncoder().encode(text));
  connection.close();
}
