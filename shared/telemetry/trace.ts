/**
 * One trace from the browser's click to the last event. The trace id follows from the request id,
 * so whoever holds one of the two can find the other; spans say method, route and status, never an
 * address, which may hold a name.
 *
 * Deno exports the spans (OTEL_DENO=true). Its own spans of requests carry whole addresses, and its
 * `fetch` adds a second `traceparent` beside ours; so both are switched off by their sampler and
 * propagators (`refuseLeakyTelemetry`), and what is current is kept here, not in Deno's context.
 */
import { AsyncLocalStorage } from "node:async_hooks";
import { createHash } from "node:crypto";
import {
  type Attributes,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
} from "@opentelemetry/api";

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
/** W3C Trace Context, version 00. Ids of zeros are none. */
const TRACEPARENT = /^00-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})$/;

const current = new AsyncLocalStorage<Span>();
const tracer = trace.getTracer("praxis");

const below = (traceId: string, spanId: string, traceFlags: number) =>
  trace.setSpanContext(ROOT_CONTEXT, { traceId, spanId, traceFlags, isRemote: true });

/** Where nobody collects spans none is made: one would cost a request more than its limits do. */
const isCollected = tracer.startSpan("probe", {}, below("1".repeat(32), "1".repeat(16), 1))
  .isRecording();

/**
 * The trace id of everything that follows from a request. A request id that is a UUID is read as
 * the trace id's 16 bytes.
 */
export function traceIdOf(requestId: string): string {
  if (UUID.test(requestId)) return requestId.replaceAll("-", "").toLowerCase();
  return createHash("sha256").update(requestId).digest("hex").slice(0, 32);
}

/** `traceparent` (W3C Trace Context) of one call or fact, called `spanOf`, within that trace. */
export function traceparentOf(requestId: string, spanOf: string): string {
  const span = createHash("sha256").update(spanOf).digest("hex").slice(0, 16);
  return `00-${traceIdOf(requestId)}-${span}-01`;
}

/** What a request's spans hang from: what the caller says, as long as it is of the same trace. */
export function parentOf(
  headers: { get(name: string): string | null | undefined },
  requestId: string,
): string | undefined {
  if (!isCollected) return undefined;
  const given = headers.get("traceparent");
  return given?.match(TRACEPARENT)?.[1] === traceIdOf(requestId)
    ? given
    : traceparentOf(requestId, "start");
}

/** The present span, as a `traceparent` to hand on; undefined outside of any. */
export function currentTraceparent(): string | undefined {
  const span = current.getStore()?.spanContext();
  if (!span) return undefined;
  return `00-${span.traceId}-${span.spanId}-${span.traceFlags.toString(16).padStart(2, "0")}`;
}

/** What a line of the log says of the present span. */
export function traceFacts(): { traceId?: string; spanId?: string } {
  const span = current.getStore()?.spanContext();
  return span ? { traceId: span.traceId, spanId: span.spanId } : {};
}

type Kind = "server" | "client" | "consumer" | "producer" | "internal";
const KINDS: Record<Kind, SpanKind> = {
  server: SpanKind.SERVER,
  client: SpanKind.CLIENT,
  consumer: SpanKind.CONSUMER,
  producer: SpanKind.PRODUCER,
  internal: SpanKind.INTERNAL,
};

export type Traced = {
  kind?: Kind;
  /** A `traceparent`; the present span unless given. */
  parent?: string | undefined;
  /** Names, counts and ids; never an address, never what a caller wrote. */
  attributes?: Attributes;
};

export type TracedSpan = Pick<Span, "setAttribute" | "updateName">;

/**
 * Runs `work` in a span of its own, which ends with it; in none without a parent, or where nobody
 * collects spans.
 */
export async function inSpan<T>(
  name: string,
  { kind = "internal", parent = currentTraceparent(), attributes = {} }: Traced,
  work: (span: TracedSpan | undefined) => T | Promise<T>,
): Promise<T> {
  const [, traceId, spanId, flags] = isCollected ? parent?.match(TRACEPARENT) ?? [] : [];
  if (!traceId || !spanId) return await work(undefined);
  const span = tracer.startSpan(
    name,
    { kind: KINDS[kind], attributes },
    below(traceId, spanId, Number(`0x${flags}`) & 1),
  );
  try {
    return await current.run(span, () => work(span));
  } catch (error) {
    // Its message may repeat what a caller wrote.
    span.setAttribute("error.type", error instanceof Error ? error.name : "unknown");
    span.setStatus({ code: SpanStatusCode.ERROR });
    throw error;
  } finally {
    span.end();
  }
}
