/** Bodies that do not come, and services that do not answer: each is told apart, over real sockets. */
import { deepEqual, equal, ok } from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { requestRaw, writeAll } from "./raw_testing.ts";
import { listen, openGateway, until } from "./testing.ts";

const KIB = 1024;
const LIMITS = {
  bodyBytesMax: 64 * 1024 * KIB,
  answerTimeoutMs: 100,
  uploadBytesPerSecond: 1024 * KIB,
  connectPatienceMs: 10_000,
};
/** More than the breaker lets an instance fail. */
const CLIENTS = 12;

type Handler = (request: Request) => Response | Promise<Response>;

async function withGateway(
  handler: Handler,
  work: (gateway: ReturnType<typeof openGateway>, asked: () => number) => Promise<void>,
  limits = LIMITS,
) {
  let asked = 0;
  const service = listen((request) => {
    if (new URL(request.url).pathname === "/ready") return Response.json({ status: "ready" });
    asked++;
    return handler(request);
  });
  const gateway = openGateway({
    urls: { content: service.url },
    deps: { forwardLimits: limits },
  });
  try {
    await work(gateway, () => asked);
  } finally {
    await Promise.all([gateway.close(), service.close()]);
  }
}

const read: Handler = async (request) => {
  const body = await request.text().catch(() => undefined);
  return body === undefined ? new Response(null, { status: 400 }) : new Response(body);
};
const never: Handler = () => new Promise<Response>(() => {});

const post = (port: number, framing: string, body = "") =>
  requestRaw(port, "POST /api/content/x", [framing], body);

describe("a body that stalls", () => {
  for (
    const [name, framing, isSeen] of [
      ["a short one", "Content-Length: 9", false],
      ["one of no known length", "Transfer-Encoding: chunked", true],
    ] as const
  ) {
    it(`${name}: 408, and the service is not thought ill`, () =>
      withGateway(read, async (gateway, asked) => {
        const part = isSeen ? "2\r\nab\r\n" : "ab";
        const answers = await Promise.all(
          Array.from({ length: CLIENTS }, () => post(gateway.port, framing, part)),
        );
        deepEqual(answers.map(({ status }) => status), answers.map(() => 408));
        equal(JSON.parse(answers[0]!.body).type, "/problems/request-timeout");
        equal(asked(), isSeen ? CLIENTS : 0);
        equal((await post(gateway.port, "Content-Length: 2", "ab")).body, "ab");
      }));
  }

  it("a long one of known length: 503, for nobody knows; nor is the service thought ill", () =>
    withGateway(read, async (gateway) => {
      const answers = await Promise.all(
        Array.from(
          { length: CLIENTS },
          () => post(gateway.port, `Content-Length: ${100 * KIB}`, "ab"),
        ),
      );
      deepEqual(answers.map(({ status }) => status), answers.map(() => 503));
      equal((await post(gateway.port, "Content-Length: 2", "ab")).body, "ab");
    }));
});

describe("a service that does not answer", () => {
  for (
    const [name, framing, body] of [
      ["a short body", "Content-Length: 2", "ab"],
      ["chunks that have all come", "Transfer-Encoding: chunked", "2\r\nab\r\n0\r\n\r\n"],
    ] as const
  ) {
    it(`is the one to blame after ${name}: 503, and it is left alone`, () =>
      withGateway(never, async (gateway, asked) => {
        for (let i = 0; i < CLIENTS; i++) {
          equal((await post(gateway.port, framing, body)).status, 503);
        }
        await until(() => asked() > 0);
        ok(asked() < CLIENTS, `${asked()}`);
      }));
  }

  it("is the one to blame when it does not read what a client goes on sending", () =>
    withGateway(never, async (gateway) => {
      const chunk = `10000\r\n${"x".repeat(64 * KIB)}\r\n`;
      // More than all sockets on the way have room for.
      const body = chunk.repeat(32 * 1024 / 64);
      equal((await post(gateway.port, "Transfer-Encoding: chunked", body)).status, 503);
    }));
});

describe("a client that sends little by little", () => {
  const bytes = new TextEncoder();
  const connectTo = ({ port }: { port: number }) => Deno.connect({ port, hostname: "127.0.0.1" });

  it("is not waited for without end, though each chunk comes in time", async () => {
    let heard = Promise.withResolvers<void>();
    let chunks = 0;
    const count = async (request: Request) => {
      for await (const _ of request.body!) {
        chunks++;
        heard.resolve();
      }
      return new Response("all");
    };
    await withGateway(
      (request) => count(request).catch(() => new Response()),
      async (gateway) => {
        using connection = await connectTo(gateway);
        const head =
          "POST /api/content/x HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n";
        await writeAll(connection, bytes.encode(head));
        const buffer = new Uint8Array(KIB);
        const answer = connection.read(buffer);
        const isAnswered = answer.then(() => true);
        // Each goes when the one before has come, in no time; all together take longer than allowed.
        for (let sent = 0; sent < 20_000; sent++) {
          heard = Promise.withResolvers();
          await writeAll(connection, bytes.encode("1\r\na\r\n")).catch(() => {});
          if (await Promise.race([isAnswered, heard.promise])) break;
        }
        await writeAll(connection, bytes.encode("0\r\n\r\n")).catch(() => {});
        const text = new TextDecoder().decode(buffer.subarray(0, await answer ?? 0));
        ok(text.startsWith("HTTP/1.1 408"), `${text.split("\r\n")[0]} after ${chunks}`);
        ok(chunks > 1, `${chunks}`);
      },
      { ...LIMITS, answerTimeoutMs: 1_000 },
    );
  });

  it("keeps nobody else out, though its upload is what a service that was ill is tried with", async () => {
    let isWell = false;
    const tried = Promise.withResolvers<true>();
    const handler: Handler = (request) => {
      if (!isWell) return never(request);
      if (request.method === "POST") tried.resolve(true);
      return read(request);
    };
    await withGateway(handler, async (gateway) => {
      const uploads: Deno.TcpConn[] = [];
      try {
        for (let i = 0; i < CLIENTS; i++) await post(gateway.port, "Content-Length: 2", "ab");
        isWell = true;
        const head = `POST /api/content/x HTTP/1.1\r\nHost: h\r\nContent-Length: ${
          60 * 1024 * KIB
        }\r\n\r\nab`;
        await until(async () => {
          const upload = await connectTo(gateway);
          uploads.push(upload);
          await writeAll(upload, bytes.encode(head));
          const refused = upload.read(new Uint8Array(KIB)).then(() => false, () => false);
          return await Promise.race([tried.promise, refused]);
        });
        await until(async () =>
          (await requestRaw(gateway.port, "GET /api/content/x")).status === 200
        );
      } finally {
        for (const upload of uploads) upload.close();
      }
    });
  });
});
