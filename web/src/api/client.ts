/** Typed calls to the platform: paths, queries and answers come from the OpenAPI documents. */
import type { paths as CommunicationPaths } from "./generated/communication.ts";
import type { components as Communication } from "./generated/communication.ts";
import type { components as Content, paths as ContentPaths } from "./generated/content.ts";
import type { components as Identity, paths as IdentityPaths } from "./generated/identity.ts";
import type { components as Workflow, paths as WorkflowPaths } from "./generated/workflow.ts";
import { isAborted, problemOf, Unreachable } from "./problem.ts";
import type { Session } from "./session.ts";

type Paths = CommunicationPaths & ContentPaths & IdentityPaths & WorkflowPaths;
type Schemas =
  & Communication["schemas"]
  & Content["schemas"]
  & Identity["schemas"]
  & Workflow["schemas"];

export type Document = Schemas["Document"];
export type DocumentVersion = Schemas["DocumentVersion"];
export type DocumentKind = Schemas["DocumentKind"];
export type SearchPage = Schemas["SearchPage"];
export type Notification = Schemas["Notification"];
export type Task = Schemas["Task"];
export type AuditEvent = Content["schemas"]["AuditEvent"];
export type Member = Schemas["Member"];
export type Me = Schemas["Me"];

type Method = "get" | "post";
type Operation<P extends keyof Paths, M extends Method> = Paths[P][M];
type PathsWith<M extends Method> = {
  [P in keyof Paths]: [Operation<P, M>] extends [undefined] ? never : P;
}[keyof Paths];

type Answer<O> = O extends { responses: { 200: { content: { "application/json": infer T } } } } ? T
  : undefined;
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
  /** Any answer that is good; a bad one is thrown as Problem, none as Unreachable. */
  async function request(method: string, address: string, input: Loose = {}): Promise<Response> {
    const attempt = async (token: string) => {
      try {
        return await fetcher(address, {
          method,
          ...(input.body === undefined ? {} : { body: JSON.stringify(input.body) }),
          ...(input.signal ? { signal: input.signal } : {}),
          headers: {
            ...(input.body === undefined ? {} : { "content-type": "application/json" }),
            ...input.headers,
            authorization: `Bearer ${token}`,
          },
        });
      } catch (error) {
        throw isAborted(error) ? error : new Unreachable();
      }
    };
    const token = await session.bearer();
    let response = await attempt(token);
    if (response.status === UNAUTHORIZED) {
      await response.body?.cancel();
      response = await attempt(await session.replace(token));
    }
    if (response.ok) return response;
    const text = await response.text().catch(() => "");
    throw problemOf(response.status, text, (name) => response.headers.get(name));
  }

  async function call(method: string, path: string, input: Loose): Promise<unknown> {
    const response = await request(method, addressOf(path, input), input);
    if (response.status === 204) return undefined;
    try {
      return await response.json();
    } catch (error) {
      // The connection broke in the middle of the answer.
      throw isAborted(error) ? error : new Unreachable();
    }
  }

  return {
    get: <P extends PathsWith<"get">>(path: P, input: Input<Operation<P, "get">>) =>
      call("GET", path, input as Loose) as Promise<Answer<Operation<P, "get">>>,

    post: <P extends PathsWith<"post">>(path: P, input: Input<Operation<P, "post">>) =>
      call("POST", path, input as Loose) as Promise<Answer<Operation<P, "post">>>,

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
      input: {
        method: "POST" | "PUT";
        address: string;
        form: FormData;
        headers?: Record<string, string>;
        signal?: AbortSignal;
      },
      onProgress: Progress,
    ): Promise<Document> {
      const { method, address, form, headers = {}, signal } = input;
      const attempt = (token: string) =>
        send(
          method,
          address,
          form,
          { ...headers, authorization: `Bearer ${token}` },
          signal,
          onProgress,
        );
      const token = await session.bearer();
      let sent = await attempt(token);
      if (sent.status === UNAUTHORIZED) sent = await attempt(await session.replace(token));
      if (sent.status >= 200 && sent.status < 300) return JSON.parse(sent.text);
      throw problemOf(sent.status, sent.text, sent.header);
    },
  };
}
export type Client = ReturnType<typeof createClient>;
