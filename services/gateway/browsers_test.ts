/** HTTP/2 as browsers speak it, over TLS through the terminator to the gateway. */
import { deepEqual, equal, ok } from "node:assert/strict";
import { connect } from "node:http2";
import { after, before, describe, it } from "@std/testing/bdd";
import { openAuthority } from "../../deploy/pki/authority.ts";
import {
  CANCEL,
  frame,
  HEADERS,
  lengthOf,
  PREFACE,
  request,
  RST_STREAM,
  SETTINGS,
} from "./http2_testing.ts";
import { notice, openTerminator, options } from "./terminator_testing.ts";
import { listen, openGateway, until } from "./testing.ts";

/** As many as HAProxy lets one connection have, and browsers expect. */
const STREAMS = 100;
const RESETS = 2_000;
/** What is silent for longer is closed, unless an answer is under way. */
const IDLE_TIMEOUT_MS = 1_000;

const bytes = new TextEncoder();

/** A service whose answers the tests hold in their hands. */
function openService() {
  const work = { begun: 0, ended: 0 };
  const seen: { path: string; body: string; headers: Headers }[] = [];
  const gate = { current: Promise.withResolvers<void>() };
  let arrived = 0;
  const server = listen(async (request) => {
    const path = new URL(request.url).pathname;
    if (path === "/ready") return Response.json({ status: "ready" });
    if (path.startsWith("/api/content/together/")) {
      if (++arrived === STREAMS) gate.current.resolve();
      await gate.current.promise;
      return new Response(path);
    }
    if (path === "/api/content/hang") {
      work.begun++;
      const ended = Promise.withResolvers<void>();
      request.signal.addEventListener("abort", () => ended.resolve());
      await ended.promise;
      work.ended++;
      return new Response("late");
    }
    if (path === "/api/content/events") {
      const body = new ReadableStream({
        async start(controller) {
          controller.enqueue(bytes.encode("data: first\n\n"));
          await gate.current.promise;
          controller.enqueue(bytes.encode("data: last\n\n"));
          controller.close();
        },
      });
      return new Response(body, { headers: { "content-type": "text/event-stream" } });
    }
    seen.push({ path, body: await request.text(), headers: request.headers });
    return Response.json({ path });
  });
  return { ...server, work, seen, gate };
}

