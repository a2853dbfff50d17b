/** Typed calls to the platform: paths, queries and answers come from the OpenAPI documents. */
import type { paths as CommunicationPaths } from "./generated/communication.ts";
import type { components as Communication } from "./generated/communication.ts";
import type { components as Content, paths as ContentPaths } from "./generated/content.ts";
import type { components as Identity, paths as IdentityPaths } from "./generated/identity.ts";
import type { components as Practice, paths as PracticePaths } from "./generated/practice.ts";
import type { components as Workflow, paths as WorkflowPaths } from "./generated/workflow.ts";
import { readEvents, type ServerEvent } from "./events.ts";
import { isAborted, type Problem, problemOf, Unreachable } from "./problem.ts";
import type { Session } from "./session.ts";
import { newTraceparent } from "./trace.ts";

type Paths = CommunicationPaths & ContentPaths & IdentityPaths & PracticePaths & WorkflowPaths;
type Schemas =
  & Communication["schemas"]
  & Content["schemas"]
  & Identity["schemas"]
  & Workflow["schemas"];

export type Document = Schemas["Document"];
export type DocumentVersion = Schemas["DocumentVersion"];
export type DocumentKind = Schemas["DocumentKind"];
export type DocumentStatus = Schemas["DocumentStatus"];
export type SearchPage = Schemas["SearchPage"];
export type Notification = Schemas["Notification"];
export type Task = Schemas["Task"];
export type AuditEvent = Content["schemas"]["AuditEvent"];
export type Member = Schemas["Member"];
export type Me = Schemas["Me"];
export type Factor = Schemas["Factor"];
export type Device = Schemas["Session"];
export type SignedInTokens = Schemas["Tokens"];
export type Mail = Schemas["Mail"];
export type PracticeSchemas = Practice["schemas"];
export type WorkflowSchemas = Workflow["schemas"];
export type PasskeyAnswer = Schemas["PasskeyAnswer"];
export type PasskeyMade = Schemas["NewPasskey"];

type Method = "get" | "post" | "put" | "delete";
type Operation<P extends keyof Paths, M extends Method> = Paths[P][M];
type PathsWith<M extends Method> = {
  [P in keyof Paths]: [Operation<P, M>] extends [undefined] ? never : P;
}[keyof Paths];

type Given<O, S extends number> = O extends
  { responses: { [status in S]: { content: { "application/json": infer T } } } } ? T : never;
type Good<O> = Given<O, 200> | Given<O, 201> | Given<O, 202>;
type Answer<O> = [Good<O>] extends [never] ? undefined : Good<O>;
type PathOf<O> = O extends { parameters: { path: infer T } } ? { path: T } : { path?: never };
type QueryOf<O> = O extends { parameters: { query?: infer T } } ? { query?: T } : { query?: never };
type BodyOf<O> = O extends { requestBody: { content: { "application/json": infer T } } }
  ? { body: T }
  : O extends { requestBody?: { content: { "application/json": infer T } } } ? { body?: T }
  : { body?: never };

type Input<O> = PathOf<O> & QueryOf<O> & BodyOf<O> & {
  signal?: AbortSignal;
  headers?: Record<string, string>;
};
type Loose = {
  path?: Record<string, string | number>;
  query?: Record<string, unknown>;
  body?: unknown;
  signal?: AbortSignal;
  headers?: Record<string, string>;
};

/** `/a/{id}` with its parameters filled in, and the query behind it. */
export function addressOf(path: string, { path: values = {}, query = {} }: Loose): string {
  const filled = path.replace(/\{(\w+)\}/g, (_, name) => encodeURIComponent(String(values[name])));
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== "") search.set(name, String(value));
  }
  return search.size === 0 ? filled : `${filled}?${search}`;
}

export type Progress = (fraction: number) => void;
type Sent = { status: number; text: string; header: (name: string) => string | null };

const UNAUTHORIZED = 401;

/** A 401 about what was typed, not about who asks. */
const ABOUT_INPUT: ReadonlySet<string> = new Set(["credentials-rejected", "factor-rejected"]);

/** Bodies of any kind, with progress: `fetch` cannot tell how much has been sent. */
function send(
  method: string,
  address: string,
  form: FormData,
  headers: Record<string, string>,
  signal: AbortSignal | undefined,
  onProgress: Progress,
): Promise<Sent> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open(method, address);
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    request.upload.onprogress = ({ loaded, total }) => onProgress(total > 0 ? loaded / total : 0);
    request.onload = () =>
      resolve({
        status: request.status,
        text: request.responseText,
        header: (name) => request.getResponseHeader(name),
      });
    request.onerror = request.ontimeout = () => reject(new Unreachable());
    request.onabort = () => reject(new DOMException("Stopped", "AbortError"));
    signal?.addEventListener("abort", () => request.abort(), { once: true });
    if (signal?.aborted) return reject(new DOMException("Stopped", "AbortError"));
    request.send(form);
  });
}

