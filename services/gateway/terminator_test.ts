/** G9 over real sockets: the terminator that we ship closes what is slow and what is idle. */
import { equal, ok } from "node:assert/strict";
import { after, before, describe, it } from "@std/testing/bdd";
import { notice, openTerminator, options } from "./terminator_testing.ts";
import { openGateway, standInService } from "./testing.ts";

const CONNECTIONS = 2_000;
/** Longer than its own limits by far. */
const CLOSED_WITHIN_MS = 15_000;

describe(`the terminator before the gateway${notice}`, options, () => {
  let content: ReturnType<typeof standInService>;
  let gateway: ReturnType<typeof openGateway>;
  let terminator: Awaited<ReturnType<typeof openTerminator>>;
  let url: string;

  before(async () => {
    content = standInService("content");
    gateway = openGateway({
      urls: { content: content.url },
      environment: { TRUSTED_PROXIES: "127.0.0.1" },
      // A body is the gateway's to judge: it knows what pace it waits for.
      deps: {
        forwardLimits: {
          bodyBytesMax: 1_000_000,
          answerTimeoutMs: 1_000,
          uploadBytesPerSecond: 65_536,
          connectPatienceMs: 10_000,
        },
      },
    });
    terminator = await openTerminator(
      { gatewayPort: gateway.port },
      (port) => fetch(`http://127.0.0.1:${port}/health`).then((answer) => answer.text()),
    );
    url = `http://127.0.0.1:${terminator.port}`;
  });
  after(async () => {
    await terminator?.close();
    await Promise.all([gateway.close(), content.close()]);
  });

  /** Sends `text`, and resolves with what came until the other side closed. */
  async function untilClosed(text: string): Promise<string> {
    const connection = await Deno.connect({ port: terminator.port, hostname: "127.0.0.1" });
    await connection.write(new TextEncoder().encode(text));
    const buffer = new Uint8Array(4_096);
    let answer = "";
    for (;;) {
      const count = await connection.read(buffer).catch(() => null);
      if (count === null) break;
      answer += new TextDecoder().decode(buffer.subarray(0, count));
    }
    connection.close();
    return answer;
  }

  async function within<T>(promise: Promise<T>): Promise<T> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error("still open")), CLOSED_WITHIN_MS);
    });
    return await Promise.race([promise, late]).finally(() => clearTimeout(timer));
  }

  it("G9: closes a head and a body that do not come to an end", async () => {
    const head = await within(untilClosed("GET /api/content/x HTTP/1.1\r\nHost: x\r\nX-"));
    ok(head.startsWith("HTTP/1.1 408"), head);
    const lines = "POST /api/content/x HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nab";
    const body = await within(untilClosed(lines));
    ok(/^$|^HTTP\/1\.1 (400|408|5\d\d)/.test(body), body);
  });

  it(`G9: serves while ${CONNECTIONS} connections are idle or slow, and closes them all`, async () => {
    const starts = ["", "GET / HTTP/1.1\r\n", "GET /api/content/x HTTP/1.1\r\nHost: x\r\nX-A: b"];
    const all = Array.from({ length: CONNECTIONS }, (_, i) => untilClosed(starts[i % 3]!));
    for (let i = 0; i < 20; i++) {
      const answer = await within(fetch(`${url}/api/content/${i}`));
      await answer.body?.cancel();
      equal(answer.status, 200);
    }
    await within(Promise.all(all));
  });

  it("G11: tells the gateway the address that it sees, whatever a client claims", async () => {
    const headers = { "x-forwarded-for": "198.51.100.7", forwarded: "for=198.51.100.7" };
    const answer = await fetch(`${url}/api/content/x`, { headers });
    await answer.body?.cancel();
    equal(content.seen.at(-1)?.headers.get("x-forwarded-for"), "127.0.0.1");
  });
});
