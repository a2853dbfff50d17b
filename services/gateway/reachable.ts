/** Whether somebody who keeps us waiting is there at all. */

/**
 * Packets that vanish look like an answer that is slow, since `fetch` has no time limit for
 * connecting alone. So whoever has not answered for `patienceMs` is connected to once more, within
 * as long again; `onLost` is called when nothing comes of that. A refusal is `fetch`'s to tell.
 * Returns what ends the watch.
 */
export function watchReachable(
  url: string,
  patienceMs: number,
  onLost: () => void,
): () => void {
  let isOver = false;
  const timer = setTimeout(async () => {
    const late = AbortSignal.timeout(patienceMs);
    await connect(url, late);
    if (late.aborted && !isOver) onLost();
  }, patienceMs);
  return () => {
    isOver = true;
    clearTimeout(timer);
  };
}

/** Resolves when a connection was made and closed, or refused, or when `signal` aborts. */
async function connect(url: string, signal: AbortSignal): Promise<void> {
  const { hostname, port, protocol } = new URL(url);
  try {
    const connection = await Deno.connect({
      hostname: hostname.replace(/^\[|\]$/g, ""),
      port: Number(port) || (protocol === "https:" ? 443 : 80),
      signal,
    });
    connection.close();
  } catch {
    // Whoever watches looks at its own clock.
  }
}
