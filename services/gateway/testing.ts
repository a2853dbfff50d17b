/** For the gateway's tests: a gateway on a real socket, with a stand-in for everything behind it. */
import {
  ACCESS_AUDIENCE,
  ACCESS_TOKEN_TYPE,
  type AccessClaims,
  ALGORITHM,
  type Permission,
} from "@praxis/shared/auth";
import { Buffer } from "node:buffer";
import { KeyObject, sign } from "node:crypto";
import { newId } from "@praxis/shared/id";
import { silent } from "@praxis/shared/telemetry";
import { exportJWK, generateKeyPair, SignJWT } from "jose";
import { createApp } from "./app.ts";
import { Config } from "./config.ts";
import { type Deps, openDeps } from "./deps.ts";
import { type ServiceName, services } from "./routing.ts";

export const ISSUER = "http://praxis.test";
const WAIT_MS = 10_000;

export const contextKeys = Object.fromEntries(
  services.map((name) => [name, `development-context-key-of-${name}-0123456789`]),
) as Record<ServiceName, string>;

type Server = { url: string; port: number; close(): Promise<void> };

export function listen(
  handler: (
    request: Request,
    info: Deno.ServeHandlerInfo<Deno.NetAddr>,
  ) => Response | Promise<Response>,
  port = 0,
  automaticCompression = false,
): Server {
  const server = Deno.serve({
    port,
    hostname: "127.0.0.1",
    onListen: () => {},
    automaticCompression,
  }, handler);
  return {
    url: `http://127.0.0.1:${server.addr.port}`,
    port: server.addr.port,
    close: async () => {
      // Event streams would keep a graceful end waiting.
      const closed = server.shutdown();
      await Promise.race([closed, new Promise((resolve) => setTimeout(resolve, 50))]);
    },
  };
}

/** Resolves when `condition` holds, and rejects when it has not for a long time. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = performance.now() + WAIT_MS;
  while (!await condition()) {
    if (performance.now() > deadline) throw new Error("it did not come true");
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

export type Seen = { method: string; path: string; headers: Headers; body: string };

type Answer = (request: Request, path: string) => Response | undefined | Promise<Response>;

/** A service that remembers what it was sent and repeats it, unless `answer` has an answer. */
export function standInService(name: ServiceName, answer: Answer = () => undefined, port = 0) {
  const seen: Seen[] = [];
  const server = listen(async (request) => {
    const path = request.url.replace(/^http:\/\/[^/]*/, "");
    if (path === "/ready") return Response.json({ status: "ready" });
    const own = answer(request, path);
    if (own) return await own;
    // A body that breaks off is not worth remembering.
    const body = await request.text().catch(() => undefined);
    if (body === undefined) return new Response(null, { status: 400 });
    seen.push({ method: request.method, path, headers: request.headers, body });
    return Response.json({ service: name, path, body });
  }, port);
  return { ...server, seen };
}

type Revocation = {
  kind: "session" | "membership" | "key";
  id: string;
  permissionVersion: number | null;
};

async function newKey(kid: string) {
  const { publicKey, privateKey } = await generateKeyPair(ALGORITHM, { extractable: true });
  const jwk = { ...await exportJWK(publicKey), kid, alg: ALGORITHM, use: "sig" };
  return { kid, jwk, privateKey };
}

