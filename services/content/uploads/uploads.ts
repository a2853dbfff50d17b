/** Takes in multipart/form-data as it comes: the file goes to storage, never whole into memory. */
// @ts-types="@types/busboy"
import busboy from "busboy";
import { Buffer } from "node:buffer";
import type { Readable } from "node:stream";
import type { z } from "@hono/zod-openapi";
import { common } from "@praxis/shared/problem";
import type { Deps } from "../deps.ts";
import { problem } from "../problems.ts";
import type { Incoming } from "../storage/storage.ts";
import {
  FIELD_BYTES_MAX,
  FIELDS_MAX,
  FORM_BYTES_MAX,
  isPossibleFileName,
  type UploadLimits,
} from "./model.ts";

export type Upload<F> = { fileName: string; fields: F; file: Incoming };

type Form = { fileName: string; file: Incoming; fields: Record<string, string> };

/** So much may wait between the network and the disk. */
const BLOCK_BYTES = 1024 * 1024;

/** Rejects when `ms` pass before `promise` settles. */
async function within<T>(ms: number, promise: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(problem("upload-unreadable", { detail: "The upload stalled." })),
      ms,
    );
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

const named = (name: string | undefined, detail: string) =>
  common("invalid-request", { errors: [{ pointer: `/${name ?? ""}`, detail }] });

function errorsOf(issue: z.core.$ZodIssue): { pointer: string; detail: string }[] {
  return issue.code === "unrecognized_keys"
    ? issue.keys.map((key) => ({ pointer: `/${key}`, detail: "This field is not known here." }))
    : [{ pointer: `/${issue.path.map(String).join("/")}`, detail: issue.message }];
}

/**
 * Reads one file and its fields, in any order. The file is held back in storage: the caller keeps
 * or discards it. On any refusal nothing is left, and the rest of the body is not read.
 */
export async function receive<S extends z.ZodType>(
  { storage, uploadLimits }: Pick<Deps, "storage" | "uploadLimits">,
  request: Request,
  schema: S,
): Promise<Upload<z.output<S>>> {
  const { fileBytes } = uploadLimits;
  const declared = Number(request.headers.get("content-length") ?? 0);
  if (declared > fileBytes + FORM_BYTES_MAX) throw problem("file-too-large");
  const file = await storage.receive();
  try {
    const form = await readForm(request, file, uploadLimits);
    const fields = schema.safeParse(form.fields);
    if (!fields.success) {
      throw common("invalid-request", { errors: fields.error.issues.flatMap(errorsOf) });
    }
    if (file.size === 0) throw problem("file-empty");
    return { fileName: form.fileName, fields: fields.data, file };
  } catch (error) {
    await file.discard();
    throw error;
  }
}

function openParser(contentType: string, fileBytes: number) {
  try {
    return busboy({
      headers: { "content-type": contentType },
      defParamCharset: "utf8",
      highWaterMark: BLOCK_BYTES,
      fileHwm: BLOCK_BYTES,
      // The whole name must be seen: a path in it is refused, not cut off.
      preservePath: true,
      limits: {
        files: 1,
        // It tells of a limit that is reached, not passed.
        fileSize: fileBytes + 1,
        fields: FIELDS_MAX,
        fieldSize: FIELD_BYTES_MAX,
        headerPairs: 20,
      },
    });
  } catch {
    throw problem("upload-unreadable", { detail: "The content type names no usable boundary." });
  }
}

async function readForm(
  request: Request,
  file: Incoming,
  { fileBytes, idleMs, totalMs }: UploadLimits,
): Promise<Form> {
  if (!request.body) throw problem("upload-unreadable", { detail: "There is no body." });
  const parser = openParser(request.headers.get("content-type") ?? "", fileBytes);
  const fields: Record<string, string> = Object.create(null);
  let fileName: string | undefined;
  let filing = Promise.resolve();
  let fail: (error: unknown) => void = () => {};
  const failed = new Promise<never>((_, reject) => fail = reject);
  failed.catch(() => {});

  parser.on("file", (name, stream, { filename: given }) => {
    stream.on("error", () => fail(problem("upload-unreadable")));
    stream.on("limit", () => fail(problem("file-too-large")));
    if (name !== "file") return fail(named(name, "This field is not known here, or not a file."));
    if (given === undefined || !isPossibleFileName(given)) {
      return fail(problem("file-name-impossible"));
    }
    fileName = given;
    filing = store(stream);
    filing.catch(fail);
  });
  async function store(stream: Readable): Promise<void> {
    for await (const chunk of stream) await file.write(chunk);
  }
  parser.on("field", (name, value, { valueTruncated }) => {
    if (name === "file") return fail(problem("file-name-impossible"));
    if (valueTruncated) return fail(named(name, "Too long."));
    if (name in fields) return fail(named(name, "Given more than once."));
    fields[name] = value;
  });
  parser.on("filesLimit", () => fail(problem("file-not-single")));
  parser.on("fieldsLimit", () => fail(named("", "Too many fields.")));
  parser.on("error", () => fail(problem("upload-unreadable")));
  const finished = new Promise<void>((resolve) => parser.on("finish", () => resolve()));

  const reader = request.body.getReader();
  async function feed(): Promise<void> {
    let size = 0;
    for (;;) {
      const { done, value } = await within(idleMs, reader.read()).catch((error) => {
        // A client that went away, or a body that broke off.
        throw error?.name === "Problem" ? error : problem("upload-unreadable");
      });
      if (done) break;
      size += value.byteLength;
      if (size > fileBytes + FORM_BYTES_MAX) throw problem("file-too-large");
      if (!parser.write(Buffer.from(value.buffer, value.byteOffset, value.byteLength))) {
        await new Promise<void>((resolve) => parser.once("drain", () => resolve()));
      }
    }
    parser.end();
    await finished;
    await filing;
  }
  try {
    await within(totalMs, Promise.race([feed(), failed]));
  } catch (error) {
    await reader.cancel().catch(() => {});
    parser.destroy();
    throw error;
  }
  if (fileName === undefined) throw problem("file-missing");
  return { fileName, file, fields };
}

/** Reads a body that is the message itself, small enough to stay in memory. */
export async function receiveRaw(
  { uploadLimits }: Pick<Deps, "uploadLimits">,
  request: Request,
  bytesMax: number,
): Promise<Uint8Array<ArrayBuffer>> {
  if (Number(request.headers.get("content-length") ?? 0) > bytesMax) {
    throw problem("file-too-large");
  }
  if (!request.body) throw problem("file-empty");
  const reader = request.body.getReader();
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let size = 0;
  async function feed(): Promise<void> {
    for (;;) {
      const { done, value } = await within(uploadLimits.idleMs, reader.read()).catch((error) => {
        throw error?.name === "Problem" ? error : problem("upload-unreadable");
      });
      if (done) return;
      size += value.byteLength;
      if (size > bytesMax) throw problem("file-too-large");
      chunks.push(value);
    }
  }
  try {
    await within(uploadLimits.totalMs, feed());
    if (size === 0) throw problem("file-empty");
  } catch (error) {
    await reader.cancel().catch(() => {});
    throw error;
  }
  if (chunks.length === 1) return chunks[0]!;
  const whole = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.byteLength;
  }
  return whole;
}
