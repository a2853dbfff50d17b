import { deepEqual, equal } from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { addressOf } from "../../api/client.ts";
import { problemOf } from "../../api/problem.ts";
import { readListSearch } from "./documents.ts";
import { isToSend, reduce, refusalOf, titleOf, type Upload } from "./uploads/model.ts";

describe("the list's address", () => {
  it("keeps what it knows, and nothing else", () => {
    deepEqual(readListSearch({ q: "haemo", kind: "pdf", category: "Letter", evil: "1" }), {
      q: "haemo",
      kind: "pdf",
      category: "Letter",
    });
    deepEqual(readListSearch({ q: 42, kind: "exe", category: {} }), { q: "42" });
    equal(readListSearch({ q: "x".repeat(9000) }).q?.length, 500);
  });
});

describe("addresses", () => {
  it("escape what is filled in, and leave out what is empty", () => {
    equal(
      addressOf("/a/{id}/b", {
        path: { id: "../x?y" },
        query: { q: "a&b", none: undefined, empty: "" },
      }),
      "/a/..%2Fx%3Fy/b?q=a%26b",
    );
  });
});

describe("problems", () => {
  const header = (values: Record<string, string>) => (name: string) => values[name] ?? null;
  it("are read from RFC 9457", () => {
    const problem = problemOf(
      412,
      '{"type":"/problems/version-stale","title":"Changed"}',
      header({ "content-type": "application/problem+json", "retry-after": "7" }),
    );
    deepEqual([problem.kind, problem.message, problem.retryAfterSeconds], [
      "version-stale",
      "Changed",
      7,
    ]);
  });
  it("and from whatever else came", () => {
    for (const text of ["<html>502</html>", "{", "null", "[]", ""]) {
      equal(problemOf(502, text, header({ "content-type": "application/json" })).status, 502);
    }
  });
});

describe("files to be filed", () => {
  it("are refused before they are sent when the platform would", () => {
    equal(refusalOf({ name: "a.pdf", size: 0 }), "empty");
    equal(refusalOf({ name: "a.pdf", size: 200 * 1024 * 1024 + 1 }), "tooLarge");
    for (
      const name of ["a/b", "a\\b", "a\u0007b", "exe\u202efdp", "x".repeat(256), "\ud800", " "]
    ) {
      equal(refusalOf({ name, size: 1 }), "badName", JSON.stringify(name));
    }
    equal(refusalOf({ name: "Müller (2) – Befund.pdf", size: 1 }), undefined);
  });

  it("get a title from their name", () => {
    equal(titleOf("Discharge_Summary  2026.pdf"), "Discharge Summary 2026");
    equal(titleOf(".pdf"), ".pdf");
    equal(titleOf("x".repeat(9000)).length, 500);
  });

  const upload = (id: string, state: Upload["state"]): Upload => ({
    id,
    key: id,
    title: id,
    file: new File(["x"], id),
    state,
  });

  it("keep their titles through failures, and get a new key with a new title", () => {
    let all = reduce([], { kind: "add", uploads: [upload("a", { kind: "ready" })] });
    all = reduce(all, { kind: "retitle", id: "a", title: "Letter", key: "k" });
    all = reduce(all, { kind: "state", id: "a", state: { kind: "failed", error: new Error() } });
    deepEqual([all[0]!.title, all[0]!.key, isToSend(all[0]!)], ["Letter", "k", true]);
    equal(isToSend({ ...all[0]!, title: "x".repeat(501) }), false);
  });

  it("make room for others once they are filed", () => {
    const filed = upload("a", { kind: "filed", document: {} as never });
    const added = reduce([filed], { kind: "add", uploads: [upload("b", { kind: "ready" })] });
    deepEqual(added.map(({ id }) => id), ["b"]);
  });
});
