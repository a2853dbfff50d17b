/** What the manifests have in common: names, labels, ports, sizes, and how little a pod may do. */
import type { IPodSecurityContext } from "kubernetes-models/v1/PodSecurityContext";
import type { ISecurityContext } from "kubernetes-models/v1/SecurityContext";
import { type Service, SERVICES } from "@praxis/local/services";

/** A manifest; each is checked by the models of its kind in `k8s_test.ts`. */
export type Manifest = { apiVersion: string; kind: string; metadata: { name: string } };

export const POSTGRES_PORT = 5432;
/** Where the REST front of a Redis listens: an ordinary user may not take a port below 1024. */
export const REDIS_REST_PORT = 8079;
export const OTLP_PORT = 4318;
/** On loopback; the same for all, so that one patch serves them. */
export const ADMIN_PORT = 9464;
/** The user and group of the images. */
const UID = 10_001;

/** Replaced by each region's overlay; never `latest`. */
export const UNRELEASED = "unreleased";
export const POSTGRES_IMAGE = "ghcr.io/cloudnative-pg/postgresql:17.6";
export const REDIS_IMAGE = "redis:7.4-alpine";
export const COLLECTOR_IMAGE = "otel/opentelemetry-collector:0.140.0";
export const REDIS_REST_IMAGE = "hiett/serverless-redis-http:0.0.10";

/** Settings of a region, made by its overlay. */
export const REGION_MAP = "region";
export const SECRET_STORE = "praxis";

export const hasDatabase = (service: Service) => service.postgresPort !== undefined;
/** The gateway is what is outside of the contract's pattern. */
export const hostOf = (service: Service) =>
  service.name === "gateway" ? "gateway" : `${service.name}-service`;
export const imageOf = (service: Service) => `praxis/${service.name}:${UNRELEASED}`;
export const calledBy = (service: Service) =>
  SERVICES.filter((other) => other.callers.includes(service.name));

export type Role = "service" | "redis" | "migration";

export const labelsOf = (service: Service, role: Role) => ({
  "app.kubernetes.io/name": service.name,
  "app.kubernetes.io/component": role,
});

export const metadataOf = (service: Service, name: string, role: Role = "service") => ({
  name,
  labels: { ...labelsOf(service, role), "app.kubernetes.io/part-of": "praxis" },
});

export const podSecurity: IPodSecurityContext = {
  runAsNonRoot: true,
  runAsUser: UID,
  runAsGroup: UID,
  fsGroup: UID,
  seccompProfile: { type: "RuntimeDefault" },
};

export const containerSecurity: ISecurityContext = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  capabilities: { drop: ["ALL"] },
};

/** Deno's cache of compiled code; lost with the pod. */
export const scratch = { name: "tmp", emptyDir: { sizeLimit: "256Mi" } };
export const scratchMount = { name: "tmp", mountPath: "/tmp" };
