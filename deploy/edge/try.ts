/**
 * Bundles the gateway and runs it with no more than an edge gives: the network and named variables,
 * no files, no processes, no native code. Ends with 1 when something is not as it should be.
 */
import { findFreePort } from "@praxis/local/ports";
import {
  contextKeys,
  ISSUER,
  standInIdentity,
  standInService,
  until,
} from "../../services/gateway/testing.ts";

const say = (text: string) => Deno.stdout.writeSync(new TextEncoder().encode(`${text}\n`));
const folder = await Deno.makeTempDir({ prefix: "praxis-edge-" });
const file = `${folder}/gateway.js`;
const bundling = new Deno.Command(Deno.execPath(), {
  args: ["run", "-A", new URL("./bundle.ts", import.meta.url).pathname, file],
});
if (!(await bundling.output()).success) throw new Error("it does not bundle");

const identity = await standInIdentity();
const content = standInService("content");
const port = findFreePort();
const environment: Record<string, string> = {
  PORT: String(port),
  ADMIN_PORT: String(findFreePort()),
  HOST: "127.0.0.1",
  PRAXIS_ENV: "test",
  PUBLIC_URL: ISSUER,
  SERVICE_CREDENTIAL: "development-credential-of-the-gateway",
  UPSTASH_REDIS_REST_URL: `http://127.0.0.1:${findFreePort()}`,
  UPSTASH_REDIS_REST_TOKEN: "development-redis",
  CONTEXT_KEYS: JSON.stringify(contextKeys),
  IDENTITY_SERVICE_URL: identity.url,
  CONTENT_SERVICE_URL: content.url,
};
const startedAt = performance.now();
const edge = new Deno.Command(Deno.execPath(), {
  args: [
    "run",
    "--no-prompt",
    "--ignore-env",
    "--allow-net=127.0.0.1",
    `--allow-env=${Object.keys(environment).join(",")}`,
    "--allow-sys=hostname",
    file,
  ],
  env: environment,
  stdout: "null",
}).spawn();
const url = `http://127.0.0.1:${port}`;
let failed = 0;
function check(name: string, isRight: boolean): void {
  if (!isRight) failed++;
  say(`${isRight ? "✓" : "✗"} ${name}`);
}
try {
  const { size } = await Deno.stat(file);
  await until(() => fetch(`${url}/health`).then((a) => a.text()).then(() => true, () => false));
  say(
    `${Math.round(size / 1024)} KiB; first answer after ${
      Math.round(performance.now() - startedAt)
    } ms`,
  );
  const { token, claims } = await identity.token();
  const call = (authorization: string) =>
    fetch(`${url}/api/content/documents`, { headers: { authorization, "x-user-id": "attacker" } });
  await until(async () => {
    const answer = await call(`Bearer ${token}`);
    await answer.body?.cancel();
    return answer.status === 200;
  });
  const seen = content.seen.at(-1)!.headers;
  check("a good token becomes a signed context", seen.get("x-user-id") === claims.sub);
  check("a bad token is refused", (await call("Bearer bad")).status === 401);
  identity.revoke({ kind: "session", id: claims.sid, permissionVersion: null });
  await until(async () => (await call(`Bearer ${token}`)).status === 401);
  check("a revoked session is refused", true);
  check("limits hold without Redis", (await call("Bearer bad")).headers.has("ratelimit"));
  const page = await fetch(url, { headers: { accept: "text/html" } });
  check("there is no page where there are no files", page.status === 404);
} finally {
  edge.kill("SIGKILL");
  await edge.status;
  await Promise.all([identity.close(), content.close()]);
  await Deno.remove(folder, { recursive: true });
}
Deno.exit(failed === 0 ? 0 : 1);
