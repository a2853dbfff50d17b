/** Hands facts to a subscriber: one by one, or many in one call. */
import { z } from "zod";
import type { ServiceToken } from "../auth/service_token.ts";
import type { Discovery } from "../discovery/discovery.ts";
import { readBody } from "../http/define_route.ts";
import { fetchPeer } from "../mtls/identity.ts";
import { inSpan } from "../telemetry/trace.ts";
import type { EventEnvelope } from "./event.ts";

const DELIVERY_TIMEOUT_MS = 10_000;
/** The receiver begins nothing new for the second half of it. */
const BATCH_TIMEOUT_MS = 15_000;
const ANSWER_BYTES_MAX = 8_192;
/** A body may hold 1 MiB. */
const BATCH_CHARS_MAX = 512 * 1024;
/** Facts in one call. */
export const BATCH_MAX = 64;

/** What an answer other than a good one says about trying again. */
export type Verdict = "unreachable" | "refused" | "impossible";

/**
 * A refusal may end with a deploy: the route, the type or its version may not be there yet, or the
 * handler has an error. An answer about the fact itself will never change.
 */
export function verdictOf(status: number, kind: string | undefined): Verdict {
  if (kind === "unknown-event" || status === 404 || status === 405 || status === 500) {
    return "refused";
  }
  const isFinal = status >= 400 && status < 500 && ![401, 408, 425, 429].includes(status);
  return isFinal ? "impossible" : "unreachable";
}

export type Undelivered = { verdict: Verdict; reason: string };

/** What our own services say of an error: fixed words, never the caller's data. */
const Answer = z.object({
  type: z.string().regex(/^\/problems\/[\w-]{1,60}$/),
  title: z.string().max(200),
  instance: z.string().max(100).optional(),
  errors: z.array(z.object({ pointer: z.string().max(100) })).max(50).optional(),
});

async function undelivered(response: Response): Promise<Undelivered> {
  const { status } = response;
  const said = `answered ${status}`;
  const body = await readBody(
    new Request("http://answer", { method: "POST", body: response.body }),
    ANSWER_BYTES_MAX,
  )
    .catch(() => new Uint8Array());
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder().decode(body));
  } catch {
    return { verdict: verdictOf(status, undefined), reason: said };
  }
  const { data: problem } = Answer.safeParse(json);
  if (!problem) return { verdict: verdictOf(status, undefined), reason: said };
  const where = problem.errors?.map(({ pointer }) => pointer).join(", ");
  return {
    verdict: verdictOf(status, problem.type.slice("/problems/".length)),
    reason: `${said}: ${problem.title}` + (where ? ` (${where})` : "") +
      (problem.instance ? `, request ${problem.instance}` : ""),
  };
}

/** Ids of the facts of a batch that were handled, now or before. */
const Handled = z.object({ handled: z.array(z.uuid()).max(BATCH_MAX) });

type Options = { discover: Discovery; serviceToken: ServiceToken };

export type Courier = {
  /** Undefined when it was handled. */
  tell(subscriber: string, event: EventEnvelope): Promise<Undelivered | undefined>;
  /**
   * Ids of those that were handled. The others are to be told one by one: then the answer says what
   * is wrong with each. Never throws.
   */
  tellTogether(subscriber: string, events: readonly EventEnvelope[]): Promise<ReadonlySet<string>>;
};

export function createCourier({ discover, serviceToken }: Options): Courier {
  async function post(
    url: URL,
    body: string,
    headers: Record<string, string>,
    timeoutMs: number,
  ): Promise<Response> {
    return await fetchPeer(url, {
      method: "POST",
      body,
      headers: {
        "content-type": "application/json",
        authorization: `Bearer ${await serviceToken()}`,
        ...headers,
      },
      // Whoever answers with a redirect is not one of us.
      redirect: "manual",
      signal: AbortSignal.timeout(timeoutMs),
    });
  }

  async function tell(
    subscriber: string,
    event: EventEnvelope,
  ): Promise<Undelivered | undefined> {
    try {
      const url = new URL("/internal/events", discover(subscriber));
      const headers = {
        ...(event.requestid === undefined ? {} : { "x-request-id": event.requestid }),
        ...(event.traceparent === undefined ? {} : { traceparent: event.traceparent }),
      };
      const response = await inSpan(`tell ${event.type}`, {
        kind: "producer",
        parent: event.traceparent,
        attributes: { "messaging.message.id": event.id, "messaging.destination.name": subscriber },
      }, () => post(url, JSON.stringify(event), headers, DELIVERY_TIMEOUT_MS));
      if (!response.ok) return await undelivered(response);
      await response.body?.cancel();
      return undefined;
    } catch (error) {
      return { verdict: "unreachable", reason: error instanceof Error ? error.name : "unknown" };
    }
  }

  async function tellTogether(
    subscriber: string,
    events: readonly EventEnvelope[],
  ): Promise<ReadonlySet<string>> {
    const texts: string[] = [];
    let chars = 0;
    for (const event of events) {
      const text = JSON.stringify(event);
      chars += text.length + 1;
      if (chars > BATCH_CHARS_MAX) break;
      texts.push(text);
    }
    if (texts.length < 2) return new Set();
    try {
      const url = new URL("/internal/events/batch", discover(subscriber));
      const body = `{"events":[${texts.join(",")}]}`;
      const response = await post(url, body, {}, BATCH_TIMEOUT_MS);
      if (!response.ok) {
        // An older release of the subscriber knows no batches.
        await response.body?.cancel();
        return new Set();
      }
      return new Set(Handled.parse(await response.json()).handled);
    } catch {
      return new Set();
    }
  }

  return { tell, tellTogether };
}
