import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { encodeCommands, RedisError, type Reply, ReplyParser } from "./resp.ts";

const encoder = new TextEncoder();

function parseInPieces(text: string, size: number): Reply[] {
  const parser = new ReplyParser();
  const bytes = encoder.encode(text);
  const replies: Reply[] = [];
  for (let at = 0; at < bytes.length; at += size) {
    parser.push(bytes.subarray(at, at + size));
    for (let reply = parser.next(); reply !== undefined; reply = parser.next()) replies.push(reply);
  }
  return replies;
}

describe("RESP", () => {
  const wire = "+OK\r\n:-7\r\n$-1\r\n$5\r\nä\r\nb\r\n-ERR no\r\n*-1\r\n*0\r\n" +
    "*3\r\n*2\r\n:1\r\n*1\r\n$2\r\nxy\r\n+in\r\n*1\r\n*0\r\n:9\r\n";
  const expected: Reply[] = [
    "OK",
    -7,
    null,
    encoder.encode("ä\r\nb"),
    new RedisError("ERR no"),
    null,
    [],
    [[1, [encoder.encode("xy")]], "in", [[]]],
    9,
  ];

  it("reads the same replies however the bytes are cut", () => {
    for (let size = 1; size <= wire.length; size++) {
      assert.deepEqual(parseInPieces(wire, size), expected);
    }
  });

  it("reads a reply that is larger than its buffer", () => {
    const large = "x".repeat(300_000);
    const [reply] = parseInPieces(`$${large.length}\r\n${large}\r\n`, 65_536);
    assert.equal((reply as Uint8Array).length, large.length);
  });

  it("counts bytes, not characters, when writing", () => {
    assert.equal(
      new TextDecoder().decode(encodeCommands([["SET", "ä", "€"]])),
      "*3\r\n$3\r\nSET\r\n$2\r\nä\r\n$3\r\n€\r\n",
    );
  });

  it("refuses what is not the protocol", () => {
    assert.throws(() => parseInPieces("HTTP/1.1 400\r\n", 100), /not Redis' protocol/);
  });
});
