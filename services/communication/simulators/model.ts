/** What simulated providers keep, and how they are made to fail. */
import { z } from "@hono/zod-openapi";
import type { OuterChannel } from "../providers/model.ts";

/**
 * `429`, `500`, `401`: that answer, nothing taken. `hang`: no answer, nothing taken.
 * `lost`: taken, and the connection ends before the answer. `silent`: taken, and no answer.
 */
export const faults = ["none", "429", "500", "401", "hang", "lost", "silent"] as const;
export const Fault = z.enum(faults);
export type Fault = z.infer<typeof Fault>;

export const simulated = ["resend", "sendgrid", "mailgun", "twilio", "ovh", "fcm"] as const;
export const Simulated = z.enum(simulated);
export type Simulated = z.infer<typeof Simulated>;

/** What a provider took in, as it will show it to a person. */
export type TakenMessage = {
  id: string;
  provider: Simulated;
  channel: OuterChannel;
  from: string;
  to: string;
  subject: string;
  text: string;
  html?: string;
  /** Headers of a letter, and the provider's own marks. */
  headers: Record<string, string>;
  at: string;
};

/** One call as it came over the wire: everything that left the platform. */
export type SeenCall = { provider: Simulated; method: string; path: string; body: string };

export type Simulation = {
  now: () => Date;
  take(message: Omit<TakenMessage, "id" | "at"> & { id?: string }): TakenMessage;
  taken: TakenMessage[];
  /** What people have written to a short number, until it is taken away there. */
  inbound: { id: number; from: string; text: string; at: string }[];
  /** Secrets that a signature is checked against; without one only its form is looked at. */
  secretOf(provider: Simulated, name: string): string | undefined;
  /** Tells our webhook, as often as the fault switches say. */
  callBack(url: string, init: { body: string; headers: Record<string, string> }): void;
};

export type Simulator = (
  simulation: Simulation,
  request: { method: string; path: string; query: URLSearchParams; headers: Headers; body: string },
) => Response | Promise<Response>;

export const answer = (
  status: number,
  body?: unknown,
  headers: Record<string, string> = {},
): Response =>
  body === undefined
    ? new Response(null, { status, headers })
    : Response.json(body, { status, headers });
