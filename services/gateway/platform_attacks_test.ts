/** Attacks on a whole platform through its gateway, by the numbers of the threat list. */
import { deepEqual, equal, notEqual, ok } from "node:assert/strict";
import { after, before, describe, it } from "@std/testing/bdd";
import { type Platform, startPlatform } from "@praxis/local/platform";
import { findFreeOffset } from "@praxis/local/stand-ins";
import { newId } from "@praxis/shared/id";
import { createClient, type SignedIn, signIn } from "@praxis/tools/client";
import { requestRaw } from "./raw_testing.ts";

const METHODS = ["get", "post", "put", "patch", "delete"] as const;
const JSON_BYTES_MAX = 1024 * 1024;

type Operation = {
  method: string;
  /** With an id that is nobody's in every place. */
  path: string;
  access: string;
  takes: string[];
  parameters: string[];
};

describe("an attack on the whole platform", () => {
  let dataDir: string;
  let platform: Platform;
  let port: number;
  let owner: SignedIn;
  let physician: SignedIn;
  let nurse: SignedIn;
  let rival: SignedIn;
  let operations: Operation[];

  before(async () => {
    dataDir = await Deno.makeTempDir({ prefix: "praxis-attacks-" });
    platform = await startPlatform({
      dataDir,
      portOffset: findFreeOffset(),
      mode: "test",
      watch: false,
      readyLimitMs: 120_000,
      environment: { RATE_LIMIT_USER: "100000/100000", RATE_LIMIT_ADDRESS: "100000/100000" },
    });
    port = Number(new URL(platform.url).port);
    const person = (name: string) => signIn(platform.url, `${name}.praxis.test`);
    [owner, physician, nurse, rival] = await Promise.all(
      ["owner@demo", "physician@demo", "nurse@demo", "physician@rival"].map(person),
    ) as [SignedIn, SignedIn, SignedIn, SignedIn];
    operations = operationsOf(await owner.get("/openapi.json"));
  });
  after(async () => {
    await platform?.stop();
    await Deno.remove(dataDir, { recursive: true });
  });

  /** Everything that the merged document tells of. */
  function operationsOf(document: unknown): Operation[] {
    type Written = {
      "x-permission": string;
      parameters?: { name: string }[];
      requestBody?: { content: Record<string, unknown> };
    };
    const { paths } = document as { paths: Record<string, Record<string, Written>> };
    return Object.entries(paths).flatMap(([path, item]) =>
      METHODS.flatMap((method) => {
        const written = item[method];
        if (!written) return [];
        return [{
          method: method.toUpperCase(),
          path: path.replace(/\{[^}]+\}/g, newId()),
          access: written["x-permission"],
          takes: Object.keys(written.requestBody?.content ?? {}),
          parameters: (written.parameters ?? []).map(({ name }) => name),
        }];
      })
    );
  }
  const needsUser = ({ access }: Operation) => access === "signed-in" || access.includes(":");
  const asked = (token: string, { method, path }: Operation, lines: string[] = [], body = "") =>
    requestRaw(port, `${method} ${path}`, [
      `Authorization: Bearer ${token}`,
      ...(body || method !== "GET" ? [`Content-Length: ${body.length}`] : []),
      ...lines,
    ], body);
  async function send(who: SignedIn, path: string, init: RequestInit = {}) {
    const answer = await who.request(path, init);
    const text = await answer.text();
    const isJson = answer.headers.get("content-type")?.includes("json");
    return { status: answer.status, body: isJson ? JSON.parse(text) : text, answer };
  }
  const post = (who: SignedIn, path: string, body: unknown, headers: Record<string, string> = {}) =>
    send(who, path, {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body: JSON.stringify(body),
    });
  const patient = (family: string) => ({
    identifiers: [{ system: "urn:praxis:test", value: newId() }],
    name: { family, given: ["Ada"] },
    birthDate: "1984-02-29",
    sex: "female",
  });
  const file = (text: string) => ({ name: "note.txt", bytes: new TextEncoder().encode(text) });

  it("J17: no operation takes a refresh token, a challenge or a service's token for a user's", async () => {
    const wrong = [owner.refreshToken, newId(), await serviceToken()];
    const guarded = operations.filter(needsUser);
    ok(guarded.length > 200, `${guarded.length}`);
    const taken: string[] = [];
    for (const operation of guarded) {
      for (const [kind, token] of wrong.entries()) {
        const { status } = await asked(token, operation);
        if (status !== 401) taken.push(`${operation.method} ${operation.path} ${kind} ${status}`);
      }
    }
    deepEqual(taken, []);
  });

  /** As the gateway itself gets it. */
  async function serviceToken(): Promise<string> {
    const { SERVICE_CREDENTIAL } = platform.env("gateway");
    const answer = await fetch(`${platform.urls.identity}/oauth/token`, {
      method: "POST",
      body: new URLSearchParams({ grant_type: "client_credentials" }),
      headers: { authorization: `Basic ${btoa(`gateway:${SERVICE_CREDENTIAL}`)}` },
    });
    equal(answer.status, 200);
    return (await answer.json()).access_token;
  }

  it("J20: a token of one clinic finds nothing of another's, in paths and in bodies", async () => {
    const { body: theirPatient } = await post(rival, "/api/practice/patients", patient("Rival"));
    const theirs = await rival.upload(file(`Of the rival, ${newId()}.`));
    const { items: [theirPractitioner] } = await rival.get("/api/practice/practitioners") as {
      items: { id: string }[];
    };
    const own = await physician.upload(file(`Our own, ${newId()}.`));
    const { body: ownPatient } = await post(physician, "/api/practice/patients", patient("Own"));
    const paths = (document: string, person: string) => [
      `/api/content/documents/${document}`,
      `/api/content/documents/${document}/content`,
      `/api/content/documents/${document}/versions`,
      `/api/practice/patients/${person}`,
      `/fhir/R4/Patient/${person}`,
    ];
    const statuses = async (list: string[]) =>
      await Promise.all(list.map(async (path) => [path, (await send(physician, path)).status]));
    const expected = (list: string[], status: number) => list.map((path) => [path, status]);
    const ours = paths(own.id, ownPatient.id);
    deepEqual(await statuses(ours), expected(ours, 200));
    const others = paths(theirs.id, theirPatient.id);
    deepEqual(await statuses(others), expected(others, 404));
    // Named in a body, or as a header that says to be another clinic's.
    const booked = await post(physician, "/api/practice/appointments", {
      patientId: theirPatient.id,
      practitionerId: theirPractitioner?.id ?? newId(),
      startsAt: "2030-01-07T09:00:00Z",
      endsAt: "2030-01-07T09:15:00Z",
    });
    equal(booked.status, 404);
    const claimed = await send(physician, others[0]!, {
      headers: { "x-tenant-id": await rivalOrganization(), "x-user-id": newId() },
    });
    equal(claimed.status, 404);
    const elsewhere = { ...patient("Elsewhere"), organizationId: await rivalOrganization() };
    equal((await post(physician, "/api/practice/patients", elsewhere)).status, 422);
  });

  async function rivalOrganization(): Promise<string> {
    const me = await rival.get("/api/identity/users/me") as { organizations: { id: string }[] };
    return me.organizations[0]!.id;
  }

  it("G7: JSON over a MiB, told or in chunks; nested beyond reason; a field twice", async () => {
    const long = "x".repeat(JSON_BYTES_MAX + 1);
    const operation = { method: "POST", path: "/api/practice/patients" } as Operation;
    const json = "Content-Type: application/json";
    equal((await asked(physician.accessToken, operation, [json], long)).status, 413);
    const lines = [`Authorization: Bearer ${physician.accessToken}`, json];
    const chunks = `${long.length.toString(16)}\r\n${long}\r\n0\r\n\r\n`;
    const chunked = await requestRaw(
      port,
      `POST ${operation.path}`,
      [...lines, "Transfer-Encoding: chunked"],
      chunks,
    );
    equal(chunked.status, 413);
    const deep = "[".repeat(20_000) + "]".repeat(20_000);
    equal((await asked(physician.accessToken, operation, [json], deep)).status, 400);
    const twice = JSON.stringify(patient("First")).replace(/}$/, ',"birthDate":"1990-01-01"}');
    const { status, body } = await asked(physician.accessToken, operation, [json], twice);
    deepEqual([status, JSON.parse(body).birthDate], [201, "1990-01-01"]);
  });

  it("G8: no operation reads a body of a missing or another media type", async () => {
    const taking = operations.filter(({ takes }) => takes.length > 0);
    ok(taking.length > 100, `${taking.length}`);
    const counts = new Map<number, number>();
    const wrong: string[] = [];
    for (const operation of taking) {
      for (const lines of [[], ["Content-Type: text/html"], ["Content-Type: application/jsonx"]]) {
        const { status } = await asked(owner.accessToken, operation, lines, "{}");
        counts.set(status, (counts.get(status) ?? 0) + 1);
        // Whoever may not call it is told that, or that there is nothing, and no more.
        if (![415, 401, 403, 404].includes(status)) {
          wrong.push(`${operation.method} ${operation.path} ${lines} ${status}`);
        }
      }
    }
    deepEqual(wrong, []);
    ok(counts.get(415)! > 200, JSON.stringify([...counts]));
  });

  const INJECTIONS = [
    "' or 1=1 --",
    "'; drop table patients; --",
    "a' union select password_hash from credentials --",
    "$$; select pg_sleep(30); $$",
    "\\'; select 1; --",
    "%' or '1'='1",
    "{{7*7}}",
    "1); delete from documents; --",
  ];

  it("G10: SQL in a query, an id, a cursor, a header or a body is a word like any other", async () => {
    const { body: made } = await post(physician, "/api/practice/patients", patient("O'Sullivan"));
    const count = async () =>
      (await physician.get("/api/practice/patients?limit=100") as { items: unknown[] }).items
        .length;
    const before = await count();
    const listed = operations.filter(({ method, access, path }) =>
      method === "GET" && access.includes(":") && !path.includes("/fhir/")
    );
    const answers: [string, number][] = [];
    for (const injection of INJECTIONS) {
      const text = encodeURIComponent(injection);
      for (const { path, parameters } of listed) {
        for (const name of parameters.filter((one) => ["q", "cursor", "sort"].includes(one))) {
          const address = `${path}?${name}=${text}`;
          const { status, body } = await send(owner, address);
          answers.push([address, status]);
          if (status === 200 && name === "q") deepEqual(body.items, [], address);
        }
      }
      for (
        const path of [
          `/api/practice/patients/${text}`,
          `/api/content/documents/${text}`,
          `/api/practice/patients?identifier=${text}`,
          `/api/content/documents?patientId=${text}`,
          `/api/content/documents?category=${text}`,
          `/api/workflow/runs/${text}/history`,
          `/fhir/R4/Patient?name=${text}`,
        ]
      ) answers.push([path, (await send(physician, path)).status]);
    }
    for (const injection of INJECTIONS) {
      const family = patient(injection);
      const created = await post(physician, "/api/practice/patients", family, {
        "idempotency-key": injection.replaceAll(" ", ""),
      });
      answers.push(["POST", created.status]);
      // What was stored is what was sent, to the letter.
      equal(created.body.name.family, injection);
    }
    const bad = answers.filter(([, status]) => ![200, 201, 400, 403, 404, 422].includes(status));
    deepEqual(bad, []);
    ok(answers.length > 100, `${answers.length}`);
    equal((await send(physician, `/api/practice/patients/${made.id}`)).status, 200);
    equal(await count(), before + INJECTIONS.length);
  });

  it("G13: an idempotency key is its owner's, for one request, and gives no secret again", async () => {
    const key = { "idempotency-key": newId() };
    const body = patient("Once");
    const first = await post(physician, "/api/practice/patients", body, key);
    equal(first.status, 201);
    const again = await post(physician, "/api/practice/patients", body, key);
    deepEqual([again.status, again.body.id], [201, first.body.id]);
    const other = await post(physician, "/api/practice/patients", patient("Other"), key);
    equal(other.status, 422);
    // Another's key of the same letters is another key: nothing of the first answer is told.
    const theirs = await post(rival, "/api/practice/patients", body, key);
    equal(theirs.status, 201);
    notEqual(theirs.body.id, first.body.id);
    const colleague = await post(nurse, "/api/practice/patients", patient("Colleague"), key);
    equal(colleague.status, 201);
    notEqual(colleague.body.id, first.body.id);
    // What is shown once is not kept, and so cannot be shown again.
    const secretive = operations.filter(({ parameters, path }) =>
      parameters.some((name) => name.toLowerCase() === "idempotency-key") &&
      path.startsWith("/api/identity")
    );
    deepEqual(secretive, []);
  });

  it("G14: a cursor that was forged, or is another list's, continues nothing", async () => {
    const forged = [
      "x",
      "%00",
      btoa('["2030-01-01T00:00:00Z","not an id"]'),
      btoa('{"a":1}'),
      btoa("[]"),
      "a".repeat(501),
    ];
    const lists = operations.filter(({ method, access, parameters }) =>
      method === "GET" && needsUser({ access } as Operation) && parameters.includes("cursor")
    );
    ok(lists.length > 30, `${lists.length}`);
    const counts = new Map<number, number>();
    const wrong: string[] = [];
    for (const { path } of lists) {
      for (const cursor of forged) {
        const { status } = await send(owner, `${path}?cursor=${encodeURIComponent(cursor)}`);
        counts.set(status, (counts.get(status) ?? 0) + 1);
        if (![422, 403, 404].includes(status)) wrong.push(`${path} ${cursor} ${status}`);
      }
    }
    deepEqual(wrong, []);
    ok(counts.get(422)! > 100, JSON.stringify([...counts]));
    // Another clinic's cursor says where to go on in one's own list, and no more.
    for (let i = 0; i < 2; i++) await post(rival, "/api/practice/patients", patient(`Zed${i}`));
    const page = await rival.get("/api/practice/patients?limit=1") as { nextCursor: string };
    ok(page.nextCursor);
    const { status, body } = await send(
      physician,
      `/api/practice/patients?limit=100&cursor=${page.nextCursor}`,
    );
    ok(status === 200 || status === 422);
    const families = (body.items ?? []).map((one: { name: { family: string } }) => one.name.family);
    ok(!families.some((family: string) => family.startsWith("Zed")));
  });

  it("G15: nobody is sent to an address of a stranger's choice", async () => {
    const stranger = createClient(platform.url);
    const evil = ["//evil.test", "/\\evil.test", "https:evil.test", "https://evil.test/cb"];
    for (const address of evil) {
      const text = encodeURIComponent(address);
      for (
        const path of [
          `/oauth/authorize?response_type=code&client_id=${newId()}&redirect_uri=${text}`,
          `/oauth/authorize?redirect_uri=${text}&returnTo=${text}`,
          `/sign-in?returnTo=${text}&next=${text}`,
          `/?returnTo=${text}`,
        ]
      ) {
        const answer = await stranger.request(path, { redirect: "manual" });
        await answer.body?.cancel();
        equal(answer.headers.get("location"), null, path);
        ok(answer.status < 300 || answer.status >= 400, path);
        if (path.startsWith("/oauth")) equal(answer.status, 400, path);
      }
      const body = { email: owner.email, password: "x", client: "api", returnTo: address };
      const signedIn = await stranger.request("/auth/login", {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(body),
      });
      await signedIn.body?.cancel();
      equal(signedIn.status, 422);
    }
    for (const line of ["GET //evil.test/%2e%2e", "GET /\\evil.test", "GET https://evil.test/"]) {
      const answer = await requestRaw(port, line);
      equal(answer.headers.get("location"), null, line);
    }
  });
});
