/** A client that hangs up, whenever it does, takes the service's work with it: real sockets. */
import { describe, it } from "@std/testing/bdd";
import { silent } from "@praxis/shared/telemetry";
import { writeAll } from "./raw_testing.ts";
import { listen, openGateway, until } from "./testing.ts";

const CLIENTS = 20;
/** Longer than the gateway takes to look after those that wait. */
const LONG_MS = 200;

const bytes = new TextEncoder();
/** That this time passes is what is tested. */
const long = () => new Promise((resolve) => setTimeout(resolve, LONG_MS));

/** A service that never answers unless told to, a gateway, and what each of them works on. */
function openSetting() {
  const work = { begun: 0, open: 0 };
  const seen = { begun: 0, ended: 0 };
  const answer = Promise.withResolvers<BodyInit>();
  const service = listen(async (request) => {
    if (new URL(request.url).pathname === "/ready") return Response.json({ status: "ready" });
    work.begun++;
    work.open++;
    request.signal.addEventListener("abort", () => work.open--);
    const headers = { "content-type": "text/event-stream" };
    return new Response(await answer.promise, { headers });
  });
  const gateway = openGateway({
    urls: { content: service.url },
    deps: {
      clientAddress: (address) => {
        seen.begun++;
        return address;
      },
      log: { ...silent, info: () => void seen.ended++ },
    },
  });
  return {
    work,
    seen,
    answer: answer.resolve,
    async ask(line = "GET /api/content/x", rest = "\r\n"): Promise<Deno.TcpConn> {
      const connection = await Deno.connect({ port: gateway.port, hostname: "127.0.0.1" });
      await writeAll(connection, bytes.encode(`${line} HTTP/1.1\r\nHost: h\r\n${rest}`));
      return connection;
    },
    async close() {
      answer.resolve("late");
      await Promise.all([gateway.close(), service.close()]);
    },
  };
}

type Setting = ReturnType<typeof openSetting>;

async function expectEnd(hangUp: (setting: Setting) => Promise<unknown>): Promise<void> {
  const setting = openSetting();
  const { work, seen } = setting;
  try {
    await hangUp(setting);
    await until(() => seen.begun >= CLIENTS && seen.ended === seen.begun && work.open === 0);
  } finally {
    await setting.close();
  }
}
const times = (one: () => Promise<void>) => Promise.all(Array.from({ length: CLIENTS }, one));

describe("a client that hangs up ends what is done for it", () => {
  it("as soon as it has asked", () =>
    // Deno drops some of them unseen.
    expectEnd(({ ask, seen }) =>
      until(async () => {
        (await ask()).close();
        return seen.begun >= CLIENTS;
      })
    ));

  it("as soon as the gateway has begun", () =>
    expectEnd(({ ask, seen }) =>
      times(async () => {
        const connection = await ask();
        await until(() => seen.begun === CLIENTS);
        connection.close();
      })
    ));

  for (const [when, wait] of [["at once", () => {}], ["after long", long]] as const) {
    for (
      const [what, ...request] of [
        ["nothing", "GET /api/content/x"],
        ["a body", "POST /api/content/x", "Content-Length: 2\r\n\r\n{}"],
      ] as const
    ) {
      it(`${when}, having sent ${what}, when the service has begun`, () =>
        expectEnd(({ ask, work }) =>
          times(async () => {
            const connection = await ask(...request);
            await until(() => work.begun === CLIENTS);
            await wait();
            connection.close();
          })
        ));
    }
  }

  it("before an answer that never ends has begun", async () => {
    const { ask, work, answer, close } = openSetting();
    let cancelled = 0;
    const connection = await ask();
    await until(() => work.begun === 1);
    connection.close();
    const events = new ReadableStream({
      start: (controller) => controller.enqueue(bytes.encode("data: 1\n\n")),
      cancel: () => void cancelled++,
    });
    answer(events);
    await until(() => cancelled === 1);
    await close();
  });
});
