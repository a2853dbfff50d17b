/** For tests: requests as bytes, since a client of good manners cannot write bad ones. */

export type RawAnswer = { status: number; headers: Headers; body: string };

function bytesOf(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  for (let at = 0; at < text.length; at++) bytes[at] = text.charCodeAt(at);
  return bytes;
}

/**
 * Writes exactly these bytes, one per character, and reads one answer. Deno keeps a connection open
 * for a refused body that has not come yet, so the end is where Content-Length says.
 */
export async function sendRaw(port: number, text: string): Promise<RawAnswer> {
  const connection = await Deno.connect({ port, hostname: "127.0.0.1" });
  // The other side may refuse, and close, before it has read everything.
  const written = writeAll(connection, bytesOf(text)).catch(() => {});
  const answer = parse(await readAnswer(connection));
  connection.close();
  await written;
  return answer;
}

/** A request line and headers as given; `Host` and `Connection: close` are added. */
export function requestRaw(port: number, line: string, headers: string[] = [], body = "") {
  const all = [`${line} HTTP/1.1`, "Host: praxis.test", "Connection: close", ...headers];
  return sendRaw(port, `${all.join("\r\n")}\r\n\r\n${body}`);
}

export async function writeAll(connection: Deno.Conn, bytes: Uint8Array): Promise<void> {
  let at = 0;
  while (at < bytes.length) at += await connection.write(bytes.subarray(at));
}

async function readAnswer(connection: Deno.Conn): Promise<string> {
  const decoder = new TextDecoder("latin1");
  const buffer = new Uint8Array(64 * 1024);
  let text = "";
  for (;;) {
    const count = await connection.read(buffer).catch(() => null);
    if (count === null) return text;
    text += decoder.decode(buffer.subarray(0, count));
    const length = /^content-length: (\d+)\r$/im.exec(text)?.[1];
    const end = text.indexOf("\r\n\r\n");
    if (length && end >= 0 && text.length >= end + 4 + Number(length)) return text;
  }
}

function parse(text: string): RawAnswer {
  const end = text.indexOf("\r\n\r\n");
  const [statusLine = "", ...lines] = text.slice(0, end).split("\r\n");
  const headers = new Headers();
  for (const line of lines) {
    const colon = line.indexOf(":");
    headers.append(line.slice(0, colon), line.slice(colon + 1).trim());
  }
  return { status: Number(statusLine.split(" ")[1]), headers, body: text.slice(end + 4) };
}
