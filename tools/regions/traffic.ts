/** Reads HTTP/1.1 requests out of what was recorded on a wire. */

export type RequestHead = { method: string; target: string; headers: Map<string, string> };

const HEAD =
  /(?<![A-Z])(GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS) (\S+) HTTP\/1\.1\r\n((?:[^\r\n]+\r\n)*)\r\n/g;

/** The heads in a client's half of a connection, in their order; what lies between is passed over. */
export function requestsIn(wire: string): RequestHead[] {
  return [...wire.matchAll(HEAD)].map(([, method, target, fields]) => ({
    method: method!,
    target: target!,
    headers: new Map(
      fields!.split("\r\n").filter(Boolean).map((line): [string, string] => {
        const at = line.indexOf(":");
        return [line.slice(0, at).toLowerCase(), line.slice(at + 1).trim()];
      }),
    ),
  }));
}
