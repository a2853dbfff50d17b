/** What stands behind `?` in a page's address, of which only what the page accepts reaches it. */

type Read<T> = (given: Record<string, unknown>) => T;

/** The router lets through, beside what `read` answers, whatever it left out: here that is gone. */
export const accepting = <T extends object>(read: Read<T>): Read<T> => (given) => ({
  ...Object.fromEntries(Object.keys(given).map((name) => [name, undefined])),
  ...read(given),
});

/** An address within the app, to go on to; no other site's, however it is written. */
export const isWithin = (address: unknown): address is string =>
  typeof address === "string" && /^\/(?![/\\])[^\p{Cc}\\]*$/u.test(address);
