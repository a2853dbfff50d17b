/** HTTP/1.1 by hand, for requests that no client library would send. */

const TIMEOUT_MS = 120_000;

export type RawAnswer = { status: number; headers: Headers; body: string };

/** Sends `bytes` to `url`'s host as they are and reads one answer; the connection ends with it. */
export async function sendRaw(
  url: string,
  bytes: string | Iterable<Uint8Array>,
): Promise<RawAnswer> {
  const { hostname, port } = new URL(url);
  const connection = await Deno.connect({ hostname, port: Number(port) });
  const timer = setTimeout(() => connection.close(), TIMEOUT_MS);
  try {
    const parts = typeof bytes === "string" ? [new TextEncoder().encode(bytes)] : bytes;
    // The server may answer before it has read everything: then nobody waits for the rest.
    writeAll(connection, parts).catch(() => {});
    return parse(await readAll(connection));
  } finally {
    clearTimeout(timer);
    try {
      connection.close();
    } catch {
      // Closed by the timer.
    }
  }
}

async function writeAll(connection: Deno.Conn, parts: Iterable<Uint8Array>): Promise<void> {
  for (const part of parts) {
    for (let at = 0; at < part.length;) at += await connection.write(part.subarray(at));
  }
}

async function readAll(connection: Deno.Conn): Promise<string> {
  const decoder = new TextDecoder();
  const buffer = new Uint8Array(65_536);
  let text = "";
  for (;;) {
    const count = await connection.read(buffer).catch(() => null);
    if (count === null) return text;
    text += decoder.decode(buffer.subarray(0, count), { stream: true });
    if (isWhole(text)) return text;
  }
}

/** A head alone is whole when it announces no body. */
function isWhole(text: string): boolean {
  const end = text.indexOf("\r\n\r\n");
  if (end < 0) return false;
  const length = text.slice(0, end).match(/^content-length: (\d+)$/im);
  return length !== null &&
    new TextEncoder().encode(text.slice(end + 4)).length >= Number(length[1]);
}

function parse(text: string): RawAnswer {
  const end = text.indexOf("\r\n\r\n");
  const [first = "", ...lines] = text.slice(0, end < 0 ? undefined : end).split("\r\n");
  const headers = new Headers();
  for (const line of lines) {
    const at = line.indexOf(":");
    if (at > 0) headers.append(line.slice(0, at), line.slice(at + 1).trim());
  }
  const status = Number(first.match(/^HTTP\/1\.1 (\d{3})/)?.[1] ?? 0);
  return { status, headers, body: end < 0 ? "" : text.slice(end + 4) };
}
