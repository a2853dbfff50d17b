/** For tests: HTTP/2 written by hand, since a client of good manners cannot misbehave. */

const bytes = new TextEncoder();

export const PREFACE = [...bytes.encode("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")];

/** Frame types and an error of RFC 9113. */
export const [HEADERS, RST_STREAM, SETTINGS, CONTINUATION, CANCEL] = [1, 3, 4, 9, 8];
const [END_STREAM, END_HEADERS] = [1, 4];
const FRAME_MAX = 16_384;

/** Of the payload, by the first bytes of a frame. */
export const lengthOf = ([a, b, c]: number[]) => a! << 16 | b! << 8 | c!;

/** RFC 9113 §4.1. */
export function frame(
  type: number,
  flags: number,
  stream: number,
  payload: number[] = [],
): number[] {
  const bytesOf = (value: number, count: number) =>
    Array.from({ length: count }, (_, i) => value >> 8 * (count - 1 - i) & 255);
  return [...bytesOf(payload.length, 3), type, flags, ...bytesOf(stream, 4), ...payload];
}

/** A length of RFC 7541 §5.1 with a prefix of seven bits, and that many bytes. */
function literal(text: string): number[] {
  const size: number[] = [];
  if (text.length < 127) size.push(text.length);
  else {
    size.push(127);
    let rest = text.length - 127;
    for (; rest >= 128; rest >>= 7) size.push(rest & 127 | 128);
    size.push(rest);
  }
  return [...size, ...bytes.encode(text)];
}

/** A GET as HEADERS and CONTINUATION frames, its fields written out (RFC 7541 §6.2.2). */
export function request(stream: number, path: string, fields: [string, string][] = []): number[] {
  const block = [
    ...[0x82, 0x87],
    ...[0x04, ...literal(path)],
    ...[0x01, ...literal("localhost")],
    ...fields.flatMap(([name, value]) => [0, ...literal(name), ...literal(value)]),
  ];
  const frames: number[] = [];
  for (let at = 0; at < block.length; at += FRAME_MAX) {
    const isLast = at + FRAME_MAX >= block.length;
    const flags = (at === 0 ? END_STREAM : 0) | (isLast ? END_HEADERS : 0);
    const part = block.slice(at, at + FRAME_MAX);
    frames.push(...frame(at === 0 ? HEADERS : CONTINUATION, flags, stream, part));
  }
  return frames;
}
