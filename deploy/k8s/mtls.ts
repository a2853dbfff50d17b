/** The component `mtls`: certificates by cert-manager, and services that ask each other for them. */
import type { ICertificate } from "@kubernetes-models/cert-manager/cert-manager.io/v1/Certificate";
import type { IIssuer } from "@kubernetes-models/cert-manager/cert-manager.io/v1/Issuer";
import type { IDeployment } from "kubernetes-models/apps/v1/Deployment";
import type { IProbe } from "kubernetes-models/v1/Probe";
import type { Service } from "@praxis/local/services";
import { serviceUrlsOf } from "./environment.ts";
import { hostOf } from "./names.ts";
import { probes } from "./workload.ts";

const AUTHORITY = "services-authority";
/** As in deploy/local: a day, renewed while two thirds are still to come. */
const LIFE = "24h0m0s";
const RENEW_BEFORE = "16h0m0s";
const AUTHORITY_LIFE = "8760h0m0s";
const FOLDER = "/etc/praxis/identity";
const TRUST_DOMAIN = "spiffe://praxis/";

const certificateOf = (service: Service) => `${service.name}-certificate`;

/** One authority per namespace, made by cert-manager; its key never leaves the cluster. */
export function authority(): (IIssuer | ICertificate)[] {
  return [{
    apiVersion: "cert-manager.io/v1",
    kind: "Issuer",
    metadata: { name: "self-signed" },
    spec: { selfSigned: {} },
  }, {
    apiVersion: "cert-manager.io/v1",
    kind: "Certificate",
    metadata: { name: AUTHORITY },
    spec: {
      isCA: true,
      commonName: "Praxis services",
      secretName: AUTHORITY,
      duration: AUTHORITY_LIFE,
      privateKey: { algorithm: "ECDSA", size: 256, rotationPolicy: "Always" },
      issuerRef: { name: "self-signed", kind: "Issuer" },
    },
  }, {
    apiVersion: "cert-manager.io/v1",
    kind: "Issuer",
    metadata: { name: "services" },
    spec: { ca: { secretName: AUTHORITY } },
  }];
}

export function certificate(service: Service): ICertificate {
  return {
    apiVersion: "cert-manager.io/v1",
    kind: "Certificate",
    metadata: { name: certificateOf(service) },
    spec: {
      secretName: certificateOf(service),
      commonName: service.name,
      uris: [`${TRUST_DOMAIN}${service.name}`],
      dnsNames: [hostOf(service)],
      // The pod asks itself how it is.
      ipAddresses: ["127.0.0.1"],
      duration: LIFE,
      renewBefore: RENEW_BEFORE,
      usages: ["digital signature", "server auth", "client auth"],
      privateKey: { algorithm: "ECDSA", size: 256, encoding: "PKCS8", rotationPolicy: "Always" },
      // Certificate and key in one file, so that both are replaced at once.
      additionalOutputFormats: [{ type: "CombinedPEM" }],
      issuerRef: { name: "services", kind: "Issuer" },
    },
  };
}

/** The kubelet has no certificate: the pod asks itself with its own. Null takes the old way out. */
function askingItself(probe: IProbe & { httpGet: { path: string } }) {
  const { httpGet: { path }, ...rest } = probe;
  return { ...rest, httpGet: null, exec: { command: ["/app/start", "health", path] } };
}

/** What changes in the Deployment of `service`: a strategic merge patch. */
export async function patch(service: Service) {
  const isGateway = service.name === "gateway";
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: hostOf(service) },
    spec: {
      template: {
        spec: {
          containers: [{
            name: "service",
            env: [
              { name: "MTLS_FOLDER", value: FOLDER },
              // Browsers and the edge have no certificate of ours.
              ...(isGateway ? [] : [{
                name: "MTLS_CALLERS",
                value: [...service.callers, service.name].join(","),
              }]),
              ...await serviceUrlsOf(service, "https"),
            ],
            volumeMounts: [{ name: "identity", mountPath: FOLDER, readOnly: true }],
            ...(isGateway ? {} : {
              livenessProbe: askingItself(probes.livenessProbe),
              readinessProbe: askingItself(probes.readinessProbe),
            }),
          }],
          volumes: [{
            name: "identity",
            secret: {
              secretName: certificateOf(service),
              defaultMode: 0o440,
              items: [
                { key: "tls-combined.pem", path: "identity.pem" },
                { key: "ca.crt", path: "ca.pem" },
              ],
            },
          }],
        },
      },
    },
  } satisfies Patch<IDeployment>;
}

/** As the kind, but every part may be missing, and null removes. */
type Patch<T> = T extends (infer E)[] ? Patch<E>[]
  : T extends object ? { [K in keyof T]?: Patch<T[K]> | null }
  : T;
