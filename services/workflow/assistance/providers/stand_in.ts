/** OpenAI and Anthropic as they are documented, over real HTTP, on this machine: for tests only. */

export const standInFaults = [
  "429",
  "500",
  "401",
  "slow",
  "slow-body",
  "reset",
  "truncated",
  "refusal",
  "filtered",
  "not-json",
  "redirect",
] as const;
export type StandInFault = typeof standInFaults[number];

/** What the next call is answered with: a value, text as it stands, or a fault. */
export type Turn = { value: unknown } | { text: string } | { fault: StandInFault; text?: string };

export type Seen = { path: string; headers: Record<string, string>; body: string };

export type StandIn = AsyncDisposable & {
  url: string;
  /** Everything that was sent here: addresses, headers and bodies. */
  seen: Seen[];
  /** Answered in this order; after the last one with 500. */
  turns: Turn[];
};

type Wire = { text: string; end: "done" | "truncated" | "refusal" | "filtered" };

const usage = { input_tokens: 120, output_tokens: 40 };

function asOpenAi({ text, end }: Wire, model: unknown) {
  const refusal = { type: "refusal", refusal: "I cannot help with that." };
  const content = [
    ...(text === "" ? [] : [{ type: "output_text", text, annotations: [] }]),
    ...(end === "refusal" ? [refusal] : []),
  ];
  const reason = end === "truncated" ? "max_output_tokens" : "content_filter";
  const isIncomplete = end === "truncated" || end === "filtered";
  return {
    id: `resp_${crypto.randomUUID()}`,
    object: "response",
    created_at: 0,
    model,
    status: isIncomplete ? "incomplete" : "completed",
    incomplete_details: isIncomplete ? { reason } : null,
    error: null,
    output: [{
      type: "message",
      id: "msg_1",
      role: "assistant",
      status: isIncomplete ? "incomplete" : "completed",
      content,
    }],
    usage: { ...usage, total_tokens: usage.input_tokens + usage.output_tokens },
  };
}

function asAnthropic({ text, end }: Wire, model: unknown) {
  const reasons = { done: "end_turn", truncated: "max_tokens" } as Record<string, string>;
  return {
    id: `msg_${crypto.randomUUID()}`,
    type: "message",
    role: "assistant",
    model,
    content: text === "" ? [] : [{ type: "text", text }],
    stop_reason: reasons[end] ?? "refusal",
    stop_sequence: null,
    usage,
  };
}

/** What both would refuse: without it a test would pass with a request that they do not take. */
function complaintAbout(path: string, headers: Headers, body: Record<string, unknown>) {
  if (path === "/v1/responses") {
    const format = (body.text as { format?: { type?: string; strict?: boolean } })?.format;
    if (!headers.get("authorization")?.startsWith("Bearer ")) return 401;
    const isFit = typeof body.model === "string" && typeof body.input === "string" &&
      format?.type === "json_schema" && format.strict === true && body.store === false;
    return isFit ? undefined : 400;
  }
  if (path !== "/v1/messages") return 404;
  // Its package sends the key as a bearer since version 1; `x-api-key` is documented as well.
  const key = headers.get("x-api-key") ?? headers.get("authorization");
  if (!key || !headers.get("anthropic-version")) return 401;
  const config = body.output_config as { format?: { type?: string } } | undefined;
  const isFit = typeof body.model === "string" && typeof body.max_tokens === "number" &&
    Array.isArray(body.messages) && config?.format?.type === "json_schema";
  return isFit ? undefined : 400;
}

const failed = (status: number, headers: Record<string, string> = {}) =>
  Response.json({ type: "error", error: { type: "error", message: "scripted" } }, {
    status,
    headers,
  });

/** Starts on a port that is free. */
export function startStandIn(): StandIn {
  const seen: Seen[] = [];
  const turns: Turn[] = [];
  const held: (() => void)[] = [];
  const hold = () => new Promise<void>((resolve) => held.push(resolve));

  async function answer(request: Request): Promise<Response> {
    const path = new URL(request.url).pathname;
    const text = await request.text();
    seen.push({ path, headers: Object.fromEntries(request.headers), body: text });
    const body = JSON.parse(text);
    const complaint = complaintAbout(path, request.headers, body);
    if (complaint !== undefined) return failed(complaint);
    const as = path === "/v1/responses" ? asOpenAi : asAnthropic;
    const say = (wire: Wire) => Response.json(as(wire, body.model));
    const turn = turns.shift() ?? { fault: "500" as const };
    if ("value" in turn) return say({ text: JSON.stringify(turn.value), end: "done" });
    if (!("fault" in turn)) return say({ text: turn.text, end: "done" });
    switch (turn.fault) {
      case "429":
        return failed(429, { "retry-after": "7" });
      case "401":
      case "500":
        return failed(Number(turn.fault));
      case "slow":
        await hold();
        return failed(500);
      case "slow-body": {
        const stream = new ReadableStream<Uint8Array>({
          start(controller) {
            controller.enqueue(new TextEncoder().encode('{"id":'));
            held.push(() => controller.error(new Error("ended")));
          },
        });
        return new Response(stream, { headers: { "content-type": "application/json" } });
      }
      case "reset": {
        // Fewer bytes than were promised: the connection ends in the middle.
        const stream = new ReadableStream<Uint8Array>({
          pull: (controller) => controller.error(new Error("reset")),
        });
        return new Response(stream, { headers: { "content-type": "application/json" } });
      }
      case "truncated":
      case "refusal":
      case "filtered":
        return say({ text: turn.text ?? "", end: turn.fault });
      case "not-json":
        return say({ text: turn.text ?? '{"paragraphs": [', end: "done" });
      case "redirect":
        return new Response(null, { status: 307, headers: { location: "/elsewhere" } });
    }
  }

  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, answer);
  return {
    url: `http://127.0.0.1:${server.addr.port}`,
    seen,
    turns,
    async [Symbol.asyncDispose]() {
      for (const release of held) release();
      await server.shutdown();
    },
  };
}
