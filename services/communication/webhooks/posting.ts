/** One POST to an organization's system: to the address that was looked at, whatever its name says. */
import { type Place, placeOf, requestOutward } from "@praxis/shared/outward";

export type Posted = {
  url: string;
  headers: Record<string, string>;
  body: string;
  /** Milliseconds for all of it. */
  timeoutMs: number;
  /** Tests only: whatever the name leads to will do. */
  mayCallInside: boolean;
  resolve?: ((hostname: string) => Promise<Place>) | undefined;
  /** Authorities that are trusted in place of the usual ones, in PEM. */
  tlsCa?: string | undefined;
};

/** The answer's status, or why there is none. Nothing of the answer's body is read. */
export async function postTo(
  { url, headers, body, timeoutMs, mayCallInside, resolve = placeOf, tlsCa }: Posted,
): Promise<{ status: number } | { refused: "inside" | "unknown" | "no-answer" }> {
  try {
    const response = await requestOutward({
      url: new URL(url),
      method: "POST",
      headers,
      body,
      signal: AbortSignal.timeout(timeoutMs),
      placeOf: mayCallInside
        ? (hostname) => Promise.resolve({ address: hostname.replace(/^\[|\]$/g, "") })
        : (hostname) => resolve(hostname),
      tlsCa,
    });
    if ("refused" in response) return response;
    response.destroy();
    return { status: response.statusCode ?? 0 };
  } catch {
    return { refused: "no-answer" };
  }
}
