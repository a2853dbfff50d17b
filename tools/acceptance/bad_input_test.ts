import { equal, match, ok } from "node:assert/strict";
import { after, before, describe, it } from "@std/testing/bdd";
import { type Platform, startPlatform } from "@praxis/local/platform";
import { findFreeOffset } from "@praxis/local/stand-ins";
import { createClient, type SignedIn, signIn } from "../client.ts";
import { sendRaw } from "./raw_http.ts";

const JSON_TYPE = { "content-type": "application/json" };
const UPLOAD = "/api/content/documents";

/** Everything the issue names as bad input, through the gateway of a whole platform. */
describe("bad input at the front door", () => {
  let platform: Platform;
  let dataDir: string;
  let physician: SignedIn;
  let pids: string;

  const pidsNow = () =>
    platform.processes().map(({ name, pid }) => `${name} ${pid}`).sort().join(", ");

  before(async () => {
    dataDir = await Deno.makeTempDir({ prefix: "praxis-bad-input-" });
    platform = await startPlatform({
      dataDir,
      portOffset: findFreeOffset(),
      mode: "test",
      watch: false,
      readyLimitMs: 120_000,
    });
    physician = await signIn(platform.url, "physician@demo.praxis.test");
    pids = pidsNow();
  });
  after(async () => {
    try {
      equal(pidsNow(), pids, "a process was restarted");
    } finally {
      await platform.stop();
      await Deno.remove(dataDir, { recursive: true });
    }
  });

  /** The answer is a problem with this status, and names its request. */
  async function expectProblem(response: Response, ...statuses: number[]): Promise<void> {
    const text = await response.text();
    ok(statuses.includes(response.status), `answered ${response.status}: ${text.slice(0, 200)}`);
    equal(response.headers.get("content-type"), "application/problem+json");
    const problem = JSON.parse(text);
    equal(problem.status, response.status);
    match(problem.type, /^\/problems\/[a-z-]+$/);
    ok(problem.instance);
  }

  const login = (init: RequestInit) =>
    createClient(platform.url).request("/auth/login", { method: "POST", ...init });

  const bodies: Record<string, [RequestInit, ...number[]]> = {
    "no body": [{}, 400, 415, 422],
    "no content type": [{ body: new TextEncoder().encode("{}") }, 415],
    "the wrong content type": [{ body: "<a/>", headers: { "content-type": "text/xml" } }, 415],
    "malformed JSON": [{ body: '{"email":', headers: JSON_TYPE }, 400],
    "invalid UTF-8": [{ body: new Uint8Array([0x22, 0xff, 0xfe, 0x22]), headers: JSON_TYPE }, 400],
    "JSON of another shape": [{ body: "[]", headers: JSON_TYPE }, 422],
    "unknown fields": [{
      body: '{"email":"a@b.test","password":"x","client":"api","isAdmin":true}',
      headers: JSON_TYPE,
    }, 422],
    "a prototype": [{
      body: '{"email":"a@b.test","password":"x","__proto__":{"admin":true}}',
      headers: JSON_TYPE,
    }, 422],
    "deep nesting": [
      { body: "[".repeat(100_000) + "]".repeat(100_000), headers: JSON_TYPE },
      400,
      422,
    ],
    "a body of 3 MB": [{ body: JSON.stringify("x".repeat(3e6)), headers: JSON_TYPE }, 413],
  };
  for (const [name, [init, ...statuses]] of Object.entries(bodies)) {
    it(`sign-in with ${name}`, async () => await expectProblem(await login(init), ...statuses));
  }

  function upload(
    fileName: string,
    bytes: Uint8Array<ArrayBuffer>,
    fields = {},
  ): Promise<Response> {
    const form = new FormData();
    for (const [name, value] of Object.entries<string>(fields)) form.append(name, value);
    form.append("file", new Blob([bytes]), fileName);
    return physician.request(UPLOAD, { method: "POST", body: form });
  }
  const some = new TextEncoder().encode("something");

  it("an empty file", async () =>
    await expectProblem(await upload("a.txt", new Uint8Array()), 422));
  it("a name of 5,000 characters", async () =>
    await expectProblem(await upload("x".repeat(5_000) + ".txt", some), 422));
  it("an unknown field", async () =>
    await expectProblem(await upload("a.txt", some, { owner: "me" }), 422));
  it("a patient id that is none", async () =>
    await expectProblem(await upload("a.txt", some, { patientId: "42" }), 422));

  /** A multipart body whose file part has the given header line, byte for byte. */
  function multipart(disposition: string | Uint8Array): Uint8Array<ArrayBuffer> {
    const encoder = new TextEncoder();
    const line = typeof disposition === "string" ? encoder.encode(disposition) : disposition;
    return new Uint8Array([
      ...encoder.encode("--b\r\nContent-Disposition: "),
      ...line,
      ...encoder.encode("\r\n\r\nsomething\r\n--b--\r\n"),
    ]);
  }
  const names: Record<string, string | Uint8Array> = {
    "../": 'form-data; name="file"; filename="../../etc/passwd"',
    "a NUL": 'form-data; name="file"; filename="a\0b.txt"',
    "an encoded ../": "form-data; name=\"file\"; filename*=UTF-8''..%2f..%2fetc%2fpasswd",
    "invalid UTF-8": new Uint8Array([
      ...new TextEncoder().encode('form-data; name="file"; filename="'),
      0xff,
      0xfe,
      ...new TextEncoder().encode('.txt"'),
    ]),
  };
  for (const [name, disposition] of Object.entries(names)) {
    it(`a file name with ${name}`, async () => {
      const response = await physician.request(UPLOAD, {
        method: "POST",
        body: multipart(disposition),
        headers: { "content-type": "multipart/form-data; boundary=b" },
      });
      await expectProblem(response, 400, 422);
    });
  }

  it("no file, a truncated body, no boundary", async () => {
    const send = (body: string, type: string) =>
      physician.request(UPLOAD, { method: "POST", body, headers: { "content-type": type } });
    await expectProblem(
      await physician.request(UPLOAD, { method: "POST", body: new FormData() }),
      400,
      422,
    );
    await expectProblem(
      await send(
        '--b\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\nsome',
        "multipart/form-data; boundary=b",
      ),
      400,
    );
    await expectProblem(await send("something", "multipart/form-data"), 400, 415, 422);
    await expectProblem(await send("something", "text/plain"), 415);
  });

  it("300 MB against the limit of 200, announced and in chunks", async () => {
    const head = (extra: string) =>
      `POST ${UPLOAD} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n` +
      `Authorization: Bearer ${tokenOf(physician)}\r\n` +
      `Content-Type: multipart/form-data; boundary=b\r\n${extra}\r\n\r\n`;
    const announced = await sendRaw(platform.url, head("Content-Length: 300000000"));
    equal(announced.status, 413);
    match(announced.body, /"type":"\/problems\/too-large"/);

    let sent = 0;
    function* chunks(): Generator<Uint8Array> {
      const encoder = new TextEncoder();
      const part = '--b\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\n';
      yield encoder.encode(head("Transfer-Encoding: chunked"));
      yield encoder.encode(`${part.length.toString(16)}\r\n${part}\r\n`);
      const megabyte = new Uint8Array(1_000_000).fill(97);
      const size = encoder.encode(`${megabyte.length.toString(16)}\r\n`);
      for (; sent < 300; sent++) {
        yield size;
        yield megabyte;
        yield encoder.encode("\r\n");
      }
    }
    const streamed = await sendRaw(platform.url, chunks());
    equal(streamed.status, 413);
    ok(sent < 300, "everything was read before it was refused");
  });

  it("a header of 1 MB", async () => {
    const { status } = await sendRaw(
      platform.url,
      `GET /health HTTP/1.1\r\nHost: x\r\nX-Long: ${"a".repeat(1_000_000)}\r\n\r\n`,
    );
    ok(status === 0 || status >= 400, `answered ${status}`);
  });

  for (
    const path of [
      "/api/content/../identity/users/me",
      "/api/content/%2e%2e/identity/users/me",
      "//api/content/documents",
      "/api//content/documents",
      "/api/content/./documents",
      "/api/content\\documents",
      "/api/content%2fdocuments",
      "/api/content/documents%00",
      "/api/content/%zz",
    ]
  ) {
    it(`the path ${path}`, async () => {
      const { status, headers } = await sendRaw(
        platform.url,
        `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n` +
          `Authorization: Bearer ${tokenOf(physician)}\r\n\r\n`,
      );
      equal(status, 400);
      equal(headers.get("content-type"), "application/problem+json");
    });
  }

  it("spoofed identity headers, at the gateway and at a service", async () => {
    const spoofed = {
      "x-user-id": "01936d2e-0000-7000-8000-000000000001",
      "x-tenant-id": "01936d2e-0000-7000-8000-000000000002",
      "x-permissions": "documents:read,audit:read",
      "x-session-id": "01936d2e-0000-7000-8000-000000000003",
      "x-praxis-context": "v1.9999999999.content." + "a".repeat(43),
    };
    for (const url of [platform.url, platform.urls.content!]) {
      const response = await createClient(url).request(UPLOAD, { headers: spoofed });
      await expectProblem(response, 401);
    }
    // Beside a good token they change nothing.
    const response = await physician.request("/api/content/audit-events", { headers: spoofed });
    await expectProblem(response, 403);
  });

  it("what is not for the outside is not there", async () => {
    for (const path of ["/internal/revocations", "/internal/events", "/metrics", "/nowhere"]) {
      await expectProblem(await physician.request(path), 404);
    }
  });

  it("a service called directly knows the same token", async () => {
    const direct = await createClient(platform.urls.content!, tokenOf(physician)).request(UPLOAD);
    await direct.body?.cancel();
    equal(direct.status, 200);
  });
});

const tokenOf = (client: SignedIn) => client.accessToken;
