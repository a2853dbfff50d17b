/** Canary strings: what one region was told, and every form in which it could turn up elsewhere. */
import { Buffer } from "node:buffer";

export const REGIONS = ["eu", "ca"] as const;
export type RegionName = typeof REGIONS[number];

export const otherOf = (region: RegionName): RegionName => region === "eu" ? "ca" : "eu";

export type Canary = {
  /** Whose it is. */
  region: RegionName;
  /** In a reader's words: `title of a document`. */
  what: string;
  text: string;
  /** Its person goes abroad: it may cross with their requests and the answers to them. */
  travels: boolean;
};

export type Hit = { what: string; place: string };

const RANDOM_BYTES = 8;

/** One word of lower-case letters and digits: no stemmer, slug or case folding changes it. */
export function newWord(region: RegionName): string {
  return `canary${region}${crypto.getRandomValues(new Uint8Array(RANDOM_BYTES)).toHex()}x7`;
}

/**
 * As it is, without hyphens (identifiers), as hexadecimal (bytea), and as Base64 from each of the
 * three positions at which it can begin. Case is left to whoever searches. What is compressed or
 * encrypted is found in none of these.
 */
export function formsOf(text: string): string[] {
  const bytes = Buffer.from(text);
  const base64 = [0, 1, 2].map((shift) => {
    const encoded = Buffer.concat([Buffer.alloc(shift), bytes]).toString("base64");
    // Characters that also depend on neighbours are left out at both ends.
    return encoded.slice(Math.ceil(shift * 8 / 6), Math.floor((shift + bytes.length) * 8 / 6));
  });
  return [...new Set([text, text.replaceAll("-", ""), bytes.toString("hex"), ...base64])];
}

/** Every form of every canary, and what it is a form of. */
export function needlesOf(canaries: readonly Canary[]): Map<string, string> {
  return new Map(
    canaries.flatMap(({ region, what, text }) =>
      formsOf(text).map((form): [string, string] => [form.toLowerCase(), `${region}'s ${what}`])
    ),
  );
}

/** Which of them stand in a text, each once. */
export function findIn(text: string, needles: Map<string, string>, place: string): Hit[] {
  const lower = text.toLowerCase();
  const found = [...needles].filter(([form]) => lower.includes(form)).map(([, what]) => what);
  return [...new Set(found)].map((what) => ({ what, place }));
}
