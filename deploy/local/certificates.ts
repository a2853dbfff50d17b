/** Certificates of the local services: made at the start, renewed long before they end. */
import { CERTIFICATE_LIFE_MS, openAuthority, writeIdentity } from "../pki/authority.ts";
import { SERVICES } from "./services.ts";

/** Who asks the services for their health: this stack. */
export const SUPERVISOR = "supervisor";

export const certificateFolder = (dataDir: string, service: string) => `${dataDir}/pki/${service}`;

/** Returns what ends the renewing. */
export async function keepCertificates(
  dataDir: string,
  onProblem: (error: unknown) => void,
): Promise<() => void> {
  const authority = await openAuthority(`${dataDir}/pki`);
  const names = [...SERVICES.map(({ name }) => name), SUPERVISOR];
  const renew = async () => {
    for (const name of names) {
      await writeIdentity(authority, name, certificateFolder(dataDir, name));
    }
  };
  await renew();
  const timer = setInterval(() => renew().catch(onProblem), CERTIFICATE_LIFE_MS / 3);
  Deno.unrefTimer(timer as unknown as number);
  return () => clearInterval(timer);
}