describe(`a browser that speaks HTTP/2${notice}`, options, () => {
  let folder: string;
  let ca: string;
  let service: ReturnType<typeof openService>;
  let gateway: ReturnType<typeof openGateway>;
  let terminator: Awaited<ReturnType<typeof openTerminator>>;
  let session: ReturnType<typeof connect>;

  before(async () => {
    folder = await Deno.makeTempDir({ prefix: "praxis-browsers-" });
    const authority = await openAuthority(folder);
    ca = authority.certificate;
    const certificate = `${folder}/browsers.pem`;
    await Deno.writeTextFile(
      certificate,
      await authority.issue("browsers", { dns: ["localhost"] }),
    );
    service = openService();
    gateway = openGateway({
      urls: { content: service.url },
      environment: { TRUSTED_PROXIES: "127.0.0.1", RATE_LIMIT_ADDRESS: "100000/100000" },
    });
    using client = Deno.createHttpClient({ caCerts: [ca] });
    terminator = await openTerminator(
      { gatewayPort: gateway.port, certificate, idleTimeout: `${IDLE_TIMEOUT_MS}ms` },
      (port) => fetch(`https://localhost:${port}/health`, { client }).then((r) => r.text()),
    );
  });
  after(async () => {
    session?.destroy();
    await terminator?.close();
    await Promise.all([gateway.close(), service.close()]);
    await Deno.remove(folder, { recursive: true });
  });

  /** One connection for all, opened again when it was closed for its silence. */
  async function connected(): Promise<typeof session> {
    if (session && !session.closed && !session.destroyed) return session;
    session = connect(`https://localhost:${terminator.port}`, { ca });
    session.on("error", () => {});
    await new Promise((resolve) => session.once("remoteSettings", resolve));
    return session;
  }
  type Answer = { status: number; headers: Record<string, unknown>; text: string };
  async function ask(
    path: string,
    headers: Record<string, string> = {},
    body?: string,
    onText: (text: string) => void = () => {},
  ): Promise<Answer> {
    const request = (await connected()).request(
      { ":path": path, ...(body === undefined ? {} : { ":method": "POST" }), ...headers },
      { endStream: body === undefined },
    );
    return await new Promise((resolve, reject) => {
      const answer: Answer = { status: 0, headers: {}, text: "" };
      request.on("response", (head) => {
        answer.status = Number(head[":status"]);
        answer.headers = { ...head };
      });
      request.setEncoding("utf8");
      request.on("data", (text: string) => {
        answer.text += text;
        onText(answer.text);
      });
      request.on("end", () => resolve(answer));
      request.on("error", reject);
      if (body !== undefined) request.end(body);
    });
  }

  it("asks, sends a body, and gets the gateway's answers", async () => {
    const session = await connected();
    equal(session.alpnProtocol, "h2");
    const answer = await ask("/api/content/x?y=1");
    deepEqual([answer.status, answer.text], [200, '{"path":"/api/content/x"}']);
    equal(answer.headers["x-content-type-options"], "nosniff");
    const body = "ä".repeat(100_000);
    equal((await ask("/api/content/y", { "content-type": "text/plain" }, body)).status, 200);
    equal(service.seen.at(-1)!.body, body);
    equal(service.seen.at(-1)!.headers.get("x-forwarded-for"), "127.0.0.1");
    const refused = await ask("/api/content/x", { authorization: "Bearer nobody" });
    deepEqual([refused.status, refused.headers["content-type"]], [401, "application/problem+json"]);
    equal((await ask("/api/content/%2e%2e/x")).status, 400);
  });

  it("has a hundred answers under way on one connection", async () => {
    service.gate.current = Promise.withResolvers();
    const paths = Array.from({ length: STREAMS }, (_, i) => `/api/content/together/${i}`);
    // The service answers none before it has been asked for all.
    const answers = await Promise.all(paths.map((path) => ask(path)));
    deepEqual(answers.map(({ text }) => text), paths);
  });

  it("gets events while they happen, and waits for them longer than a silence may last", async () => {
    service.gate.current = Promise.withResolvers();
    const first = Promise.withResolvers<string>();
    const all = ask("/api/content/events", {}, undefined, first.resolve);
    equal(await first.promise, "data: first\n\n");
    // That this time passes is what is tested.
    await new Promise((resolve) => setTimeout(resolve, 2 * IDLE_TIMEOUT_MS));
    service.gate.current.resolve();
    equal((await all).text, "data: first\n\ndata: last\n\n");
  });

  it("is refused with headers too large, before anybody behind sees them", async () => {
    const before = service.seen.length;
    for (const size of [17_000, 40_000]) {
      // HAProxy has no room to decode them, and so ends the connection (RFC 9113 §4.3).
      equal(await speak(request(1, "/api/content/x", [["x-big", "a".repeat(size)]])), 0);
    }
    equal(service.seen.length, before);
    equal(await speak(request(1, "/api/content/x", [["x-big", "a".repeat(10_000)]])), 1);
    equal(service.seen.length, before + 1);
  });

  it("cannot make work by taking back what it asks for (CVE-2023-44487)", async () => {
    const all = Array.from({ length: RESETS }, (_, i) => [
      ...request(2 * i + 1, "/api/content/hang"),
      ...frame(RST_STREAM, 0, 2 * i + 1, [0, 0, 0, CANCEL]),
    ]).flat();
    const [answered, answer] = await Promise.all([speak(all), ask("/api/content/x")]);
    deepEqual([answered, answer.status], [0, 200]);
    // What came through at all has ended.
    await until(() => service.work.ended === service.work.begun);
    ok(service.work.begun < RESETS / 10, `${service.work.begun}`);
    equal((await ask("/api/content/x")).status, 200);
  });

  /** Writes frames to a connection of its own; how many were answered until it was closed. */
  async function speak(frames: number[]): Promise<number> {
    using connection = await Deno.connectTls({
      hostname: "localhost",
      port: terminator.port,
      caCerts: [ca],
      alpnProtocols: ["h2"],
    });
    equal((await connection.handshake()).alpnProtocol, "h2");
    const writing = (async () => {
      const all = new Uint8Array([...PREFACE, ...frame(SETTINGS, 0, 0), ...frames]);
      for (let at = 0; at < all.length;) at += await connection.write(all.subarray(at));
    })().catch(() => {});
    let answered = 0;
    let rest: number[] = [];
    const buffer = new Uint8Array(16_384);
    for (;;) {
      const count = await connection.read(buffer).catch(() => null);
      if (count === null) break;
      rest.push(...buffer.subarray(0, count));
      for (let size; rest.length >= 9 && rest.length >= (size = 9 + lengthOf(rest));) {
        if (rest[3] === HEADERS) answered++;
        rest = rest.slice(size);
      }
    }
    await writing;
    return answered;
  }
});