/** Identity: keys, service tokens, permissions and the long poll of revocations. */
export async function standInIdentity() {
  const keys: Awaited<ReturnType<typeof newKey>>[] = [await newKey("key-1")];
  const { jwk, privateKey } = keys[0]!;
  const permissions = new Map<string, Permission[]>();
  const revocations: Revocation[] = [];
  const asked: string[] = [];
  let wake = Promise.withResolvers<void>();
  let isClosing = false;

  async function revocationsAfter(after: string | null): Promise<Response> {
    if (after === String(revocations.length) && !isClosing) await wake.promise;
    const items = revocations.slice(Number(after));
    return Response.json({ items, cursor: String(revocations.length) });
  }

  function permissionsOf(mid: string): Response {
    const granted = permissions.get(mid);
    return granted
      ? Response.json({ membershipId: mid, permissionVersion: 1, permissions: granted })
      : new Response(null, { status: 404 });
  }

  const server = standInService("identity", (request, path) => {
    const [mid] = path.match(/(?<=^\/internal\/memberships\/)[\w-]+(?=\/permissions$)/) ?? [];
    if (mid) {
      asked.push("permissions");
      return permissionsOf(mid);
    }
    if (path.startsWith("/internal/revocations")) {
      return revocationsAfter(new URL(request.url).searchParams.get("after"));
    }
    if (path === "/.well-known/jwks.json") {
      asked.push("jwks");
      return Response.json({ keys: keys.map(({ jwk }) => jwk) });
    }
    if (path === "/openapi.json") return Response.json(documentOf("identity"));
    if (path === "/oauth/token") {
      return Response.json({ access_token: "service-token", expires_in: 300 });
    }
    return undefined;
  });

  return {
    ...server,
    asked,
    permissions,
    /** A signed token and its claims, of a new user unless told otherwise. */
    async token(
      over: Record<string, unknown> = {},
      key: typeof privateKey = privateKey,
      kid = "key-1",
    ) {
      const now = Math.floor(Date.now() / 1000);
      const claims = {
        iss: ISSUER,
        aud: ACCESS_AUDIENCE,
        sub: newId(),
        sid: newId(),
        org: newId(),
        mid: newId(),
        pv: 1,
        acr: "1",
        amr: ["pwd"],
        auth_time: now,
        jti: newId(),
        iat: now,
        exp: now + 600,
        rgn: "eu",
        ...over,
      };
      permissions.set(claims.mid, ["documents:read"]);
      const token = await new SignJWT(claims)
        .setProtectedHeader({ alg: ALGORITHM, typ: ACCESS_TOKEN_TYPE, kid }).sign(key);
      return { token, claims: claims as unknown as AccessClaims };
    },
    /** Signs whatever it is given: a header and a payload as JSON text, as they are. */
    sign(header: string, payload: string): string {
      const input = [header, payload].map((part) => Buffer.from(part).toString("base64url"))
        .join(".");
      const key = KeyObject.from(privateKey);
      return `${input}.${sign(null, Buffer.from(input), key).toString("base64url")}`;
    },
    publicKey: jwk.x!,
    /** Another key in the set, from now on; its private half. */
    async publish(kid: string) {
      const key = await newKey(kid);
      keys.push(key);
      return key.privateKey;
    },
    revoke(revocation: Revocation) {
      revocations.push(revocation);
      wake.resolve();
      wake = Promise.withResolvers();
    },
    async close() {
      isClosing = true;
      wake.resolve();
      await server.close();
    },
  };
}

/** A small OpenAPI document as a service would publish it. */
export function documentOf(service: ServiceName) {
  const schema = { $ref: "#/components/schemas/Thing" };
  const get = {
    responses: { 200: { description: "OK", content: { "application/json": { schema } } } },
  };
  return {
    openapi: "3.1.0",
    paths: { [`/api/${service}/things/{id}`]: { get }, "/internal/secrets": { get } },
    components: {
      schemas: { Thing: { type: "object", properties: { from: { const: service } } } },
      securitySchemes: { accessToken: { type: "http", scheme: "bearer" } },
    },
  };
}

/** The Upstash REST protocol, as far as PING. */
const standInRedis = () =>
  listen((request) => {
    const one = { result: "PONG" };
    return Response.json(request.url.endsWith("/pipeline") ? [one] : one);
  });

/** A port that nothing listens on. */
export function freePort(): number {
  const listener = Deno.listen({ port: 0, hostname: "127.0.0.1" });
  const { port } = listener.addr;
  listener.close();
  return port;
}

type Setting = {
  /** Where the services are; by default nowhere. */
  urls?: Partial<Record<ServiceName, string>>;
  environment?: Record<string, string>;
  deps?: Partial<Deps>;
};

/** A gateway on a socket of its own. */
export function openGateway({ urls = {}, environment = {}, deps: over = {} }: Setting) {
  const redis = standInRedis();
  const nowhere = `http://127.0.0.1:${freePort()}`;
  const config = Config.parse({
    PRAXIS_ENV: "test",
    PUBLIC_URL: ISSUER,
    SERVICE_CREDENTIAL: "development-credential-of-the-gateway",
    UPSTASH_REDIS_REST_URL: redis.url,
    UPSTASH_REDIS_REST_TOKEN: "development-redis",
    CONTEXT_KEYS: JSON.stringify(contextKeys),
    ...Object.fromEntries(
      services.map((name) => [`${name.toUpperCase()}_SERVICE_URL`, urls[name] ?? nowhere]),
    ),
    ...environment,
  });
  const opened = openDeps(config, silent, undefined, over);
  const deps = { ...opened.deps, ...over };
  const running = new AbortController();
  const server = listen(createApp(deps), 0, true);
  return {
    ...server,
    deps,
    follow: () => opened.follow(running.signal),
    async close() {
      running.abort();
      await Promise.all([server.close(), redis.close()]);
    },
  };
}
