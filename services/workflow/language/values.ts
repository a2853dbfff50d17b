/** Values that hold expressions, and what becomes of them. */

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** The fields of an object; none of anything else. */
export const asRecord = (value: unknown): Record<string, Json> =>
  value !== null && typeof value === "object" && !Array.isArray(value)
    ? value as Record<string, Json>
    : {};

const EXPRESSION = /^\s*\$\{([\s\S]*)\}\s*$/;

/** What stands between `${` and `}`; undefined for a text that is only a text. */
export function expressionOf(text: string): string | undefined {
  return EXPRESSION.exec(text)?.[1]?.trim();
}

/** An expression in a place where only an expression makes sense: the brackets may be missing. */
export const bareExpression = (text: string): string => expressionOf(text) ?? text.trim();

/** Every expression in `value` with the JSON pointer of its place. */
export function findExpressions(value: unknown, pointer = ""): { pointer: string; text: string }[] {
  if (typeof value === "string") {
    const text = expressionOf(value);
    return text === undefined ? [] : [{ pointer, text }];
  }
  if (value === null || typeof value !== "object") return [];
  return Object.entries(value).flatMap(([name, one]) =>
    findExpressions(one, `${pointer}/${escapePointer(name)}`)
  );
}

/** `value` with the n-th expression replaced by the n-th of `results`, in the order of finding. */
export function replaceExpressions(value: Json, results: readonly Json[]): Json {
  let at = 0;
  const visit = (one: Json): Json => {
    if (typeof one === "string") return expressionOf(one) === undefined ? one : results[at++]!;
    if (one === null || typeof one !== "object") return one;
    if (Array.isArray(one)) return one.map(visit);
    return Object.fromEntries(Object.entries(one).map(([name, inner]) => [name, visit(inner)]));
  };
  return visit(value);
}

/** RFC 6901. */
export const escapePointer = (name: string): string =>
  name.replaceAll("~", "~0").replaceAll("/", "~1");

/** Key order is of no meaning: equal values have equal texts. */
export function canonical(value: unknown): string {
  const sorted = (one: unknown): unknown => {
    if (Array.isArray(one)) return one.map(sorted);
    if (one === null || typeof one !== "object") return one;
    return Object.fromEntries(
      Object.entries(one).sort(([a], [b]) => a < b ? -1 : 1).map(([k, v]) => [k, sorted(v)]),
    );
  };
  return JSON.stringify(sorted(value));
}

/** The hash of what `value` says, whatever the order of its keys. */
export const hashOf = (value: unknown): Promise<string> => sha256(canonical(value));

export async function sha256(text: string): Promise<string> {
  const bytes = new TextEncoder().encode(text);
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
}
