/** One process that serves the Upstash REST protocol in front of every Redis of a stack. */
import { Buffer } from "node:buffer";
import { RedisError, RedisUnavailable, type Reply, RespConnection } from "./resp.ts";

export type BridgeEndpoint = {
  /** Where REST is served, on loopback. */
  port: number;
  redisPort: number;
  redisPassword: string;
  /** The token at index n opens logical database n. */
  tokens: string[];
};

export type Bridge = { stop(): Promise<void> };

/** Read by this file when it runs as a process of its own. */
export const ENDPOINTS_VARIABLE = "BRIDGE_ENDPOINTS";

const BODY_BYTES_MAX = 16_000_000;
const BODY_LIMIT_MS = 10_000;
const COMMANDS_PER_REQUEST_MAX = 10_000;
const DEDICATED_CONNECTIONS_MAX = 256;
const BLOCKING_LIMIT_MS = 60_000;
const EVENT_BACKLOG_MAX = 1_000;
const EVENT_KEEPALIVE_MS = 15_000;

/** Whatever changes the shared connection, the server or its files. */
const DENIED = new Set(
  ("ACL ASKING AUTH BGREWRITEAOF BGSAVE CLIENT CLUSTER CONFIG DEBUG DISCARD EXEC FAILOVER HELLO " +
    "LATENCY MIGRATE MODULE MONITOR MOVE MULTI PFDEBUG PFSELFTEST PSUBSCRIBE PSYNC PUNSUBSCRIBE " +
    "QUIT READONLY READWRITE REPLCONF REPLICAOF RESET RESTORE-ASKING SAVE SELECT SHUTDOWN SLAVEOF " +
    "SLOWLOG SSUBSCRIBE SUBSCRIBE SUNSUBSCRIBE SWAPDB SYNC UNSUBSCRIBE UNWATCH WATCH").split(" "),
);
const BLOCKING = new Set(
  "BLMOVE BLMPOP BLPOP BRPOP BRPOPLPUSH BZMPOP BZPOPMAX BZPOPMIN WAIT WAITAOF".split(" "),
);
const MAY_BLOCK = new Set(["XREAD", "XREADGROUP"]);

type Target = {
  endpoint: BridgeEndpoint;
  database: number;
  shared: Promise<RespConnection> | undefined;
};

type Encoding = "base64" | "plain";

class BadRequest extends Error {
  constructor(readonly status: number, message: string) {
    super(message);
  }
}

export function startBridge(endpoints: BridgeEndpoint[]): Bridge {
  const stopping = new AbortController();
  const dedicated = new Set<RespConnection>();
  const targets: Target[] = [];
  const servers = endpoints.map((endpoint) => {
    const byToken = new Map<string, Target>();
    for (const [database, token] of endpoint.tokens.entries()) {
      const target: Target = { endpoint, database, shared: undefined };
      byToken.set(token, target);
      targets.push(target);
    }
    return Deno.serve({
      hostname: "127.0.0.1",
      port: endpoint.port,
      signal: stopping.signal,
      onListen: () => {},
      onError: () => failure(500, "ERR the bridge failed"),
    }, (request) => answer(request, byToken, dedicated));
  });
  return {
    async stop() {
      stopping.abort();
      for (const connection of dedicated) connection.close();
      for (const target of targets) (await target.shared?.catch(() => undefined))?.close();
      await Promise.all(servers.map((server) => server.finished));
    },
  };
}

async function answer(
  request: Request,
  byToken: Map<string, Target>,
  dedicated: Set<RespConnection>,
): Promise<Response> {
  const url = new URL(request.url);
  const token = request.headers.get("authorization")?.match(/^Bearer (\S+)$/i)?.[1] ??
    url.searchParams.get("_token") ?? "";
  const target = byToken.get(token);
  if (!target) {
    await request.body?.cancel();
    return failure(401, "Unauthorized");
  }
  const encoding: Encoding = request.headers.get("upstash-encoding") === "base64"
    ? "base64"
    : "plain";
  try {
    const path = url.pathname.split("/").filter((part) => part !== "").map(decodePart);
    switch (path[0]) {
      case "subscribe":
      case "psubscribe":
        await request.body?.cancel();
        return await subscribe(target, path, dedicated);
      case "pipeline":
        return json(
          200,
          await runPipeline(target, await readCommands(request), encoding, dedicated),
        );
      case "multi-exec":
        return await runTransaction(target, await readCommands(request), encoding);
      default: {
        const command = await readCommand(request, path);
        const [reply] = await run(target, [command], dedicated);
        if (reply instanceof RedisError) return failure(400, reply.message);
        return json(200, { result: encode(reply ?? null, encoding) });
      }
    }
  } catch (error) {
    if (error instanceof BadRequest) return failure(error.status, error.message);
    if (error instanceof RedisUnavailable) return failure(503, `ERR ${error.message}`);
    throw error;
  }
}

