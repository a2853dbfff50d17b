import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import { createHash } from "node:crypto";
import { after, before, describe, it } from "@std/testing/bdd";
import { requestRaw, writeAll } from "./raw_testing.ts";
import { listen, openGateway, until } from "./testing.ts";

const KIB = 1024;
const MIB = 1024 * KIB;
const LIMIT = 60 * MIB;

const text = new TextEncoder();

/** Something one side does and the other waits for. */
const signal = () => Promise.withResolvers<void>();

/** A service whose answers the tests hold in their hands. */
function openService() {
  const seen = {
    bytes: 0,
    digest: "",
    isBroken: false,
    isCancelled: false,
    isHungUp: false,
    headers: new Headers(),
  };
  const release = { current: signal() };
  const server = listen(async (request) => {
    Object.assign(seen, { bytes: 0, digest: "", isBroken: false, headers: request.headers });
    switch (new URL(request.url).pathname) {
      case "/api/content/upload": {
        const hash = createHash("sha256");
        try {
          for await (const chunk of request.body ?? []) {
            seen.bytes += chunk.byteLength;
            hash.update(chunk);
          }
        } catch {
          seen.isBroken = true;
          return new Response(null, { status: 400 });
        }
        seen.digest = hash.digest("hex");
        return Response.json({ bytes: seen.bytes });
      }
      case "/api/content/refuse":
        return new Response("not that", { status: 415 });
      case "/api/content/hang":
        request.signal.addEventListener("abort", () => seen.isHungUp = true);
        await release.current.promise;
        return new Response("late");
      case "/api/content/events":
        return new Response(
          new ReadableStream({
            async start(controller) {
              controller.enqueue(text.encode("data: first\n\n"));
              await release.current.promise;
              if (seen.isCancelled) return;
              controller.enqueue(text.encode("data: last\n\n"));
              controller.close();
            },
            cancel: () => void (seen.isCancelled = true),
          }),
          { headers: { "content-type": "text/event-stream" } },
        );
      default:
        return new Response(null, { status: 404 });
    }
  });
  return { ...server, seen, release };
}

describe("forwarding", () => {
  let service: ReturnType<typeof openService>;
  let gateway: ReturnType<typeof openGateway>;
  const connect = () => Deno.connect({ port: gateway.port, hostname: "127.0.0.1" });

  before(() => {
    service = openService();
    gateway = openGateway({
      urls: { content: service.url },
      deps: {
        forwardLimits: {
          bodyBytesMax: LIMIT,
          answerTimeoutMs: 30_000,
          uploadBytesPerSecond: 64 * KIB,
          connectPatienceMs: 10_000,
        },
      },
    });
  });
  after(() => Promise.all([gateway.close(), service.close()]));

  const head = (path: string, framing: string, host = "Host: h") =>
    text.encode(`POST /api/content/${path} HTTP/1.1\r\n${host}\r\n${framing}\r\n\r\n`);
  const chunked = (bytes: Uint8Array) => [
    text.encode(`${bytes.length.toString(16)}\r\n`),
    bytes,
    text.encode("\r\n"),
  ];

  async function statusOf(connection: Deno.Conn): Promise<number> {
    const buffer = new Uint8Array(KIB);
    const count = await connection.read(buffer);
    ok(count !== null, "no answer");
    return Number(new TextDecoder().decode(buffer.subarray(0, count)).split(" ")[1]);
  }

  const piece = crypto.getRandomValues(new Uint8Array(64 * KIB));
  const pieces = 50 * MIB / piece.length;
  const digest = createHash("sha256");
  for (let i = 0; i < pieces; i++) digest.update(piece);
  const expected = digest.digest("hex");

  for (const framing of [`Content-Length: ${50 * MIB}`, "Transfer-Encoding: chunked"]) {
    it(`streams an upload of 50 MiB with ${framing}`, async () => {
      using connection = await connect();
      const isChunked = framing.startsWith("T");
      const send = async (bytes: Uint8Array) => {
        for (const part of isChunked ? chunked(bytes) : [bytes]) await writeAll(connection, part);
      };
      await writeAll(connection, head("upload", framing));
      await send(piece);
      // The service has the beginning while the rest does not exist yet.
      await until(() => service.seen.bytes === piece.length);
      for (let i = 1; i < pieces; i++) await send(piece);
      if (isChunked) await writeAll(connection, text.encode("0\r\n\r\n"));
      equal(await statusOf(connection), 200);
      deepEqual([service.seen.bytes, service.seen.digest], [50 * MIB, expected]);
      equal(service.seen.headers.get("content-length"), isChunked ? null : String(50 * MIB));
    });
  }

  it("cuts a chunked body beyond the limit with 413", async () => {
    using connection = await connect();
    await writeAll(connection, head("upload", "Transfer-Encoding: chunked"));
    const writing = (async () => {
      for (let sent = 0; sent < LIMIT + 10 * MIB; sent += piece.length) {
        for (const part of chunked(piece)) await writeAll(connection, part);
      }
    })().catch(() => {});
    equal(await statusOf(connection), 413);
    await until(() => service.seen.isBroken);
    ok(service.seen.bytes <= LIMIT);
    connection.close();
    await writing;
  });

  it("hands on a refusal that comes before the body has been sent", async () => {
    const body = new Uint8Array(20 * MIB);
    const response = await fetch(`${gateway.url}/api/content/refuse`, { method: "POST", body });
    equal(response.status, 415);
    equal(await response.text(), "not that");
  });

  it("sends no body where there was none", async () => {
    equal((await requestRaw(gateway.port, "POST /api/content/upload")).body, '{"bytes":0}');
    const none = ["Content-Length: 0"];
    equal((await requestRaw(gateway.port, "POST /api/content/upload", none)).body, '{"bytes":0}');
    equal((await requestRaw(gateway.port, "DELETE /api/content/upload")).body, '{"bytes":0}');
  });

  it("passes events while they happen", async () => {
    service.release.current = signal();
    const response = await fetch(`${gateway.url}/api/content/events`);
    const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
    deepEqual(await reader.read(), { done: false, value: "data: first\n\n" });
    service.release.current.resolve();
    deepEqual(await reader.read(), { done: false, value: "data: last\n\n" });
    equal((await reader.read()).done, true);
  });

  it("tells the service when a client leaves a stream", async () => {
    service.release.current = signal();
    service.seen.isCancelled = false;
    const leaving = new AbortController();
    const response = await fetch(`${gateway.url}/api/content/events`, { signal: leaving.signal });
    await response.body!.getReader().read();
    leaving.abort();
    await until(() => service.seen.isCancelled);
    service.release.current.resolve();
  });

  it("tells the service when a client does not wait for the answer", async () => {
    service.release.current = signal();
    Object.assign(service.seen, { isHungUp: false, headers: new Headers() });
    const connection = await connect();
    await writeAll(connection, text.encode("GET /api/content/hang HTTP/1.1\r\nHost: h\r\n\r\n"));
    await until(() => service.seen.headers.get("x-forwarded-for") !== null);
    connection.close();
    await until(() => service.seen.isHungUp);
    service.release.current.resolve();
  });

  for (const framing of ["Content-Length: 5000000", "Transfer-Encoding: chunked"]) {
    it(`tells the service when an upload with ${framing} breaks off, and goes on`, async () => {
      const connection = await connect();
      await writeAll(connection, head("upload", framing));
      const parts = framing.startsWith("T") ? chunked(piece) : [piece];
      for (const part of parts) await writeAll(connection, part);
      await until(() => service.seen.bytes === piece.length);
      connection.close();
      await until(() => service.seen.isBroken);
      equal((await requestRaw(gateway.port, "POST /api/content/upload")).status, 200);
    });
  }

  it("does not pass broken chunks off as a body", async () => {
    using connection = await connect();
    await writeAll(connection, head("upload", "Transfer-Encoding: chunked"));
    for (const part of chunked(piece)) await writeAll(connection, part);
    await until(() => service.seen.bytes === piece.length);
    await writeAll(connection, text.encode("zz\r\nnot a chunk"));
    await until(() => service.seen.isBroken);
  });
});

