/** The session of this tab: an access token in memory, renewed in the background by the cookie. */
import { Declined, Problem, problemOf, SessionEnded, Unreachable } from "./problem.ts";

/**
 * `expired`: the work on the page stays; requests wait until the same person has signed in again.
 * `unreachable`: at start, nobody could say whether there is a session.
 */
export type SessionState = "starting" | "signed-out" | "signed-in" | "expired" | "unreachable";

export type Tokens = { accessToken: string; expiresIn: number };

/** The password was right, and is not enough. */
export type SecondStep = {
  challengeId: string;
  factors: ("totp" | "passkey" | "recovery-code")[];
  /** What the clinic takes and the person does not have: one of these is to be made now. */
  enrol?: ("totp" | "passkey")[];
};

export type Surroundings = {
  fetch: typeof fetch;
  now: () => number;
  /** Remembers that there may be a cookie, never a token. */
  storage: Pick<Storage, "getItem" | "setItem" | "removeItem">;
  /** Tells the other tabs that this one signed out, or went on in another clinic. */
  channel?: Pick<BroadcastChannel, "postMessage" | "addEventListener">;
  /** Another tab went on in another clinic or as somebody else: what this one shows is not theirs. */
  onSwitched?: () => void;
};

/** Whom a token is for: looked at only to notice a change, never to trust it. */
type Owner = { userId: string; organizationId: string };

function ownerOf(accessToken: string): Owner | undefined {
  try {
    const claims = accessToken.split(".")[1]!.replaceAll("-", "+").replaceAll("_", "/");
    const { sub, org } = JSON.parse(atob(claims));
    return { userId: sub, organizationId: org };
  } catch {
    return undefined;
  }
}

const isSame = (one: Owner, other: Owner): boolean =>
  one.userId === other.userId && one.organizationId === other.organizationId;

const HINT = "praxis.may-have-session";
const RENEW_BEFORE_MS = 60_000;
const RENEW_RETRY_MS = 15_000;

/** Owns the token and the timer that renews it. */
export class Session {
  #surroundings: Surroundings;
  #state: SessionState = "starting";
  #token: string | undefined;
  #owner: Owner | undefined;
  #expiresAt = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #renewing: Promise<void> | undefined;
  #waiting: { resolve: () => void; reject: (error: Error) => void }[] = [];
  #confirming: PromiseWithResolvers<void> | undefined;
  #listeners = new Set<() => void>();

  constructor(surroundings: Surroundings) {
    this.#surroundings = surroundings;
    surroundings.channel?.addEventListener("message", (event) => {
      if ((event as MessageEvent).data === "switched") surroundings.onSwitched?.();
      else this.#end();
    });
  }

  get state(): SessionState {
    return this.#state;
  }

  subscribe = (listener: () => void): () => void => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  snapshot = (): SessionState => this.#state;

  /** Whether something waits for the person to prove again that it is them. */
  isConfirming = (): boolean => this.#confirming !== undefined;

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

  /**
   * Answers with the second step, where one is asked for.
   * @throws Problem `credentials-rejected` when address and password do not fit.
   */
  async signIn(email: string, password: string): Promise<SecondStep | undefined> {
    // Whoever signs in again goes on in the clinic that is in view.
    const organizationId = this.#owner?.organizationId;
    const response = await this.#send("/auth/login", {
      email,
      password,
      ...(organizationId === undefined ? {} : { organizationId }),
    });
    const answer: Tokens | SecondStep = await response.json();
    if ("challengeId" in answer) return answer;
    this.enter(answer);
  }

  /** Goes on with tokens that were just given; whatever waited for them goes on as well. */
  enter(tokens: Tokens): void {
    this.#take(tokens);
    for (const { resolve } of this.#waiting.splice(0)) resolve();
    this.#confirming?.resolve();
    this.#confirming = undefined;
    this.#notify();
  }

  /** As `enter`, in another clinic. */
  switchTo(tokens: Tokens): void {
    this.#owner = undefined;
    this.enter(tokens);
    this.#surroundings.channel?.postMessage("switched");
  }

  /** Waits until the person has proven that it is them. @throws Declined */
  confirm(): Promise<void> {
    this.#confirming ??= Promise.withResolvers();
    this.#notify();
    return this.#confirming.promise;
  }

  decline(): void {
    this.#confirming?.reject(new Declined());
    this.#confirming = undefined;
    this.#notify();
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

  /** @throws SessionEnded when the tokens are somebody else's: nothing on the page may be sent so. */
  #take({ accessToken, expiresIn }: Tokens): void {
    const owner = ownerOf(accessToken);
    if (this.#owner && owner && !isSame(this.#owner, owner)) {
      this.#end();
      // The cookie is good, for whoever it belongs to now.
      this.#surroundings.storage.setItem(HINT, "1");
      this.#surroundings.onSwitched?.();
      throw new SessionEnded();
    }
    this.#owner = owner;
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
        if (error instanceof SessionEnded) return;
        const isRefused = error instanceof Problem && [400, 401, 403].includes(error.status);
        if (!isRefused) return this.#schedule(RENEW_RETRY_MS);
        this.#token = undefined;
        this.#set("expired");
      });
    }, afterMs);
  }

  #end(): void {
    clearTimeout(this.#timer);
    this.#token = this.#owner = undefined;
    this.#surroundings.storage.removeItem(HINT);
    for (const { reject } of this.#waiting.splice(0)) reject(new SessionEnded());
    this.decline();
    this.#set("signed-out");
  }

  #set(state: SessionState): void {
    if (state === this.#state) return;
    this.#state = state;
    this.#notify();
  }

  #notify(): void {
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
