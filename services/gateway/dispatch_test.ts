import { deepEqual, equal, ok } from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { openGateway, standInIdentity, standInService, until } from "./testing.ts";

const json = JSON.stringify;

async function statusOf(url: string, init: RequestInit = {}): Promise<number> {
  const answer = await fetch(url, init);
  await answer.body?.cancel();
  return answer.status;
}

/** Takes a request and ends the connection without an answer. */
function openBreaker() {
  let taken = 0;
  const listener = Deno.listen({ port: 0, hostname: "127.0.0.1" });
  (async () => {
    for await (const connection of listener) {
      if (await connection.read(new Uint8Array(4_096)).catch(() => null)) taken++;
      connection.close();
    }
  })();
  return {
    url: `http://127.0.0.1:${listener.addr.port}`,
    taken: () => taken,
    close: () => listener.close(),
  };
}

describe("several instances of a service", () => {
  it("stand in for one that is gone, for reading; a write is never sent twice", async () => {
    const content = standInService("content");
    const broken = openBreaker();
    const gateway = openGateway({
      environment: {
        SERVICE_INSTANCES: json({ content: [{ url: content.url }, { url: broken.url }] }),
      },
    });
    try {
      for (let i = 0; i < 20; i++) equal(await statusOf(`${gateway.url}/api/content/${i}`), 200);
      ok(broken.taken() > 0, "the broken one was never asked");
    } finally {
      await Promise.all([gateway.close(), content.close()]);
      broken.close();
    }
  });

  it("a write that broke off is answered with 503 and sent once", async () => {
    const broken = openBreaker();
    const gateway = openGateway({ urls: { content: broken.url } });
    try {
      const post = { method: "POST", body: "{}" };
      equal(await statusOf(`${gateway.url}/api/content/x`, post), 503);
      equal(broken.taken(), 1);
      equal(await statusOf(`${gateway.url}/api/content/x`), 503);
      equal(broken.taken(), 4);
    } finally {
      await gateway.close();
      broken.close();
    }
  });

  it("one that keeps failing is left alone", async () => {
    const broken = openBreaker();
    const gateway = openGateway({ urls: { content: broken.url } });
    try {
      const post = { method: "POST", body: "{}" };
      for (let i = 0; i < 12; i++) equal(await statusOf(`${gateway.url}/api/content/x`, post), 503);
      // Five, and a try for each pause that has passed since.
      ok(broken.taken() >= 5 && broken.taken() < 12, `asked ${broken.taken()} times`);
    } finally {
      await gateway.close();
      broken.close();
    }
  });

  it("an organization meets one version, always the same", async () => {
    const identity = await standInIdentity();
    const [old, young] = [standInService("workflow"), standInService("workflow")];
    const gateway = openGateway({
      urls: { identity: identity.url },
      environment: {
        SERVICE_INSTANCES: json({
          workflow: [{ url: old.url, version: "1" }, { url: young.url, version: "2" }],
        }),
        VERSION_WEIGHTS: json({ workflow: { weights: { "1": 1, "2": 1 } } }),
      },
    });
    gateway.follow();
    try {
      await until(() => gateway.deps.staleSeconds() < 60);
      const met: string[] = [];
      for (let organization = 0; organization < 12; organization++) {
        const { token } = await identity.token();
        const headers = { authorization: `Bearer ${token}` };
        const before = [old.seen.length, young.seen.length] as const;
        for (let i = 0; i < 4; i++) {
          equal(await statusOf(`${gateway.url}/api/workflow/tasks`, { headers }), 200);
        }
        const counts = [old.seen.length - before[0], young.seen.length - before[1]];
        ok(counts.includes(4) && counts.includes(0), `met both: ${counts}`);
        met.push(counts[0] === 4 ? "1" : "2");
      }
      deepEqual([...new Set(met)].sort(), ["1", "2"]);
    } finally {
      await Promise.all([gateway.close(), identity.close(), old.close(), young.close()]);
    }
  });
});

describe("an answer", () => {
  const body = json({ words: "a ".repeat(4_000) });
  const text = new TextEncoder();

  it("is packed for a client that unpacks, and its ETag still matches", async () => {
    let ifMatch: string | null = "";
    const content = standInService("content", (request) => {
      ifMatch = request.headers.get("if-match");
      return Promise.resolve(
        new Response(body, { headers: { "content-type": "application/json", etag: '"v1"' } }),
      );
    });
    const gateway = openGateway({ urls: { content: content.url } });
    try {
      const answer = await fetch(`${gateway.url}/api/content/x`, {
        headers: { "accept-encoding": "gzip" },
      });
      const etag = answer.headers.get("etag")!;
      equal(await answer.text(), body);
      equal(etag, 'W/"v1"');
      const headers = { "if-match": etag };
      equal(await statusOf(`${gateway.url}/api/content/x`, { method: "PUT", headers }), 200);
      equal(ifMatch, '"v1"');
    } finally {
      await Promise.all([gateway.close(), content.close()]);
    }
  });

  it("of identity's doors is not packed: it holds secrets", async () => {
    const identity = standInService(
      "identity",
      () =>
        Promise.resolve(new Response(body, { headers: { "content-type": "application/json" } })),
    );
    const gateway = openGateway({ urls: { identity: identity.url } });
    try {
      const packed = { headers: { "accept-encoding": "gzip" } };
      const answer = await fetch(`${gateway.url}/auth/x`, packed);
      equal(answer.headers.get("content-length"), String(body.length));
      await answer.body?.cancel();
    } finally {
      await Promise.all([gateway.close(), identity.close()]);
    }
  });

  it("of events comes piece by piece, also to a client that unpacks", async () => {
    const release = Promise.withResolvers<void>();
    const workflow = standInService("workflow", () =>
      Promise.resolve(
        new Response(
          new ReadableStream({
            async start(controller) {
              controller.enqueue(text.encode("data: one\n\n"));
              await release.promise;
              controller.enqueue(text.encode("data: two\n\n"));
              controller.close();
            },
          }),
          { headers: { "content-type": "text/event-stream" } },
        ),
      ));
    const gateway = openGateway({ urls: { workflow: workflow.url } });
    try {
      const headers = { "accept-encoding": "gzip, br" };
      const answer = await fetch(`${gateway.url}/api/workflow/events`, { headers });
      const reader = answer.body!.pipeThrough(new TextDecoderStream()).getReader();
      equal((await reader.read()).value, "data: one\n\n");
      release.resolve();
      equal((await reader.read()).value, "data: two\n\n");
      equal((await reader.read()).done, true);
    } finally {
      await Promise.all([gateway.close(), workflow.close()]);
    }
  });

  it("says what is left of the limit", async () => {
    const content = standInService("content");
    const gateway = openGateway({
      urls: { content: content.url },
      environment: { RATE_LIMIT_ADDRESS: "1/80" },
    });
    try {
      const answer = await fetch(`${gateway.url}/api/content/x`);
      await answer.body?.cancel();
      equal(answer.headers.get("ratelimit"), '"address";r=79;t=1');
      equal(answer.headers.get("ratelimit-policy"), '"address";q=80;w=80');
    } finally {
      await Promise.all([gateway.close(), content.close()]);
    }
  });
});
