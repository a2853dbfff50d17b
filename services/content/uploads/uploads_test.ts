import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import { after, before, describe, it } from "@std/testing/bdd";
import { fixtures } from "../fixtures.ts";
import { file, filesIn, openTestContent, type TestContent, testUser, upload } from "../testing.ts";
import {
  FILE_BYTES_MAX,
  FORM_BYTES_MAX,
  isPossibleFileName,
  NoFields,
  uploadLimits,
} from "./model.ts";
import { receive } from "./uploads.ts";

const LIMIT = 200_000;
const path = "/api/content/documents";
const CRLF = "\r\n";
const encode = (text: string) => new TextEncoder().encode(text);

describe("uploads", () => {
  let content: TestContent;
  const user = testUser();
  before(async () => {
    content = await openTestContent(() => ({
      uploadLimits: { ...uploadLimits, fileBytes: LIMIT },
    }));
  });
  after(() => content[Symbol.asyncDispose]());

  /** Sends a body as it is. */
  async function send(
    body: BodyInit | null,
    type = "multipart/form-data; boundary=b",
  ) {
    const response = await content.app.request(path, {
      method: "POST",
      body,
      headers: {
        ...content.service.headersOf(user),
        "content-type": type,
      },
    });
    const answer = await response.json();
    return { status: response.status, type: String(answer.type), answer };
  }

  /** Expects a refusal that leaves neither row nor file. */
  async function expectRefused(
    sent: ReturnType<typeof send>,
    status: number,
    problem: string,
  ) {
    const { answer, ...got } = await sent;
    deepEqual(got, { status, type: `/problems/${problem}` }, JSON.stringify(answer));
    deepEqual(await incoming(), []);
  }

  const incoming = async () =>
    (await filesIn(content.folder)).filter((name) => name.startsWith("incoming/"));

  const part = (headers: string, body: string) =>
    `--b${CRLF}${headers}${CRLF}${CRLF}${body}${CRLF}`;
  const filePart = (name = "a.txt", body = "x") =>
    part(`Content-Disposition: form-data; name="file"; filename="${name}"`, body);
  const field = (name: string, value: string) =>
    part(`Content-Disposition: form-data; name="${name}"`, value);
  const END = `--b--${CRLF}`;

  it("have the contract's limit", () => {
    equal(uploadLimits.fileBytes, FILE_BYTES_MAX);
    equal(FILE_BYTES_MAX, 209_715_200);
  });

  const refused: [name: string, body: BodyInit | null, status: number, problem: string][] = [
    ["no body", null, 400, "upload-unreadable"],
    ["an empty body", "", 400, "upload-unreadable"],
    ["a body without any part", END, 422, "file-missing"],
    ["something else", "hello", 400, "upload-unreadable"],
    ["a body that breaks off inside the file", filePart().slice(0, -3), 400, "upload-unreadable"],
    ["a body that breaks off before its end", filePart(), 400, "upload-unreadable"],
    ["a body that breaks off in a part's headers", "--b\r\nContent-Disp", 400, "upload-unreadable"],
    ["no file", field("title", "x") + END, 422, "file-missing"],
    ["an empty file", filePart("a.txt", "") + END, 422, "file-empty"],
    ["two files", filePart() + filePart() + END, 422, "file-not-single"],
    [
      "a file in another field",
      part(
        `Content-Disposition: form-data; name="scan"; filename="a.txt"`,
        "x",
      ) + END,
      422,
      "invalid-request",
    ],
    ["a file without a name", field("file", "x") + END, 422, "file-name-impossible"],
    [
      "a part without a name",
      part("Content-Disposition: form-data", "x") + filePart() + END,
      422,
      "invalid-request",
    ],
    ["an unknown field", filePart() + field("patient", "x") + END, 422, "invalid-request"],
    [
      "a field twice",
      field("title", "a") + field("title", "b") + filePart() + END,
      422,
      "invalid-request",
    ],
    ["__proto__ as a field", field("__proto__", "a") + filePart() + END, 422, "invalid-request"],
    [
      "too long a title",
      field("title", "a".repeat(501)) + filePart() + END,
      422,
      "invalid-request",
    ],
    [
      "a title of a megabyte",
      field("title", "a".repeat(200_000)) + filePart() + END,
      422,
      "invalid-request",
    ],
    ["an empty title", field("title", " ") + filePart() + END, 422, "invalid-request"],
    ["a title with NUL", field("title", "a\0b") + filePart() + END, 422, "invalid-request"],
    ["a patient that is no id", field("patientId", "7") + filePart() + END, 422, "invalid-request"],
    ["tags that are no JSON", field("tags", "a,b") + filePart() + END, 422, "invalid-request"],
    ["tags that are no list", field("tags", `{"a":1}`) + filePart() + END, 422, "invalid-request"],
    ["tags of numbers", field("tags", "[1]") + filePart() + END, 422, "invalid-request"],
    [
      "21 tags",
      field("tags", JSON.stringify(Array(21).fill("a"))) + filePart() + END,
      422,
      "invalid-request",
    ],
    [
      "a hundred fields",
      Array.from({ length: 100 }, (_, n) => field(`f${n}`, "x")).join("") + END,
      422,
      "invalid-request",
    ],
    ["a name with a path", filePart("../../etc/passwd") + END, 422, "file-name-impossible"],
    [
      "a name with a Windows path",
      filePart("..\\\\..\\\\a.txt") + END,
      422,
      "file-name-impossible",
    ],
    ["a name with NUL", filePart("a\0.txt") + END, 400, "upload-unreadable"],
    ["a name of 5,000 characters", filePart("a".repeat(5_000)) + END, 422, "file-name-impossible"],
    ["a name of dots", filePart("..") + END, 422, "file-name-impossible"],
    ["an empty name", filePart("") + END, 422, "file-name-impossible"],
  ];
  for (const [name, body, status, problem] of refused) {
    it(`refuse ${name}`, () => expectRefused(send(body), status, problem));
  }

  it("refuse bytes that are not UTF-8, in a name and in a title", async () => {
    const invalid = (text: string) =>
      Uint8Array.from(text, (char) => char === "¿" ? 0xff : char.charCodeAt(0));
    await expectRefused(send(invalid(filePart("a¿.txt") + END)), 422, "file-name-impossible");
    await expectRefused(
      send(invalid(field("title", "a¿") + filePart() + END)),
      422,
      "invalid-request",
    );
  });

  it("refuse another content type, none, and one without a boundary", async () => {
    const body = filePart() + END;
    await expectRefused(send(body, "application/json"), 415, "unsupported-media-type");
    await expectRefused(send(body, "multipart/form-data"), 400, "upload-unreadable");
    await expectRefused(send(body, "multipart/form-data; boundary="), 400, "upload-unreadable");
    const bare = await content.app.request(path, {
      method: "POST",
      body: encode(body),
      headers: content.service.headersOf(user),
    });
    equal(bare.status, 415);
    await bare.body?.cancel();
  });

  it("refuse a file over the limit, declared or not, without reading it all", async () => {
    const declared = await content.app.request(path, {
      method: "POST",
      body: "x",
      headers: {
        ...content.service.headersOf(user),
        "content-type": "multipart/form-data; boundary=b",
        "content-length": String(LIMIT + FORM_BYTES_MAX + 1),
      },
    });
    equal(declared.status, 413);
    equal((await declared.json()).type, "/problems/file-too-large");

    let pulled = 0;
    const endless = new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(encode(filePart().slice(0, -3))),
      pull(controller) {
        pulled += 10_000;
        controller.enqueue(new Uint8Array(10_000).fill(65));
      },
    });
    await expectRefused(send(endless), 413, "file-too-large");
    ok(pulled < 5 * LIMIT, `${pulled} bytes were asked for`);
  });

  it("take a file of exactly the limit and refuse one byte more", async () => {
    const exact = await upload(content, user, new Uint8Array(LIMIT).fill(65));
    equal(exact.status, 201);
    equal((await exact.json()).size, LIMIT);
    const more = await upload(content, user, new Uint8Array(LIMIT + 1).fill(65));
    equal(more.status, 413);
    await more.body?.cancel();
  });

  it("give up on a body that stalls, and on one that takes too long", async () => {
    for (const impatient of [{ idleMs: 50 }, { totalMs: 50 }]) {
      const stalled = new Request("http://content/", {
        method: "POST",
        body: new ReadableStream({
          start: (controller) => controller.enqueue(encode(filePart().slice(0, -2))),
        }),
        headers: { "content-type": "multipart/form-data; boundary=b" },
      });
      const limits = { ...uploadLimits, ...impatient };
      await rejects(receive({ ...content.deps, uploadLimits: limits }, stalled, NoFields), {
        kind: "upload-unreadable",
      });
    }
    deepEqual(await incoming(), []);
  });

  it("leave nothing of a client that goes away", async () => {
    const leaving = new ReadableStream<Uint8Array>({
      start(controller) {
        controller.enqueue(encode(filePart().slice(0, -2)));
        queueMicrotask(() => controller.error(new Error("gone")));
      },
    });
    await expectRefused(send(leaving), 400, "upload-unreadable");
  });

  it("take fields before and after the file, and one byte at a time", async () => {
    const body = encode(
      field("title", "Grüße") + filePart("größe.txt", "hello") + field("tags", `["a","b"]`) + END +
        "epilogue",
    );
    let at = 0;
    const slow = new ReadableStream<Uint8Array>({
      pull(controller) {
        if (at < body.byteLength) controller.enqueue(body.slice(at, ++at));
        else controller.close();
      },
    });
    const { status, answer } = await send(slow);
    equal(status, 201);
    deepEqual([answer.title, answer.fileName, answer.tags, answer.size], [
      "Grüße",
      "größe.txt",
      ["a", "b"],
      5,
    ]);
  });

  it("keep equal bytes once for an organization", async () => {
    const someone = testUser();
    const bytes = fixtures.textNote("the same twice");
    const [first, second] = [
      await file(content, someone, bytes),
      await file(content, someone, bytes),
    ];
    equal(first.sha256, second.sha256);
    const kept = (await filesIn(content.folder)).filter((name) =>
      name.includes(someone.organizationId)
    );
    deepEqual(kept, [
      `${someone.organizationId}/${first.sha256.slice(0, 2)}/${first.sha256}`,
    ]);
  });
});

describe("isPossibleFileName", () => {
  it("takes what people call their files", () => {
    for (
      const name of ["a", "Befund 1.pdf", "écho (2).dcm", ".hidden", "山田.txt", "a..b", "a'b\"c"]
    ) {
      equal(isPossibleFileName(name), true, name);
    }
  });
  it("refuses what no file can be called", () => {
    for (
      const name of [
        "",
        " ",
        ".",
        "..",
        "a/b",
        "a\\b",
        "a\nb",
        "a\u007f",
        "a\u0085",
        "\ud800",
        "x\u202efdp.exe",
        "\ufffd",
        "a".repeat(256),
      ]
    ) {
      equal(isPossibleFileName(name), false, JSON.stringify(name));
    }
  });
});
