/** How a WebSocket ends when one side leaves early, floods, or is not let in: over real sockets. */
import { deepEqual, equal } from "node:assert/strict";
import { after, before, beforeEach, describe, it } from "@std/testing/bdd";
import { requestRaw, writeAll } from "./raw_testing.ts";
import { listen, openGateway, until } from "./testing.ts";
import { passWebSocket } from "./websocket.ts";

const CLIENTS = 20;
const MIB = 1024 * 1024;

const HANDSHAKE = [
  "Upgrade: websocket",
  "Sec-WebSocket-Version: 13",
  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
];

type Service = ReturnType<typeof openService>;

/** `onOpen` is what it does as soon as it is connected. */
function openService(onOpen: (socket: WebSocket) => void = () => {}) {
  const seen = { open: 0, codes: [] as number[] };
  const server = listen((request) => {
    const { socket, response } = Deno.upgradeWebSocket(request);
    socket.onopen = () => {
      seen.open++;
      onOpen(socket);
    };
    socket.onerror = (event) => event.preventDefault();
    socket.onclose = ({ code }) => {
      seen.open--;
      seen.codes.push(code);
    };
    return response;
  });
  return { ...server, seen };
}

/** A gateway whose answer to a handshake is held back, so that there is time before it. */
function openEdge(service: Service, isStillAllowed?: () => Promise<boolean>) {
  const answer = Promise.withResolvers<void>();
  const server = listen(async (request) => {
    const response = await passWebSocket(request, {
      url: service.url.replace("http", "ws"),
      headers: [],
      ...(isStillAllowed ? { isStillAllowed } : {}),
    });
    await answer.promise;
    return response;
  });
  return { ...server, answer: () => answer.resolve() };
}

async function connectRaw(port: number, path = "/"): Promise<Deno.TcpConn> {
  const connection = await Deno.connect({ port, hostname: "127.0.0.1" });
  const lines = [`GET ${path} HTTP/1.1`, "Host: h", "Connection: Upgrade", ...HANDSHAKE];
  await writeAll(connection, new TextEncoder().encode(`${lines.join("\r\n")}\r\n\r\n`));
  return connection;
}

function connect(url: string) {
  const socket = new WebSocket(url.replace("http", "ws"));
  const heard: { end?: [code: number, reason: string]; characters: number } = { characters: 0 };
  socket.onerror = (event) => event.preventDefault();
  socket.onmessage = ({ data }) => void (heard.characters += data.length);
  socket.onclose = ({ code, reason }) => heard.end = [code, reason];
  return heard;
}

describe("a WebSocket ends", () => {
  const open: { close(): Promise<void> }[] = [];
  const opened = <T extends { close(): Promise<void> }>(server: T): T => {
    open.push(server);
    return server;
  };
  after(() => Promise.all(open.map((server) => server.close())));

  it("at the service, when the answer to the client cannot be written", async () => {
    const service = opened(openService());
    const edge = opened(openEdge(service));
    const connection = await connectRaw(edge.port);
    try {
      await until(() => service.seen.open === 1);
      await until(() => service.seen.open === 0);
    } finally {
      edge.answer();
      connection.close();
    }
  });

  it("for the client, when the service left before the answer", async () => {
    const service = opened(openService((socket) => socket.close(4001, "bye")));
    const edge = opened(openEdge(service));
    const heard = connect(edge.url);
    await until(() => service.seen.codes.length === 1);
    edge.answer();
    await until(() => heard.end !== undefined);
    deepEqual(heard.end, [4001, "bye"]);
  });

  it("when the service says more before the answer than is kept", async () => {
    const service = opened(openService((socket) => {
      for (let said = 0; said < 9; said++) socket.send("x".repeat(MIB));
    }));
    const edge = opened(openEdge(service));
    const heard = connect(edge.url);
    await until(() => service.seen.codes.length === 1);
    edge.answer();
    await until(() => heard.end !== undefined);
    deepEqual([service.seen.codes, heard], [[4408], {
      characters: 8 * MIB,
      end: [4408, "too slow"],
    }]);
  });

  it("at the service, when a client that is let in no more does not answer", async () => {
    const service = opened(openService());
    const edge = opened(openEdge(service, () => Promise.resolve(false)));
    const connection = await connectRaw(edge.port);
    try {
      edge.answer();
      await until(() => service.seen.codes.length === 1);
      deepEqual(service.seen.codes, [4401]);
    } finally {
      connection.close();
    }
  });
});

describe("the handshake of a WebSocket", () => {
  let answer: PromiseWithResolvers<Response>;
  let service: ReturnType<typeof listen>;
  let gateway: ReturnType<typeof openGateway>;
  const seen = { asked: 0, left: 0 };

  before(() => {
    service = listen((request) => {
      if (request.headers.get("upgrade") === null) return Response.json({});
      seen.asked++;
      request.signal.addEventListener("abort", () => seen.left++);
      return answer.promise;
    });
    gateway = openGateway({ urls: { content: service.url } });
  });
  beforeEach(() => {
    answer = Promise.withResolvers();
    Object.assign(seen, { asked: 0, left: 0 });
  });
  after(() => Promise.all([gateway.close(), service.close()]));

  const statusOf = async (headers: string[] = []) =>
    (await requestRaw(gateway.port, "GET /api/content/live", [...HANDSHAKE, ...headers])).status;

  for (const names of ["a, a", 'a, "b c"', "a/b"]) {
    it(`is refused when it names ${names}, and the service is not asked`, async () => {
      equal(await statusOf([`Sec-WebSocket-Protocol: ${names}`]), 400);
      equal(seen.asked, 0);
    });
  }

  for (
    const [status, told] of [[401, 401], [403, 403], [404, 404], [429, 429], [418, 400], [
      500,
      503,
    ], [200, 503]]
  ) {
    it(`is answered with ${told} when the service says ${status}`, async () => {
      answer.resolve(new Response("no", { status: status! }));
      equal(await statusOf(), told);
    });
  }

  it("is given up at the service when the client does not wait for it", async () => {
    const clients = Array.from(
      { length: CLIENTS },
      () => connectRaw(gateway.port, "/api/content/live"),
    );
    const connections = await Promise.all(clients);
    try {
      await until(() => seen.asked === CLIENTS);
      for (const connection of connections) connection.close();
      await until(() => seen.left === CLIENTS);
    } finally {
      answer.resolve(new Response(null, { status: 400 }));
    }
  });
});
