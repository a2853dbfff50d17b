/** For tests: HAProxy with the configuration that we ship, in front of a gateway. */
import { freePort, until } from "./testing.ts";

const HAPROXY = "/usr/sbin/haproxy";

const isHere = (() => {
  try {
    return Deno.statSync(HAPROXY).isFile;
  } catch {
    return false;
  }
})();

/** Goes into the name of a suite, so that whoever reads the results sees why it was left out. */
export const notice = isHere ? "" : ` (skipped: there is no ${HAPROXY})`;
export const options = { skip: !isHere };

type Setting = {
  gatewayPort: number;
  /** A PEM file with certificate and key: TLS, with HTTP/2 for whoever speaks it. */
  certificate?: string;
  headerTimeout?: string;
  idleTimeout?: string;
};

/** Its port, once `isUp` has found it open, and how to end it. */
export async function openTerminator(
  { gatewayPort, certificate, headerTimeout = "1s", idleTimeout = "1s" }: Setting,
  isUp: (port: number) => Promise<unknown>,
) {
  const port = freePort();
  const haproxy = new Deno.Command(HAPROXY, {
    args: ["-f", new URL("../../deploy/edge/haproxy.cfg", import.meta.url).pathname, "-db"],
    env: {
      LISTEN: `127.0.0.1:${port}`,
      LISTEN_OPTIONS: certificate ? `ssl crt ${certificate} alpn h2,http/1.1` : "name browsers",
      GATEWAY: `127.0.0.1:${gatewayPort}`,
      HEADER_TIMEOUT: headerTimeout,
      IDLE_TIMEOUT: idleTimeout,
    },
    stdout: "null",
    stderr: "null",
  }).spawn();
  await until(() => isUp(port).then(() => true, () => false));
  return {
    port,
    async close() {
      haproxy.kill("SIGKILL");
      await haproxy.status;
    },
  };
}
