import { deepEqual, equal } from "node:assert/strict";
import { after, before, describe, it } from "@std/testing/bdd";
import { verifyContext } from "@praxis/shared/auth";
import { contextKeys, freePort, listen, openGateway, standInIdentity, until } from "./testing.ts";

/** A service that echoes, says "first" at once, and does what it is told. */
function openEcho() {
  const seen: Headers[] = [];
  const server = listen((request) => {
    if (request.headers.get("upgrade") !== "websocket") return Response.json({});
    // A copy: after the upgrade the request's own cannot be read any more.
    seen.push(new Headers(request.headers));
    const { socket, response } = Deno.upgradeWebSocket(request, {
      protocol: request.headers.get("sec-websocket-protocol")?.split(",")[0] ?? "",
    });
    socket.binaryType = "arraybuffer";
    socket.onopen = () => socket.send("first");
    socket.onmessage = ({ data }) =>
      data === "end" ? socket.close(4007, "told to") : socket.send(data);
    return response;
  });
  return { ...server, seen };
}

type Closed = { code: number; reason: string };

function connect(url: string, options: WebSocketOptions = {}) {
  const socket = new WebSocket(url, options);
  socket.binaryType = "arraybuffer";
  const heard: unknown[] = [];
  const opened = Promise.withResolvers<boolean>();
  const closed = Promise.withResolvers<Closed>();
  socket.onopen = () => opened.resolve(true);
  socket.onerror = (event) => event.preventDefault();
  socket.onmessage = ({ data }) => heard.push(data);
  socket.onclose = ({ code, reason }) => {
    opened.resolve(false);
    closed.resolve({ code, reason });
  };
  return { socket, heard, opened: opened.promise, closed: closed.promise };
}

describe("a WebSocket through the gateway", () => {
  let identity: Awaited<ReturnType<typeof standInIdentity>>;
  let echo: ReturnType<typeof openEcho>;
  let gateway: ReturnType<typeof openGateway>;
  const url = (path = "/api/communication/live") => gateway.url.replace("http", "ws") + path;

  before(async () => {
    identity = await standInIdentity();
    echo = openEcho();
    gateway = openGateway({ urls: { identity: identity.url, communication: echo.url } });
    gateway.follow();
    await until(() => gateway.deps.staleSeconds() < 60);
  });
  after(() => Promise.all([gateway.close(), identity.close(), echo.close()]));

  it("carries text and bytes both ways, and what the service says first", async () => {
    const { socket, heard, opened, closed } = connect(url(), { protocols: ["praxis.v1"] });
    equal(await opened, true);
    equal(socket.protocol, "praxis.v1");
    socket.send("hello");
    socket.send(new Uint8Array([0, 255, 7]));
    await until(() => heard.length === 3);
    deepEqual(heard.slice(0, 2), ["first", "hello"]);
    deepEqual(new Uint8Array(heard[2] as ArrayBuffer), new Uint8Array([0, 255, 7]));
    socket.send("end");
    deepEqual(await closed, { code: 4007, reason: "told to" });
  });

  it("brings the signed context, and nothing that a client claims", async () => {
    const { token, claims } = await identity.token();
    const headers = { authorization: `Bearer ${token}`, "x-user-id": "mallory", "x_user_id": "m" };
    const { socket, opened } = connect(url(), { headers });
    equal(await opened, true);
    const seen = echo.seen.at(-1)!;
    const actor = verifyContext(contextKeys.communication, "communication", seen, new Date());
    equal(actor?.userId, claims.sub);
    equal(seen.has("authorization") || seen.has("x_user_id"), false);
    socket.close();
  });

  it("ends when the session ends", async () => {
    const { token, claims } = await identity.token();
    const { opened, closed } = connect(url(), { headers: { authorization: `Bearer ${token}` } });
    equal(await opened, true);
    identity.revoke({ kind: "session", id: claims.sid, permissionVersion: null });
    deepEqual(await closed, { code: 4401, reason: "not signed in" });
  });

  it("is refused with a bad token, where nobody is, and on no service's path", async () => {
    const before = echo.seen.length;
    const bad = connect(url(), { headers: { authorization: "Bearer bad" } });
    equal(await bad.opened, false);
    equal(await connect(url("/api/content/live")).opened, false);
    equal(await connect(url("/live")).opened, false);
    equal(echo.seen.length, before);
  });
});

describe("the web app's dev server", () => {
  it("answers for pages and modules, keeps services' paths out, and says when it is gone", async () => {
    const vite = listen((request) => {
      const { pathname } = new URL(request.url);
      if (request.headers.get("upgrade") === "websocket") {
        const { socket, response } = Deno.upgradeWebSocket(request, { protocol: "vite-hmr" });
        socket.onopen = () => socket.send("connected");
        return response;
      }
      if (pathname === "/src/main.tsx") return new Response("module");
      return new URL(request.url).pathname === "/" ? new Response("page") : new Response(null, {
        status: 404,
      });
    });
    const gateway = openGateway({
      environment: { PRAXIS_ENV: "development", WEB_DEV_URL: vite.url },
    });
    const statusOf = async (path: string, init: RequestInit = {}) => {
      const answer = await fetch(gateway.url + path, init);
      await answer.body?.cancel();
      return answer.status;
    };
    try {
      const page = await fetch(`${gateway.url}/`, { headers: { accept: "text/html" } });
      equal(await page.text(), "page");
      equal(await (await fetch(`${gateway.url}/src/main.tsx?t=1`)).text(), "module");
      equal(await statusOf("/src/none.tsx"), 404);
      equal(await statusOf("/api/nothing"), 404);
      equal(await statusOf("/internal/events"), 404);
      equal(await statusOf("/", { method: "POST" }), 404);
      const hot = connect(`${gateway.url.replace("http", "ws")}/@vite/hmr?token=x`, {
        protocols: ["vite-hmr"],
      });
      equal(await hot.opened, true);
      await until(() => hot.heard.length === 1);
      hot.socket.close();
      await vite.close();
      await until(async () => await statusOf("/", { headers: { accept: "text/html" } }) === 503);
    } finally {
      await gateway.close();
    }
  });

  it("has no place outside development", async () => {
    let isRefused = false;
    try {
      await openGateway({ environment: { WEB_DEV_URL: `http://127.0.0.1:${freePort()}` } }).close();
    } catch {
      isRefused = true;
    }
    equal(isRefused, true);
  });
});
