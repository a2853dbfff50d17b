/**
 * Providers that take messages and bother nobody, for development and tests. They speak the
 * providers' own protocols below `/internal/simulators/<provider>`; no gateway forwards that.
 */
import { createResend, mailgun, sendgrid } from "./mail_providers.ts";
import {
  type Fault,
  type SeenCall,
  Simulated,
  type Simulation,
  type Simulator,
  type TakenMessage,
} from "./model.ts";
import { createFcm } from "./push_provider.ts";
import { ovh, twilio, twilioSignature } from "./text_providers.ts";

export const PREFIX = "/internal/simulators";
const KEPT_MAX = 20_000;

export type Simulators = {
  taken: TakenMessage[];
  seen: SeenCall[];
  /** The next `times` messages meet this fault; without a number all do, until it is taken away. */
  fail(provider: Simulated, fault: Fault, times?: number): void;
  /** How often each callback is made. */
  repeatCallbacks(times: number): void;
  /** What a signature of this name is checked against. */
  register(provider: Simulated, name: string, secret: string): void;
  /** Undefined when the path is none of a simulator's. */
  handle(request: Request): Promise<Response> | undefined;
  /** Makes a provider's call to our webhook. */
  callBack: (request: Request) => Promise<Response>;
  /** Somebody writes to a short number at OVH, which is asked for it. */
  writeToOvh(from: string, text: string): void;
  /** Resolves when every callback so far has been answered. */
  settle(): Promise<void>;
};

type Options = {
  now?: () => Date;
  /** Makes a provider's call to our webhook. */
  callBack?: (request: Request) => Promise<Response>;
  /** Told of every message that was taken. */
  onTaken?: (message: TakenMessage) => void;
};

/** Whether a call hands over a message: faults leave the rest alone, as look-ups. */
const isSending = (method: string, path: string) => method === "POST" && !path.endsWith("/token");

export function createSimulators(
  { now = () => new Date(), callBack = fetch, onTaken = () => {} }: Options = {},
): Simulators {
  const simulators: Record<Simulated, Simulator> = {
    resend: createResend(),
    sendgrid,
    mailgun,
    twilio,
    ovh,
    fcm: createFcm(),
  };
  const faults = new Map<Simulated, { fault: Fault; left: number }>();
  const secrets = new Map<string, string>();
  const taken: TakenMessage[] = [];
  const seen: SeenCall[] = [];
  const callbacks = new Set<Promise<unknown>>();
  let repeats = 1;
  let inboundId = 0;

  const inbound: Simulation["inbound"] = [];
  const simulation: Simulation = {
    now,
    taken,
    inbound,
    secretOf: (provider, name) => secrets.get(`${provider} ${name}`),
    take(given) {
      const message = { id: crypto.randomUUID(), at: now().toISOString(), ...given };
      taken.push(message);
      if (taken.length > KEPT_MAX) taken.shift();
      onTaken(message);
      return message;
    },
    callBack(url, init) {
      for (let n = 0; n < repeats; n++) {
        const told = callBack(new Request(url, { method: "POST", ...init }))
          .then((response) => response.body?.cancel(), () => {})
          .finally(() => callbacks.delete(told));
        callbacks.add(told);
      }
    },
  };

  function nextFault(provider: Simulated): Fault {
    const set = faults.get(provider);
    if (!set || set.left === 0) return "none";
    set.left--;
    return set.fault;
  }

  async function answerTo(provider: Simulated, path: string, request: Request): Promise<Response> {
    const bytes = new Uint8Array(await request.arrayBuffer());
    // Multipart texts are parsed again from this text.
    const body = new TextDecoder().decode(bytes);
    const { method } = request;
    const url = new URL(request.url);
    seen.push({ provider, method, path: path + url.search, body });
    if (seen.length > KEPT_MAX) seen.shift();
    const headers = new Headers(request.headers);
    headers.set("x-simulated-url", request.url);
    const fault = isSending(method, path) ? nextFault(provider) : "none";
    if (fault === "429" || fault === "500" || fault === "401") {
      const status = Number(fault);
      const headers = fault === "429" ? { "retry-after": "7" } : {};
      const problem = { statusCode: status, name: "simulated_fault", message: "Simulated" };
      return Response.json(problem, { status, headers });
    }
    const never = new Promise<Response>(() => {});
    if (fault === "hang") return await never;
    let response: Response;
    try {
      response = await simulators[provider](simulation, {
        method,
        path,
        query: url.searchParams,
        headers,
        body,
      });
    } catch {
      return new Response("{}", { status: 400 });
    }
    if (fault === "silent") return await never;
    if (fault === "lost") {
      const broken = new ReadableStream({ pull: (c) => c.error(new Error("lost")) });
      return new Response(broken, { status: response.status, headers: response.headers });
    }
    return response;
  }

  return {
    taken,
    seen,
    callBack,
    fail: (provider, fault, times = Infinity) => void faults.set(provider, { fault, left: times }),
    repeatCallbacks: (times) => void (repeats = times),
    register: (provider, name, secret) => void secrets.set(`${provider} ${name}`, secret),
    writeToOvh: (from, text) =>
      void inbound.push({ id: ++inboundId, from, text, at: now().toISOString() }),
    handle(request) {
      const { pathname } = new URL(request.url);
      if (!pathname.startsWith(`${PREFIX}/`)) return undefined;
      const [, name = "", path = ""] = pathname.slice(PREFIX.length).match(/^\/([a-z]+)(\/.*)?$/) ??
        [];
      const provider = Simulated.safeParse(name);
      return provider.success
        ? answerTo(provider.data, path, request)
        : Promise.resolve(new Response(null, { status: 404 }));
    },
    async settle() {
      while (callbacks.size > 0) await Promise.all(callbacks);
    },
  };
}

/** A person writes back to a number at Twilio; the answer that Twilio would text them, or null. */
export async function sendReply(
  { callBack }: Pick<Simulators, "callBack">,
  { url, authToken, from, to, text }: {
    url: string;
    authToken: string;
    from: string;
    to: string;
    text: string;
  },
): Promise<string | null> {
  const fields = {
    MessageSid: `SM${crypto.randomUUID().replaceAll("-", "")}`,
    From: from,
    To: to,
    Body: text,
  };
  const response = await callBack(
    new Request(url, {
      method: "POST",
      body: new URLSearchParams(fields),
      headers: { "x-twilio-signature": twilioSignature(authToken, url, fields) },
    }),
  );
  return (await response.text()).match(/<Message>(.*)<\/Message>/s)?.[1] ?? null;
}
