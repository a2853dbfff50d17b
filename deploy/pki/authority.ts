/**
 * A certificate authority for development: signs short-lived certificates that name a service
 * (`spiffe://praxis/<service>`). In production the cloud's or the cluster's own does this.
 */
import "reflect-metadata";
import {
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  X509Certificate,
  X509CertificateGenerator,
} from "@peculiar/x509";

/** P-256: what every TLS library takes. */
const ALGORITHM = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
const HOUR_MS = 3_600_000;
const AUTHORITY_LIFE_MS = 365 * 24 * HOUR_MS;
export const CERTIFICATE_LIFE_MS = 24 * HOUR_MS;
/** Clocks differ a little. */
const BACKDATED_MS = 60_000;
const SERIAL_BYTES = 16;

type Place = { dns?: string[]; addresses?: string[] };

export type Authority = {
  /** PEM. */
  certificate: string;
  /** One PEM text: a new certificate for `service`, and its key. */
  issue(service: string, place?: Place, lifeMs?: number): Promise<string>;
};

/** Positive (RFC 5280 §4.1.2.2), and never the same again. */
function serialNumber(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(SERIAL_BYTES));
  bytes[0]! &= 0x7f;
  return bytes.toHex();
}

const generateKeys = () =>
  crypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"]) as Promise<CryptoKeyPair>;

const pemOf = async (key: CryptoKey) =>
  PemConverter.encode(await crypto.subtle.exportKey("pkcs8", key), "PRIVATE KEY");

const validFor = (lifeMs: number) => ({
  notBefore: new Date(Date.now() - BACKDATED_MS),
  notAfter: new Date(Date.now() + lifeMs),
});

async function create(): Promise<{ certificate: string; key: string }> {
  const keys = await generateKeys();
  const certificate = await X509CertificateGenerator.createSelfSigned({
    serialNumber: serialNumber(),
    name: "CN=Praxis development CA",
    ...validFor(AUTHORITY_LIFE_MS),
    keys,
    signingAlgorithm: ALGORITHM,
    extensions: [
      new BasicConstraintsExtension(true, 0, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
    ],
  });
  return { certificate: certificate.toString("pem"), key: await pemOf(keys.privateKey) };
}

async function load(certificate: string, key: string): Promise<Authority> {
  const authority = new X509Certificate(certificate);
  const signingKey = await crypto.subtle.importKey(
    "pkcs8",
    PemConverter.decodeFirst(key),
    ALGORITHM,
    false,
    ["sign"],
  );
  return {
    certificate,
    async issue(service, { dns = [], addresses = [] } = {}, lifeMs = CERTIFICATE_LIFE_MS) {
      const keys = await generateKeys();
      const names = [
        { type: "url" as const, value: `spiffe://praxis/${service}` },
        ...[`${service}-service`, ...dns].map((value) => ({ type: "dns" as const, value })),
        ...addresses.map((value) => ({ type: "ip" as const, value })),
      ];
      const issued = await X509CertificateGenerator.create({
        serialNumber: serialNumber(),
        subject: `CN=${service}`,
        issuer: authority.subject,
        ...validFor(lifeMs),
        publicKey: keys.publicKey,
        signingKey,
        signingAlgorithm: ALGORITHM,
        extensions: [
          new BasicConstraintsExtension(false, undefined, true),
          new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
          new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth, ExtendedKeyUsage.clientAuth]),
          new SubjectAlternativeNameExtension(names),
        ],
      });
      return `${issued.toString("pem")}\n${await pemOf(keys.privateKey)}\n`;
    },
  };
}

/** The authority kept in `folder`, made at first use; its key is readable by its owner only. */
export async function openAuthority(folder: string): Promise<Authority> {
  await Deno.mkdir(folder, { recursive: true, mode: 0o700 });
  try {
    const [certificate, key] = await Promise.all(
      ["ca.pem", "ca.key"].map((name) => Deno.readTextFile(`${folder}/${name}`)),
    ) as [string, string];
    // An authority that ends soon would sign what outlives it.
    if (
      new X509Certificate(certificate).notAfter.getTime() > Date.now() + 2 * CERTIFICATE_LIFE_MS
    ) {
      return await load(certificate, key);
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  const { certificate, key } = await create();
  await writeFile(`${folder}/ca.key`, key);
  await writeFile(`${folder}/ca.pem`, certificate);
  return await load(certificate, key);
}

/** Writes what a service's MTLS_FOLDER holds; a reader sees the old or the new, never half of it. */
export async function writeIdentity(
  authority: Authority,
  service: string,
  folder: string,
  place: Place = { dns: ["localhost"], addresses: ["127.0.0.1"] },
  lifeMs = CERTIFICATE_LIFE_MS,
): Promise<void> {
  await Deno.mkdir(folder, { recursive: true, mode: 0o700 });
  await writeFile(`${folder}/ca.pem`, authority.certificate);
  await writeFile(`${folder}/identity.pem`, await authority.issue(service, place, lifeMs));
}

async function writeFile(path: string, text: string): Promise<void> {
  await Deno.writeTextFile(`${path}.new`, text, { mode: 0o600 });
  await Deno.rename(`${path}.new`, path);
}
