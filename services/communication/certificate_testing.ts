/** A certificate for one name, and the authority that vouches for it, for tests. */
import "reflect-metadata";
import * as x509 from "@peculiar/x509";

const ALGORITHM = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
const DAY_MS = 86_400_000;

export async function makeCertificate(
  name: string,
): Promise<{ authority: string; cert: string; key: string }> {
  const newKeys = () => crypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"]);
  const [root, leaf] = [await newKeys() as CryptoKeyPair, await newKeys() as CryptoKeyPair];
  const notBefore = new Date(Date.now() - DAY_MS);
  const notAfter = new Date(Date.now() + DAY_MS);
  const authority = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: "01",
    name: "CN=authority of a test",
    notBefore,
    notAfter,
    signingAlgorithm: ALGORITHM,
    keys: root,
    extensions: [new x509.BasicConstraintsExtension(true, 0, true)],
  });
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: "02",
    subject: `CN=${name}`,
    issuer: authority.subject,
    notBefore,
    notAfter,
    signingAlgorithm: ALGORITHM,
    publicKey: leaf.publicKey,
    signingKey: root.privateKey,
    extensions: [new x509.SubjectAlternativeNameExtension([{ type: "dns", value: name }])],
  });
  const key = new Uint8Array(await crypto.subtle.exportKey("pkcs8", leaf.privateKey));
  return {
    authority: authority.toString("pem"),
    cert: certificate.toString("pem"),
    key: `-----BEGIN PRIVATE KEY-----\n${key.toBase64()}\n-----END PRIVATE KEY-----\n`,
  };
}
