/** The session of this tab: an access token in memory, renewed in the background by the cookie. */
import { Problem, problemOf, SessionEnded, Unreachable } from "./problem.ts";

/**
 * `expired`: the work on the page stays; requests wait until the same person has signed in again.
 * `unreachable`: at start, nobody could say whether there is a session.
 */
export type SessionState = "starting" | "signed-out" | "signed-in" | "expired" | "unreachable";

type Tokens = { accessToken: string; expiresIn: number };

export type Surroundings = {
  fetch: typeof fetch;
  now: () => number;
  /** Remembers that there may be a cookie, never a token. */
  storage: Pick<Storage, "getItem" | "setItem" | "removeItem">;
  /** Tells the other tabs that this one signed out. */
  channel?: Pick<BroadcastChannel, "postMessage" | "addEventListener">;
};

const HINT = "praxis.may-have-session";
const RENEW_BEFORE_MS = 60_000;
const RENEW_RETRY_MS = 15_000;

/** Owns the token and the timer that renews it. */
export class Session {
  #surroundings: Surroundings;
  #state: SessionState = "starting";
  #token: string | undefined;
  #expiresAt = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #renewing: Promise<void> | undefined;
  #waiting: { resolve: () => void; reject: (error: Error) => void }[] = [];
  #listeners = new Set<() => void>();

  constructor(surroundings: Surroundings) {
    this.#surroundings = surroundings;
    surroundings.channel?.addEventListener("message", () => this.#end());
  }

  get state(): SessionState {
    return this.#state;
  }

  subscribe = (listener: () => void): () => void => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  snapshot = (): SessionState => this.#state;

  /** After a reload: the cookie may still be good. */
  async resume(): Promise<void> {
    if (this.#surroundings.storage.getItem(HINT) === null) return this.#set("signed-out");
    this.#set("starting");
    try {
      await this.#renew();
    } catch (error) {
      const isRefused = error instanceof Problem && error.status < 500 && error.status !== 429;
      if (isRefused) this.#end();
      else this.#set("unreachable");
    }
  }

  /** @throws Problem 401 when address and password do not fit. */
  async signIn(email: string, password: string): Promise<void> {
    this.#take(await this.#post("/auth/login", { email, password }));
    this.#release();
  }

  async signOut(): Promise<void> {
    const token = this.#token;
    this.#end();
    this.#surroundings.channel?.postMessage("signed-out");
    // Signed out here at all events; the server's session would end by itself as well.
    await this.#send("/auth/logout", {}, token).catch(() => {});
  }

  /** A token that is good for this request; waits while somebody signs in again. */
  async bearer(): Promise<string> {
    if (this.#state === "expired") await this.#signedInAgain();
    if (this.#token === undefined) throw new SessionEnded();
    if (this.#surroundings.now() >= this.#expiresAt) await this.#renewOrAsk();
    return this.#token!;
  }

  /** The platform did not take `token`: gets another one, or asks the person. */
  async replace(token: string): Promise<string> {
    if (this.#token === token) await this.#renewOrAsk();
    return await this.bearer();
  }

  async #renewOrAsk(): Promise<void> {
    try {
      await this.#renew();
    } catch (error) {
      if (!(error instanceof Problem) || ![400, 401, 403].includes(error.status)) throw error;
      this.#token = undefined;
      this.#set("expired");
      await this.#signedInAgain();
    }
  }

  #signedInAgain(): Promise<void> {
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }));
  }

  #renew(): Promise<void> {
    this.#renewing ??= this.#post("/auth/refresh", {})
      .then((tokens) => this.#take(tokens))
      .finally(() => this.#renewing = undefined);
    return this.#renewing;
  }

  #take({ accessToken, expiresIn }: Tokens): void {
    const lifeMs = expiresIn * 1000;
    this.#token = accessToken;
    this.#expiresAt = this.#surroundings.now() + lifeMs - 5_000;
    this.#surroundings.storage.setItem(HINT, "1");
    this.#schedule(Math.max(lifeMs - RENEW_BEFORE_MS, lifeMs / 2));
    this.#set("signed-in");
  }

  #schedule(afterMs: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#renew().catch((error) => {
        const isRefused = error instanceof Problem && [400, 401, 403].includes(error.status);
        if (!isRefused) return this.#schedule(RENEW_RETRY_MS);
        this.#token = undefined;
        this.#set("expired");
      });
    }, afterMs);
  }

  #release(): void {
    for (const { resolve } of this.#waiting.splice(0)) resolve();
  }

  #end(): void {
    clearTimeout(this.#timer);
    this.#token = undefined;
    this.#surroundings.storage.removeItem(HINT);
    for (const { reject } of this.#waiting.splice(0)) reject(new SessionEnded());
    this.#set("signed-out");
  }

  #set(state: SessionState): void {
    if (state === this.#state) return;
    this.#state = state;
    for (const listener of this.#listeners) listener();
  }

  async #post(path: string, body: unknown): Promise<Tokens> {
    const response = await this.#send(path, body);
    return await response.json();
  }

  async #send(path: string, body: unknown, token?: string): Promise<Response> {
    let response: Response;
    try {
      response = await this.#surroundings.fetch(path, {
        method: "POST",
        body: JSON.stringify(body),
        headers: {
          "content-type": "application/json",
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        },
      });
    } catch {
      throw new Unreachable();
    }
    if (response.ok) return response;
    throw problemOf(
      response.status,
      await response.text().catch(() => ""),
      (name) => response.headers.get(name),
    );
  }
}
