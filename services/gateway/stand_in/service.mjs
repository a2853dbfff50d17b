/**
 * A service in plain Node without a line of ours: what a team in another language has to do to
 * stand in for communication. It needs no package either.
 */
import { createHmac, createPublicKey, timingSafeEqual, verify } from "node:crypto";
import { createServer } from "node:http";

const { PORT = "0", CONTEXT_KEY = "", IDENTITY_SERVICE_URL = "", PUBLIC_URL = "" } = process.env;
const NAME = "communication";
const BODY_BYTES_MAX = 1_000_000;

/** The user whom the gateway vouches for: an HMAC over the headers, good for half a minute. */
function userOf(headers) {
  const context = /^v1\.(\d{1,12})\.([a-z]+)\.([\w-]{43})$/.exec(headers["x-praxis-context"] ?? "");
  if (!context || context[2] !== NAME) return undefined;
  const secondsLeft = Number(context[1]) - Date.now() / 1000;
  if (secondsLeft <= 0 || secondsLeft > 31) return undefined;
  const names = ["x-user-id", "x-tenant-id", "x-permissions", "x-session-id"];
  const [user, organization, permissions, session] = names.map((name) => headers[name] ?? "");
  const client = headers["x-client-id"];
  const signed = ["v1", user, organization, permissions, session, NAME, context[1]];
  if (client !== undefined) signed.push(client);
  const expected = createHmac("sha256", CONTEXT_KEY).update(signed.join("\n")).digest();
  if (!timingSafeEqual(expected, Buffer.from(context[3], "base64url"))) return undefined;
  return { user, organization, permissions: permissions.split(",") };
}

/** The service behind a bearer token that identity has signed (EdDSA, `typ: svc+jwt`). */
async function serviceOf(headers) {
  const token = /^Bearer ([\w-]+)\.([\w-]+)\.([\w-]+)$/.exec(headers.authorization ?? "");
  if (!token) return undefined;
  try {
    const [header, claims] = [token[1], token[2]].map((part) =>
      JSON.parse(Buffer.from(part, "base64url").toString())
    );
    if (header.alg !== "EdDSA" || header.typ !== "svc+jwt") return undefined;
    const answer = await fetch(new URL("/.well-known/jwks.json", IDENTITY_SERVICE_URL));
    const jwk = (await answer.json()).keys.find((key) => key.kid === header.kid);
    if (!jwk) return undefined;
    const key = createPublicKey({ key: jwk, format: "jwk" });
    const input = Buffer.from(`${token[1]}.${token[2]}`);
    if (!verify(null, input, key, Buffer.from(token[3], "base64url"))) return undefined;
    const isOurs = claims.iss === PUBLIC_URL && claims.aud === "praxis-services" &&
      claims.exp > Date.now() / 1000;
    return isOurs ? /^service:([a-z]+)$/.exec(claims.sub)?.[1] : undefined;
  } catch {
    return undefined;
  }
}

async function readBody(request) {
  let text = "";
  for await (const chunk of request) {
    text += chunk;
    if (text.length > BODY_BYTES_MAX) return undefined;
  }
  return text;
}

const document = {
  openapi: "3.1.0",
  info: { title: "Stand-in", version: "1" },
  paths: {
    "/api/communication/facts": {
      get: {
        summary: "The facts that have arrived for my organization",
        responses: { 200: { description: "OK" }, 401: { description: "Sign in first" } },
      },
    },
  },
};

/** Facts by id: each is told at least once, and counts once. */
const facts = new Map();

const server = createServer(async (request, response) => {
  const answer = (status, body, type = "application/json") => {
    response.writeHead(status, { "content-type": type });
    response.end(body === undefined ? undefined : JSON.stringify(body));
  };
  const refuse = (status, kind, title) =>
    answer(
      status,
      {
        type: `/problems/${kind}`,
        title,
        status,
        instance: request.headers["x-request-id"] ?? "unknown",
      },
      "application/problem+json",
    );
  const route = `${request.method} ${request.url.split("?")[0]}`;
  if (route === "GET /health") return answer(200, { status: "up" });
  if (route === "GET /ready") return answer(200, { status: "ready" });
  if (route === "GET /openapi.json") return answer(200, document);
  if (route === "GET /api/communication/facts") {
    const user = userOf(request.headers);
    if (!user) return refuse(401, "not-signed-in", "Sign in first");
    const items = [...facts.values()].filter(({ organizationid }) =>
      organizationid === user.organization
    );
    return answer(200, { items, nextCursor: null });
  }
  if (route === "POST /internal/events") {
    if (!await serviceOf(request.headers)) return refuse(401, "not-signed-in", "Sign in first");
    try {
      const event = JSON.parse(await readBody(request));
      if (event.specversion !== "1.0" || typeof event.id !== "string") throw new Error("no event");
      facts.set(event.id, event);
      return answer(204);
    } catch {
      return refuse(400, "malformed", "The request cannot be read");
    }
  }
  return refuse(404, "not-found", "There is nothing here");
});
server.listen(Number(PORT), "127.0.0.1", () => {
  process.stdout.write(`${server.address().port}\n`);
});
