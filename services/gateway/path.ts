/** Is a raw request path the only way to write itself? Whatever reads it later must see the same. */

/**
 * RFC 9112 §3.2, as Deno hands it over: `http://` + Host as it came + target as it came. A Host
 * that holds `/`, `?`, `#` or `@` would move the path, and a fragment would cut it.
 */
const TARGET = /^https?:\/\/(?:[\w.-]*|\[[\da-fA-F:.]+\])(?::\d{1,5})?(?:(\/[^?#]*)(\?[^#]*)?)?$/;

/** RFC 3986 §3.3: the characters of a path. */
const CHARACTERS = /^(?:[\w.~!$&'()*+,;=:@/-]|%[\da-fA-F]{2})*$/;

/** `//`, `/./` and `/../`: some readers drop them, some do not. */
const SEGMENTS_THAT_VANISH = /\/\/|\/\.{1,2}(?:\/|$)/;

/**
 * Encoded characters that some readers decode before they compare or split: control characters,
 * `/`, `\`, everything that needs no encoding (RFC 3986 §6.2.2.2, so `%2e%2e` and `%61uth`), and
 * the same encoded twice.
 */
const ENCODED_IN_DISGUISE =
  /%(?:[01][\da-f]|7f|2f|5c|2d|2e|5f|7e|3\d|[46][1-9a-f]|[57][\da]|25(?:2e|2f|5c|00))/i;

export type Target = { path: string; query: string };

/**
 * The raw path and query, or undefined when the request line or Host is not in its normal form.
 * `host` is the Host header as it came, where there is one: what follows a `/` in it would be taken
 * for the beginning of the path.
 */
export function targetOf(rawUrl: string, host: string | undefined): Target | undefined {
  const match = TARGET.exec(rawUrl);
  if (!match || host?.includes("/")) return undefined;
  const path = match[1] ?? "/";
  return isNormal(path) ? { path, query: match[2] ?? "" } : undefined;
}

/** True when every parser reads `path` as the same segments. */
export function isNormal(path: string): boolean {
  if (!CHARACTERS.test(path) || SEGMENTS_THAT_VANISH.test(path)) return false;
  return !path.includes("%") || (!ENCODED_IN_DISGUISE.test(path) && isUtf8(path));
}

function isUtf8(path: string): boolean {
  try {
    decodeURIComponent(path);
    return true;
  } catch {
    return false;
  }
}