export function createClient(session: Session, fetcher: typeof fetch = fetch) {
  /**
   * Tries with a token. When the platform does not take it, or wants to know again who asks, tries
   * once more when that is settled: whoever waits for the answer need not know.
   */
  async function authorized<T>(
    attempt: (token: string) => Promise<T>,
    problemIn: (answer: T) => Problem | undefined | Promise<Problem | undefined>,
    isProof: boolean,
  ): Promise<T> {
    let token = await session.bearer();
    for (let wasReplaced = false, wasConfirmed = isProof;;) {
      const answer = await attempt(token);
      const problem = await problemIn(answer);
      if (!problem) return answer;
      if (problem.status !== UNAUTHORIZED || ABOUT_INPUT.has(problem.kind)) throw problem;
      if (problem.kind === "step-up-required") {
        if (wasConfirmed) throw problem;
        wasConfirmed = true;
        await session.confirm();
        token = await session.bearer();
      } else {
        if (wasReplaced) throw problem;
        wasReplaced = true;
        token = await session.replace(token);
      }
    }
  }

  async function fetchOnce(
    method: string,
    address: string,
    { body, headers, signal }: Loose,
    token?: string,
  ): Promise<Response> {
    const isFile = body instanceof Blob;
    try {
      return await fetcher(address, {
        method,
        ...(body === undefined ? {} : { body: isFile ? body : JSON.stringify(body) }),
        ...(signal ? { signal } : {}),
        headers: {
          traceparent: newTraceparent(),
          ...(body === undefined || isFile ? {} : { "content-type": "application/json" }),
          ...headers,
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        },
      });
    } catch (error) {
      throw isAborted(error) ? error : new Unreachable();
    }
  }

  async function problemIn(response: Response): Promise<Problem | undefined> {
    if (response.ok) return undefined;
    const text = await response.text().catch(() => "");
    return problemOf(response.status, text, (name) => response.headers.get(name));
  }

  /** Any answer that is good; a bad one is thrown as Problem, none as Unreachable. */
  const request = (method: string, address: string, input: Loose = {}): Promise<Response> =>
    authorized(
      (token) => fetchOnce(method, address, input, token),
      problemIn,
      address.startsWith("/auth/"),
    );

  async function read(response: Response): Promise<unknown> {
    try {
      const text = await response.text();
      return text === "" ? undefined : JSON.parse(text);
    } catch (error) {
      // The connection broke in the middle of the answer.
      throw isAborted(error) ? error : new Unreachable();
    }
  }

  const call = async (method: string, path: string, input: Loose): Promise<unknown> =>
    await read(await request(method, addressOf(path, input), input));

  async function callOpen(method: string, path: string, input: Loose): Promise<unknown> {
    const response = await fetchOnce(method, addressOf(path, input), input);
    const problem = await problemIn(response);
    if (problem) throw problem;
    return await read(response);
  }

  return {
    get: <P extends PathsWith<"get">>(path: P, input: Input<Operation<P, "get">>) =>
      call("GET", path, input as Loose) as Promise<Answer<Operation<P, "get">>>,

    post: <P extends PathsWith<"post">>(path: P, input: Input<Operation<P, "post">>) =>
      call("POST", path, input as Loose) as Promise<Answer<Operation<P, "post">>>,

    put: <P extends PathsWith<"put">>(path: P, input: Input<Operation<P, "put">>) =>
      call("PUT", path, input as Loose) as Promise<Answer<Operation<P, "put">>>,

    /** Sends a file as it is: its own type says what it holds. */
    sendFile: <P extends PathsWith<"post">>(
      path: P,
      input: { query: Record<string, unknown>; file: Blob },
    ) =>
      call("POST", path, { query: input.query, body: input.file }) as Promise<
        Answer<Operation<P, "post">>
      >,

    remove: <P extends PathsWith<"delete">>(path: P, input: Input<Operation<P, "delete">>) =>
      call("DELETE", path, input as Loose) as Promise<Answer<Operation<P, "delete">>>,

    /** As a stranger: before there is a session. */
    open: <P extends PathsWith<"post">>(path: P, input: Input<Operation<P, "post">>) =>
      callOpen("POST", path, input as Loose) as Promise<Answer<Operation<P, "post">>>,

    openGet: <P extends PathsWith<"get">>(path: P, input: Input<Operation<P, "get">>) =>
      callOpen("GET", path, input as Loose) as Promise<Answer<Operation<P, "get">>>,

    /** What is told as server-sent events, one by one until the platform ends the answer. */
    async *events(
      address: string,
      { after, signal }: { after?: string | undefined; signal: AbortSignal },
    ): AsyncGenerator<ServerEvent> {
      const headers = after === undefined ? {} : { "last-event-id": after };
      const response = await request("GET", address, { signal, headers });
      try {
        if (response.body) yield* readEvents(response.body);
      } catch (error) {
        throw isAborted(error) ? error : new Unreachable();
      }
    },

    /** The bytes of a file, as they were stored. */
    async bytes(address: string, signal?: AbortSignal): Promise<Uint8Array<ArrayBuffer>> {
      const response = await request("GET", address, signal ? { signal } : {});
      try {
        return new Uint8Array(await response.arrayBuffer());
      } catch (error) {
        throw isAborted(error) ? error : new Unreachable();
      }
    },

    /** Sends a form with a file in it. Answers with the document as it is now. */
    async upload(
      { method, address, form, headers = {}, signal }: {
        method: "POST" | "PUT";
        address: string;
        form: FormData;
        headers?: Record<string, string>;
        signal?: AbortSignal;
      },
      onProgress: Progress,
    ): Promise<Document> {
      const sent = await authorized(
        (token) => {
          const authorization = `Bearer ${token}`;
          const all = { traceparent: newTraceparent(), ...headers, authorization };
          return send(method, address, form, all, signal, onProgress);
        },
        ({ status, text, header }) =>
          status >= 200 && status < 300 ? undefined : problemOf(status, text, header),
        false,
      );
      return JSON.parse(sent.text);
    },
  };
}
export type Client = ReturnType<typeof createClient>;
