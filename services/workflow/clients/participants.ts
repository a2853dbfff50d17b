/** How sagas ask other services, over HTTP. */
import type { ServiceToken } from "@praxis/shared/auth";
import type { Discovery } from "@praxis/shared/discovery";
import { fetchPeer } from "@praxis/shared/mtls";
import { z } from "zod";
import type { Ask } from "../sagas/model.ts";

const TIMEOUT_MS = 8_000;
const ANSWER_CHARS_MAX = 65_536;

/** Fixed words of our own services; anything else that an answer holds is not repeated. */
const Problem = z.object({
  type: z.string().regex(/^\/problems\/[\w-]{1,60}$/),
  title: z.string().max(200),
});

/** Answers that may be another one next time. */
const UNCLEAR = new Set([401, 408, 425, 429]);

type Options = { discover: Discovery; serviceToken: ServiceToken; timeoutMs?: number };

export function createAsk({ discover, serviceToken, timeoutMs = TIMEOUT_MS }: Options): Ask {
  return async ({ service, method, path, body }, { key, requestId, traceparent }) => {
    let response: Response;
    let text: string;
    try {
      response = await fetchPeer(new URL(path, discover(service)), {
        method,
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        headers: {
          ...(body === undefined ? {} : { "content-type": "application/json" }),
          authorization: `Bearer ${await serviceToken()}`,
          "idempotency-key": key,
          "x-request-id": requestId,
          traceparent,
        },
        // Whoever answers with a redirect is not one of us.
        redirect: "manual",
        signal: AbortSignal.timeout(timeoutMs),
      });
      text = await response.text();
    } catch (error) {
      const why = error instanceof Error && error.name === "TimeoutError"
        ? "did not answer in time"
        : "could not be reached";
      return { kind: "unclear", reason: `${service} ${why}` };
    }
    if (response.ok) {
      if (text === "") return { kind: "done", result: null };
      if (text.length > ANSWER_CHARS_MAX) {
        return { kind: "unclear", reason: `${service} answered at too great length` };
      }
      try {
        return { kind: "done", result: JSON.parse(text) };
      } catch {
        return { kind: "unclear", reason: `${service} answered something that is not JSON` };
      }
    }
    const reason = `${service} answered ${response.status}${titleOf(text)}`;
    const isClear = response.status >= 400 && response.status < 500 &&
      !UNCLEAR.has(response.status);
    return { kind: isClear ? "refused" : "unclear", reason };
  };
}

function titleOf(text: string): string {
  try {
    const { data } = Problem.safeParse(JSON.parse(text));
    return data ? `: ${data.title}` : "";
  } catch {
    return "";
  }
}
