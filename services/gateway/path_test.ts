import { deepEqual, equal } from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { isNormal, targetOf } from "./path.ts";

const normal = [
  "/",
  "/api/content/documents",
  "/api/content/documents/",
  "/.well-known/jwks.json",
  "/a/...",
  "/a/..b",
  "/a/.hidden",
  "/fhir/R4/Patient/$everything",
  "/a/(b),c;d=e:f@g+h!i*j'k&l~m_n-o.p",
  "/a/%20b",
  "/a/%C3%A4rzte",
  "/a/%c3%a4rzte",
  "/a/100%25",
  "/a/%40",
];

const refused = [
  // Dot segments, plain and encoded in every part.
  "/..",
  "/.",
  "/a/../b",
  "/a/./b",
  "/a/..",
  "/a/.",
  "/../../etc/passwd",
  "/%2e%2e/b",
  "/%2E%2E/b",
  "/a/%2e/b",
  "/a/.%2e/b",
  "/a/%2e./b",
  "/a/%252e%252e/b",
  // Empty segments.
  "//",
  "//a",
  "/a//b",
  "/a//",
  // Backslashes and encoded slashes.
  "/a\\b",
  "/\\..\\b",
  "/a%5cb",
  "/a%5C..%5Cb",
  "/a%2fb",
  "/a%2Fb",
  "/a%252fb",
  "/..%2fb",
  "/..%5cb",
  // Control characters and what cannot be decoded.
  "/a%00",
  "/a%0d%0ab",
  "/a%1f",
  "/a%7F",
  "/a\u0000",
  "/a\tb",
  "/a%",
  "/a%z",
  "/a%zz",
  "/a%4",
  "/a%u002e",
  "/a%E9",
  "/a%c0%ae%c0%ae/b",
  "/a%ed%a0%80",
  // What needs no encoding could spell another name for the same path.
  "/%61uth/login",
  "/auth/%6cogin",
  "/auth/l%6Fgin",
  "/a%2Db",
  "/a%5fb",
  "/a%7eb",
  "/a%30",
  // Characters that no path holds.
  "/ä",
  "/a b",
  '/a"b',
  "/a<b>",
  "/a|b",
  "/a^b",
  "/a`b",
  "/{a}",
  "/a[b]",
  "/a#b",
];

describe("a raw path", () => {
  for (const path of normal) {
    it(`is passed when it is ${path}`, () => equal(isNormal(path), true));
    // A path that passes is one that no URL parser changes.
    it(`stays as it is: ${path}`, () => equal(new URL(`http://h${path}`).pathname, path));
  }
  for (const path of refused) {
    it(`is refused when it is ${JSON.stringify(path)}`, () => equal(isNormal(path), false));
  }
});

describe("a raw URL", () => {
  it("is split at the query, which is not looked into", () => {
    deepEqual(targetOf("http://h:8000/a/b?c=/../d&e=%zz", "h:8000"), {
      path: "/a/b",
      query: "?c=/../d&e=%zz",
    });
    deepEqual(targetOf("http://[::1]:8000/a", "[::1]:8000"), { path: "/a", query: "" });
    deepEqual(targetOf("http://h", undefined), { path: "/", query: "" });
  });
  for (
    const url of [
      "http://h/internal/../a",
      "http://h/a#b",
      "http://h/a?b#c",
      "http://h#/a",
      "http://h?x/a",
      "http://a@h/a",
      "http://h:80@evil/a",
      "http://h h/a",
      'http://h"/a',
      "http://h:123456/a",
    ]
  ) it(`is refused when it is ${url}`, () => equal(targetOf(url, undefined), undefined));
  it("is refused when a part of its path is the Host's", () => {
    const url = "http://h/api/content/x";
    equal(targetOf(url, "h")?.path, "/api/content/x");
    for (const host of ["h/", "h/api", "h/api/content"]) equal(targetOf(url, host), undefined);
  });
});
