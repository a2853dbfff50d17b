/**
 * `health.ts <service> <port> <path>` ends with 0 when the service of this container answers 2xx
 * there. It shows the service's own certificate where services ask for one.
 */
import { readIdentity } from "@praxis/shared/mtls";

const LIMIT_MS = 4_000;

const [service, port, path] = Deno.args;
const folder = Deno.env.get("MTLS_FOLDER");
// Browsers have no certificate of ours: the gateway asks for none.
const isMutual = folder !== undefined && folder !== "" && service !== "gateway";
const options: RequestInit & { client?: Deno.HttpClient } = {
  signal: AbortSignal.timeout(LIMIT_MS),
};
if (isMutual) {
  const { cert, key, ca } = readIdentity(folder);
  options.client = Deno.createHttpClient({ cert, key, caCerts: [ca] });
}
try {
  const url = `${isMutual ? "https" : "http"}://127.0.0.1:${port}${path}`;
  const answer = await fetch(url, options);
  const text = await answer.text();
  if (!answer.ok) {
    Deno.stderr.writeSync(new TextEncoder().encode(`${answer.status} ${text.slice(0, 500)}\n`));
  }
  Deno.exit(answer.ok ? 0 : 1);
} catch (error) {
  const reason = error instanceof Error ? error.message : String(error);
  Deno.stderr.writeSync(new TextEncoder().encode(`${reason}\n`));
  Deno.exit(1);
}