async function runPipeline(
  target: Target,
  commands: string[][],
  encoding: Encoding,
  dedicated: Set<RespConnection>,
): Promise<unknown[]> {
  return (await run(target, commands, dedicated)).map((reply) => asResult(reply, encoding));
}

async function runTransaction(
  target: Target,
  commands: string[][],
  encoding: Encoding,
): Promise<Response> {
  const connection = await sharedConnection(target);
  // Written at once, so nothing of another request comes between MULTI and EXEC.
  const replies = await connection.send([["MULTI"], ...commands, ["EXEC"]]);
  const results = replies.at(-1);
  if (Array.isArray(results)) return json(200, results.map((reply) => asResult(reply, encoding)));
  const reason = replies.find((reply) => reply instanceof RedisError);
  return failure(400, reason instanceof RedisError ? reason.message : "EXECABORT");
}

/** Commands that wait get a connection of their own: on the shared one they would hold up everyone. */
async function run(
  target: Target,
  commands: string[][],
  dedicated: Set<RespConnection>,
): Promise<Reply[]> {
  if (!commands.some(waits)) return await (await sharedConnection(target)).send(commands);
  const connection = await dedicatedConnection(target, dedicated);
  try {
    return await connection.send(commands, BLOCKING_LIMIT_MS);
  } finally {
    connection.close();
  }
}

async function sharedConnection(target: Target): Promise<RespConnection> {
  // Whoever comes first after a loss connects; the others wait for the same attempt.
  if (!target.shared) {
    const attempt = RespConnection.connect(addressOf(target));
    const forget = () => {
      if (target.shared === attempt) target.shared = undefined;
    };
    target.shared = attempt;
    attempt.then((connection) => connection.closed).then(forget, forget);
  }
  return await target.shared;
}

async function dedicatedConnection(
  target: Target,
  dedicated: Set<RespConnection>,
): Promise<RespConnection> {
  if (dedicated.size >= DEDICATED_CONNECTIONS_MAX) {
    throw new BadRequest(503, "ERR too many waiting commands and subscriptions");
  }
  const connection = await RespConnection.connect(addressOf(target));
  dedicated.add(connection);
  connection.closed.then(() => dedicated.delete(connection));
  return connection;
}

function addressOf({ endpoint, database }: Target) {
  return { port: endpoint.redisPort, password: endpoint.redisPassword, database };
}

/** Server-sent events in Upstash's form: `data: message,<channel>,<payload>`. */
async function subscribe(
  target: Target,
  path: string[],
  dedicated: Set<RespConnection>,
): Promise<Response> {
  const channels = path.slice(1);
  if (channels.length === 0) throw new BadRequest(400, "ERR a channel is missing");
  const connection = await dedicatedConnection(target, dedicated);
  const encoder = new TextEncoder();
  let keepalive: ReturnType<typeof setInterval> | undefined;
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      const say = (text: string) => {
        if (-(controller.desiredSize ?? 0) > EVENT_BACKLOG_MAX) return connection.close();
        controller.enqueue(encoder.encode(`${text}\n\n`));
      };
      connection.onPush = (reply) => {
        if (Array.isArray(reply)) say(`data: ${reply.map(eventPart).join(",")}`);
      };
      keepalive = setInterval(() => say(": still here"), EVENT_KEEPALIVE_MS);
      connection.closed.then(() => {
        clearInterval(keepalive);
        try {
          controller.close();
        } catch {
          // The client went first.
        }
      });
      connection.notify([path[0]!.toUpperCase(), ...channels]);
    },
    cancel() {
      connection.close();
    },
  });
  return new Response(body, {
    headers: { "content-type": "text/event-stream", "cache-control": "no-cache" },
  });
}

