/** Calls a running platform through its gateway, as a program of a clinic would. */
import { z } from "zod";

export const DEMO_PASSWORD = "harbour-lantern-copper-42";
const TIMEOUT_MS = 60_000;
/** How often a request that came too early (429) is sent. */
const TRIES_MAX = 20;

const Tokens = z.object({
  accessToken: z.string(),
  refreshToken: z.string(),
  expiresIn: z.number(),
});

/** The parts of a document that our own programs look at. */
export const FiledDocument = z.object({
  id: z.string(),
  version: z.number(),
  fileName: z.string(),
  mediaType: z.string(),
  size: z.number(),
  sha256: z.string(),
  kind: z.string(),
  status: z.enum(["processing", "ready", "failed"]),
  failureReason: z.string().nullable(),
  textStatus: z.string(),
  title: z.string(),
});
export type FiledDocument = z.infer<typeof FiledDocument>;

/** One signed-in person, or a stranger. Every answer that is not `ok` can be looked at, too. */
export type Client = {
  url: string;
  request(path: string, init?: RequestInit): Promise<Response>;
  /** The JSON of a good answer. @throws with status and problem of any other. */
  get(path: string): Promise<unknown>;
  post(path: string, body: unknown): Promise<unknown>;
  upload(
    file: { name: string; bytes: Uint8Array<ArrayBuffer> },
    fields?: Record<string, string>,
    /** The same key again gets the first one's answer. */
    idempotencyKey?: string,
  ): Promise<FiledDocument>;
};

export type SignedIn = Client & { email: string; accessToken: string; refreshToken: string };

async function jsonOf(response: Response, what: string): Promise<unknown> {
  const text = await response.text();
  if (!response.ok) throw new Error(`${what} answered ${response.status}: ${text.slice(0, 300)}`);
  return text === "" ? undefined : JSON.parse(text);
}

export function createClient(url: string, accessToken?: string): Client {
  const authorization = accessToken ? { authorization: `Bearer ${accessToken}` } : undefined;
  const send = (path: string, init: RequestInit) =>
    fetch(new URL(path, url), {
      signal: AbortSignal.timeout(TIMEOUT_MS),
      ...init,
      headers: { ...authorization, ...init.headers as Record<string, string> },
    });
  async function request(path: string, init: RequestInit = {}): Promise<Response> {
    for (let tries = 1;; tries++) {
      const response = await send(path, init);
      const isOver = response.status !== 429 || tries === TRIES_MAX ||
        init.body instanceof ReadableStream;
      if (isOver) return response;
      await response.body?.cancel();
      const seconds = Number(response.headers.get("retry-after") ?? 1);
      await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
    }
  }
  return {
    url,
    request,
    get: async (path) => await jsonOf(await request(path), `GET ${path}`),
    async post(path, body) {
      const headers = { "content-type": "application/json" };
      const init = { method: "POST", body: JSON.stringify(body), headers };
      return await jsonOf(await request(path, init), `POST ${path}`);
    },
    async upload({ name, bytes }, fields = {}, idempotencyKey) {
      const form = new FormData();
      for (const [field, value] of Object.entries(fields)) form.append(field, value);
      form.append("file", new Blob([bytes]), name);
      const response = await request("/api/content/documents", {
        method: "POST",
        body: form,
        headers: idempotencyKey === undefined ? {} : { "idempotency-key": idempotencyKey },
      });
      return FiledDocument.parse(await jsonOf(response, `filing ${name}`));
    },
  };
}

export async function signIn(
  url: string,
  email: string,
  password: string = DEMO_PASSWORD,
): Promise<SignedIn> {
  const body = { email, password, client: "api" };
  const tokens = Tokens.parse(await createClient(url).post("/auth/login", body));
  const { accessToken, refreshToken } = tokens;
  return { ...createClient(url, accessToken), email, accessToken, refreshToken };
}

export async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
}

/** Asks until `ask` gives something. @throws after `limitMs`, naming `what` was waited for. */
export async function until<T>(
  what: string,
  ask: () => Promise<T | undefined>,
  limitMs = 30_000,
): Promise<T> {
  const deadline = performance.now() + limitMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (performance.now() > deadline) throw new Error(`waited in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
