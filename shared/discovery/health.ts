/** Is a service healthy? Asked by whoever balances or reports. */
import { fetchPeer } from "../mtls/identity.ts";

const TIMEOUT_MS = 5_000;

/** True when `url` answers well within 5 s; whatever goes wrong is a no. */
export async function isHealthy(url: string, timeoutMs = TIMEOUT_MS): Promise<boolean> {
  try {
    const answer = await fetchPeer(url, { signal: AbortSignal.timeout(timeoutMs) });
    await answer.body?.cancel();
    return answer.ok;
  } catch {
    return false;
  }
}