describe("forwarding to a bad service", () => {
  const limits = {
    bodyBytesMax: LIMIT,
    answerTimeoutMs: 100,
    uploadBytesPerSecond: KIB,
    connectPatienceMs: 10_000,
  };

  it("gives up on one that does not answer, but not while an upload may still come", async () => {
    const release = signal();
    const service = listen(async (request) => {
      if (request.method === "POST") return new Response(await request.text());
      await release.promise;
      return new Response(null);
    });
    const gateway = openGateway({
      urls: { content: service.url },
      deps: { forwardLimits: limits },
    });
    try {
      const response = await fetch(`${gateway.url}/api/content/x`);
      equal(response.status, 503);
      equal(response.headers.get("retry-after"), "1");
      equal((await response.json()).type, "/problems/unavailable");

      using connection = await Deno.connect({ port: gateway.port, hostname: "127.0.0.1" });
      const size = 100 * KIB;
      const line = `POST /api/content/x HTTP/1.1\r\nHost: h\r\nContent-Length: ${size}\r\n\r\n`;
      await writeAll(connection, text.encode(line));
      // Longer than an answer may take: that this time passes is what is tested.
      await new Promise((resolve) => setTimeout(resolve, 3 * limits.answerTimeoutMs));
      await writeAll(connection, new Uint8Array(size));
      const buffer = new Uint8Array(100);
      const count = await connection.read(buffer);
      const answer = new TextDecoder().decode(buffer.subarray(0, count ?? 0));
      ok(answer.startsWith("HTTP/1.1 200"), answer);
    } finally {
      release.resolve();
      await Promise.all([gateway.close(), service.close()]);
    }
  });

  it("does not make a broken answer look whole", async () => {
    const service = listen(() => {
      const body = new ReadableStream({
        start: (controller) => controller.enqueue(text.encode("half")),
        pull: () => Promise.reject(new Error("the disk is gone")),
      });
      return new Response(body, { headers: { "content-length": "8" } });
    });
    const gateway = openGateway({ urls: { content: service.url } });
    try {
      const response = await fetch(`${gateway.url}/api/content/x`);
      equal(response.status, 200);
      await rejects(response.text());
    } finally {
      await Promise.all([gateway.close(), service.close()]);
    }
  });

  it("answers 503 when the connection breaks before an answer", async () => {
    const listener = Deno.listen({ port: 0, hostname: "127.0.0.1" });
    const breaking = (async () => {
      for await (const connection of listener) {
        await connection.read(new Uint8Array(KIB));
        connection.close();
      }
    })();
    const url = `http://127.0.0.1:${listener.addr.port}`;
    const gateway = openGateway({ urls: { content: url } });
    try {
      const response = await fetch(`${gateway.url}/api/content/x`);
      equal(response.status, 503);
      const { detail } = await response.json();
      equal(detail, "The service broke off.");
    } finally {
      listener.close();
      await breaking;
      await gateway.close();
    }
  });
});
