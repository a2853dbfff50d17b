/** Announces this process to Consul while it runs. */
import { newId } from "../id/id.ts";
import type { Log } from "../telemetry/log.ts";
import { createConsul, idOf, type Registration } from "./consul.ts";

const RETRY_MS = 2_000;

type Config = {
  PORT: number;
  HOST: string;
  CONSUL_HTTP_ADDR?: string | undefined;
  CONSUL_HTTP_TOKEN?: string | undefined;
  SERVICE_ADDRESS?: string | undefined;
  SERVICE_VERSION?: string | undefined;
  MTLS_FOLDER?: string | undefined;
};

/**
 * Registers `<service>-<instance>`, again until Consul takes it; nothing without Consul. Call the
 * result at the end: it takes the registration back, and never throws.
 */
export function announce(service: string, config: Config, log: Log): () => Promise<void> {
  if (config.CONSUL_HTTP_ADDR === undefined) return () => Promise.resolve();
  const consul = createConsul({
    address: config.CONSUL_HTTP_ADDR,
    token: config.CONSUL_HTTP_TOKEN,
  });
  const isAnyAddress = config.HOST === "0.0.0.0" || config.HOST === "::";
  const registration: Registration = {
    service,
    instance: newId(),
    address: config.SERVICE_ADDRESS ?? (isAnyAddress ? Deno.hostname() : config.HOST),
    port: config.PORT,
    isTls: config.MTLS_FOLDER !== undefined,
    ...(config.SERVICE_VERSION === undefined ? {} : { version: config.SERVICE_VERSION }),
  };
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isLeaving = false;
  async function register(): Promise<void> {
    try {
      await consul.register(registration);
    } catch (error) {
      if (isLeaving) return;
      log.error("consul does not take the registration", error, { retryMs: RETRY_MS });
      timer = setTimeout(() => registering = register(), RETRY_MS);
    }
  }
  let registering = register();
  let left: Promise<void> | undefined;
  async function leave(): Promise<void> {
    isLeaving = true;
    clearTimeout(timer);
    await registering;
    await consul.deregister(idOf(registration))
      .catch((error) => log.error("consul does not forget the registration", error));
  }
  return () => left ??= leave();
}
