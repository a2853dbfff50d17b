/** Content on a fresh database and an empty folder, and people to file documents as. */
import type { Jobs } from "@praxis/shared/jobs";
import type { Db } from "@praxis/shared/postgres";
import { openTestService, type TestService, testUser } from "@praxis/shared/testing";
import { createApp } from "./app.ts";
import type { Deps } from "./deps.ts";
import { createRenderer } from "./dicom/renderings.ts";
import * as ingestion from "./ingestion/ingestion.ts";
import type { IngestJob } from "./ingestion/model.ts";
import { openStorage } from "./storage/storage.ts";
import { uploadLimits } from "./uploads/model.ts";

export type User = ReturnType<typeof testUser>;
export type TestContent = AsyncDisposable & {
  app: ReturnType<typeof createApp>;
  deps: Deps;
  service: TestService;
  folder: string;
  /** What was enqueued and is not yet done. */
  queue: IngestJob[];
  /** Reads everything in the queue. */
  ingestAll(): Promise<void>;
};

/** Jobs wait in `queue` until `ingestAll`, unless `given` brings real ones. */
export async function openTestContent(
  given: (service: TestService) => Partial<Deps> | Promise<Partial<Deps>> = () => ({}),
): Promise<TestContent> {
  const service = await openTestService({
    service: "content",
    folder: new URL("./migrations/", import.meta.url),
  });
  const folder = await Deno.makeTempDir({ prefix: "praxis-content-" });
  const storage = openStorage(folder);
  await storage.sweep();
  const queue: IngestJob[] = [];
  const jobs: Pick<Jobs, "send"> = {
    send: (_tx: Db, _queue, data) => {
      const { organizationId, documentIds } = data as {
        organizationId: string;
        documentIds?: string[];
      };
      if (!documentIds) queue.push(data as IngestJob);
      for (const documentId of documentIds ?? []) {
        queue.push({ organizationId, documentId, version: 1 });
      }
      return Promise.resolve();
    },
  };
  const reader = ingestion.createReader();
  const deps: Deps = {
    ...service.deps,
    jobs,
    storage,
    senders: { arrived: () => {}, quiet: () => Promise.resolve() },
    readFile: reader.read,
    readFiles: reader.readAll,
    drawFrame: createRenderer(),
    uploadLimits,
    ...await given(service),
  };
  return {
    app: createApp(deps, { identify: service.identify }),
    deps,
    service,
    folder,
    queue,
    async ingestAll() {
      for (const job of queue.splice(0)) await ingestion.ingest(deps, job);
    },
    async [Symbol.asyncDispose]() {
      await reader.stop();
      await service[Symbol.asyncDispose]();
      await Deno.remove(folder, { recursive: true });
    },
  };
}

export { testUser };

type Given = { name?: string; fields?: Record<string, string>; headers?: Record<string, string> };

/** Uploads `bytes` the way a browser does. */
export async function upload(
  { app, service }: TestContent,
  user: User,
  bytes: Uint8Array<ArrayBuffer>,
  { name = "note.txt", fields = {}, headers = {} }: Given = {},
): Promise<Response> {
  const body = new FormData();
  for (const [key, value] of Object.entries(fields)) body.append(key, value);
  body.append("file", new File([bytes], name));
  return await app.request("/api/content/documents", {
    method: "POST",
    body,
    headers: { ...service.headersOf(user), ...headers },
  });
}

/** Files `bytes` and answers the document. */
export async function file(
  content: TestContent,
  user: User,
  bytes: Uint8Array<ArrayBuffer>,
  given: Given = {},
) {
  const response = await upload(content, user, bytes, given);
  const body = await response.json();
  if (response.status !== 201) throw new Error(`${response.status} ${JSON.stringify(body)}`);
  return body;
}

export async function get({ app, service }: TestContent, user: User, path: string, headers = {}) {
  return await app.request(path, { headers: { ...service.headersOf(user), ...headers } });
}

/** The files below `folder`, by their path in it. */
export async function filesIn(folder: string, path = ""): Promise<string[]> {
  const found: string[] = [];
  for await (const entry of Deno.readDir(`${folder}/${path}`)) {
    const name = path === "" ? entry.name : `${path}/${entry.name}`;
    if (entry.isDirectory) found.push(...await filesIn(folder, name));
    else found.push(name);
  }
  return found;
}