/** A payload with a line break becomes JSON, which the client reads back into the same text. */
function eventPart(part: Reply): string {
  const text = part instanceof Uint8Array ? new TextDecoder().decode(part) : String(part);
  return /[\r\n]/.test(text) ? JSON.stringify(text) : text;
}

async function readCommands(request: Request): Promise<string[][]> {
  const body = parseJson(await readText(request));
  if (!Array.isArray(body) || body.length === 0) {
    throw new BadRequest(400, "ERR expected an array of commands");
  }
  if (body.length > COMMANDS_PER_REQUEST_MAX) throw new BadRequest(413, "ERR too many commands");
  return body.map(checkCommand);
}

/** A command comes as a JSON array, or in the path with an optional last argument as the body. */
async function readCommand(request: Request, path: string[]): Promise<string[]> {
  const text = await readText(request);
  if (path.length === 0) return checkCommand(parseJson(text));
  return checkCommand(text === "" ? path : [...path, text]);
}

function checkCommand(command: unknown): string[] {
  if (!Array.isArray(command) || command.length === 0) {
    throw new BadRequest(400, "ERR a command is a non-empty array");
  }
  const words = command.map((word) =>
    typeof word === "object" && word !== null ? JSON.stringify(word) : String(word)
  );
  const name = words[0]!.toUpperCase();
  if (DENIED.has(name)) throw new BadRequest(400, `ERR ${name} is not available over REST`);
  // Each token has a database to itself; clearing the neighbours' is nobody's right.
  if (name === "FLUSHALL") words[0] = "FLUSHDB";
  return words;
}

function waits(command: string[]): boolean {
  const name = command[0]!.toUpperCase();
  return BLOCKING.has(name) ||
    (MAY_BLOCK.has(name) && command.some((word) => word.toUpperCase() === "BLOCK"));
}

async function readText(request: Request): Promise<string> {
  if (!request.body) return "";
  const chunks: Uint8Array[] = [];
  let size = 0;
  const reader = request.body.getReader();
  const timer = setTimeout(() => reader.cancel().catch(() => {}), BODY_LIMIT_MS);
  try {
    for (let step = await reader.read(); !step.done; step = await reader.read()) {
      size += step.value.length;
      if (size > BODY_BYTES_MAX) {
        await reader.cancel();
        throw new BadRequest(413, "ERR the request is too large");
      }
      chunks.push(step.value);
    }
  } finally {
    clearTimeout(timer);
  }
  return await new Blob(chunks as BlobPart[]).text();
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new BadRequest(400, "ERR the body is not JSON");
  }
}

function decodePart(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw new BadRequest(400, "ERR the path is not well formed");
  }
}

function asResult(reply: Reply, encoding: Encoding): { result: unknown } | { error: string } {
  return reply instanceof RedisError
    ? { error: reply.message }
    : { result: encode(reply, encoding) };
}

/** The client leaves a plain "OK" alone and takes every other text for base64. */
function encode(reply: Reply, encoding: Encoding, isNested = false): unknown {
  if (Array.isArray(reply)) return reply.map((item) => encode(item, encoding, true));
  if (reply instanceof RedisError) return encode(reply.message, encoding, isNested);
  if (reply === null || typeof reply === "number") return reply;
  if (encoding === "plain") {
    return typeof reply === "string" ? reply : new TextDecoder().decode(reply);
  }
  if (reply === "OK" && !isNested) return reply;
  return Buffer.from(reply).toString("base64");
}

function json(status: number, body: unknown): Response {
  return new Response(JSON.stringify(body), {
    status,
    headers: { "content-type": "application/json" },
  });
}

function failure(status: number, error: string): Response {
  return json(status, { error });
}

if (import.meta.main) {
  const bridge = startBridge(JSON.parse(Deno.env.get(ENDPOINTS_VARIABLE) ?? "[]"));
  Deno.addSignalListener("SIGTERM", async () => {
    await bridge.stop();
    Deno.exit(0);
  });
}
