import { after, before, describe, it } from "@std/testing/bdd";
import { Redis } from "@upstash/redis";
import assert from "node:assert/strict";
import { type Bridge, startBridge } from "./bridge.ts";
import { readHost } from "./host.ts";
import { findFreePort } from "./ports.ts";
import type { Server } from "./process.ts";
import { stopMarked } from "./reaper.ts";
import { findRedis, startRedis } from "./redis.ts";
import { eventually, makeFolder } from "./stand_ins.ts";

const PASSWORD = "redis-password";
const TOKENS = ["token-of-database-0", "token-of-database-1"];

describe("bridge", () => {
  let folder: string;
  let server: Server;
  let bridge: Bridge;
  let url: string;
  let redis: Redis;
  const port = findFreePort();
  const redisPort = findFreePort();

  const launch = async () =>
    await startRedis({
      binary: await findRedis(readHost()),
      dataDir: `${folder}/redis`,
      logFile: `${folder}/redis.log`,
      port: redisPort,
      password: PASSWORD,
      stack: folder,
      keepsData: true,
      databases: TOKENS.length,
    });
  const ask = (path: string, init: RequestInit = {}, token = TOKENS[0]) =>
    fetch(`${url}${path}`, {
      method: "POST",
      ...init,
      headers: { authorization: `Bearer ${token}` },
    });

  before(async () => {
    folder = await makeFolder();
    server = await launch();
    bridge = startBridge([{ port, redisPort, redisPassword: PASSWORD, tokens: TOKENS }]);
    url = `http://127.0.0.1:${port}`;
    redis = new Redis({ url, token: TOKENS[0]!, enableTelemetry: false });
  });

  after(async () => {
    await bridge?.stop();
    await stopMarked(folder);
    await Deno.remove(folder, { recursive: true });
  });

  it("passes values of every kind through the real client", async () => {
    assert.equal(await redis.ping(), "PONG");
    assert.equal(await redis.set("text", "Zoë ✓", { ex: 60, nx: true }), "OK");
    assert.equal(await redis.set("text", "again", { nx: true }), null);
    assert.equal(await redis.get("text"), "Zoë ✓");
    assert.equal(await redis.get("nothing"), null);
    await redis.set("word", "OK");
    assert.equal(await redis.get("word"), "OK");
    await redis.set("object", { a: [1, "two", null] });
    assert.deepEqual(await redis.get("object"), { a: [1, "two", null] });
    assert.equal(await redis.incrby("count", 41), 41);
    await redis.hset("hash", { name: "Ada", age: 36 });
    assert.deepEqual(await redis.hgetall("hash"), { name: "Ada", age: 36 });
    await redis.zadd("scores", { score: 2, member: "b" }, { score: 1, member: "a" });
    assert.deepEqual(await redis.zrange("scores", 0, -1, { withScores: true }), ["a", 1, "b", 2]);
    assert.equal(await redis.type("scores"), "zset");
  });

  it("runs pipelines, transactions and scripts", async () => {
    const pipeline = redis.pipeline().set("p", 1).incr("p").get("p");
    assert.deepEqual(await pipeline.exec(), ["OK", 2, 2]);
    const mixed = redis.pipeline().set("list", "text").lpush("list", 1).get("list");
    const outcomes = await mixed.exec({ keepErrors: true });
    assert.match(outcomes[1]?.error ?? "", /WRONGTYPE/);
    assert.equal(outcomes[2]?.result, "text");
    assert.deepEqual(await redis.multi().incr("p").get("p").exec(), [3, 3]);
    assert.deepEqual(await redis.eval("return {KEYS[1], ARGV[1], 7}", ["k"], ["v"]), ["k", "v", 7]);
    const sha = await redis.scriptLoad("return ARGV[1]");
    assert.equal(await redis.evalsha(sha, [], ["again"]), "again");
    await assert.rejects(redis.evalsha("0".repeat(40), [], []), /NOSCRIPT/);
  });

  it("keeps what belongs together apart from everyone else's commands", async () => {
    await redis.set("race", 0);
    const rounds = Array.from({ length: 50 }, () => redis.multi().incr("race").incr("race").exec());
    for (const [first, second] of await Promise.all(rounds) as [number, number][]) {
      assert.equal(second, first + 1);
    }
  });

  it("delivers published messages, line breaks included", async () => {
    const heard: unknown[] = [];
    const subscriber = redis.subscribe(["news"]);
    let isListening = false;
    subscriber.on("subscribe", () => isListening = true);
    subscriber.on("message", ({ message }) => heard.push(message));
    await eventually("the subscription", () => isListening || undefined);
    await redis.publish("news", "two\nlines");
    await redis.publish("news", { a: 1 });
    await eventually("both messages", () => heard.length === 2 || undefined);
    assert.deepEqual(heard, ["two\nlines", { a: 1 }]);
    await subscriber.unsubscribe();
    await eventually(
      "the end of the subscription in Redis",
      async () => {
        const [, count] = await redis.exec<[string, number]>(["PUBSUB", "NUMSUB", "news"]);
        return count === 0 || undefined;
      },
    );
  });

  it("lets a waiting command wait without holding up the others", async () => {
    await redis.set("free", "yes");
    const waiting = ask("/", { body: JSON.stringify(["BLPOP", "queue", "20"]) });
    assert.equal(await redis.get("free"), "yes");
    await redis.rpush("queue", "job");
    assert.deepEqual(await (await waiting).json(), { result: ["queue", "job"] });
  });

  it("answers in plain text without the encoding header", async () => {
    await redis.set("plain", "ä");
    assert.deepEqual(await (await ask("/get/plain", { method: "GET" })).json(), { result: "ä" });
    assert.deepEqual(await (await ask("/set/body", { body: "from body" })).json(), {
      result: "OK",
    });
    assert.equal(await redis.get("body"), "from body");
  });

  it("refuses strangers, dangerous commands and malformed bodies", async () => {
    const refused = await ask("/get/plain", {}, "wrong");
    assert.deepEqual([refused.status, await refused.json()], [401, { error: "Unauthorized" }]);
    for (
      const body of ['["SHUTDOWN"]', '["CONFIG","GET","*"]', '["select",1]', "{", "[]", "[[]]"]
    ) {
      const response = await ask("/", { body });
      assert.equal(response.status, 400, body);
      assert.match((await response.json()).error, /^ERR/);
    }
    const wrong = await ask("/", { body: '["LPUSH","plain",1]' });
    assert.deepEqual([wrong.status, (await wrong.json()).error.slice(0, 9)], [400, "WRONGTYPE"]);
    assert.equal((await ask("/multi-exec", { body: '[["GET"]]' })).status, 400);
    assert.equal((await ask("/", { body: "x".repeat(16_000_001) })).status, 413);
    assert.equal(await redis.ping(), "PONG");
  });

  it("gives each token a database to itself", async () => {
    const other = new Redis({ url, token: TOKENS[1]!, enableTelemetry: false });
    await redis.set("mine", 1);
    assert.equal(await other.get("mine"), null);
    await other.flushall();
    assert.equal(await redis.get("mine"), 1);
  });

  it("says 503 while Redis is down and serves again with its data afterwards", async () => {
    await redis.set("kept", "yes");
    await server.stop();
    const response = await ask("/get/kept");
    assert.equal(response.status, 503);
    assert.match((await response.json()).error, /^ERR/);
    server = await launch();
    assert.equal(await redis.get("kept"), "yes");
  });
});
