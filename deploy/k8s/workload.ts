/** What runs a service: its Deployment with everything around it, and the Job that migrates. */
import type { IContainer } from "kubernetes-models/v1/Container";
import type { IDeployment } from "kubernetes-models/apps/v1/Deployment";
import type { IHorizontalPodAutoscaler } from "kubernetes-models/autoscaling/v2/HorizontalPodAutoscaler";
import type { IJob } from "kubernetes-models/batch/v1/Job";
import type { IPersistentVolumeClaim } from "kubernetes-models/v1/PersistentVolumeClaim";
import type { IPodDisruptionBudget } from "kubernetes-models/policy/v1/PodDisruptionBudget";
import type { IService } from "kubernetes-models/v1/Service";
import type { IServiceAccount } from "kubernetes-models/v1/ServiceAccount";
import type { Service } from "@praxis/local/services";
import { environmentOf, migrationSecretName } from "./environment.ts";
import {
  containerSecurity,
  hostOf,
  imageOf,
  labelsOf,
  metadataOf,
  podSecurity,
  scratch,
  scratchMount,
} from "./names.ts";

const REPLICAS = 2;
const REPLICAS_MAX = 6;
/** Of the processor time asked for, on average. */
const BUSY_PERCENT = 70;
/** Longer than DRAIN_SECONDS and the ten seconds that requests under way have. */
const STOP_SECONDS = 30;
const RESOURCES = {
  requests: { cpu: "100m", memory: "256Mi" },
  limits: { cpu: "500m", memory: "512Mi" },
};
const MIGRATION_LIMIT_SECONDS = 900;
const MIGRATION_TRIES = 3;
const DAY_SECONDS = 86_400;

export const probes = {
  livenessProbe: {
    httpGet: { path: "/health", port: "http" },
    initialDelaySeconds: 30,
    periodSeconds: 10,
    timeoutSeconds: 5,
    failureThreshold: 3,
  },
  readinessProbe: {
    httpGet: { path: "/ready", port: "http" },
    periodSeconds: 5,
    timeoutSeconds: 5,
    failureThreshold: 2,
  },
} satisfies Partial<IContainer>;

const filesOf = (service: Service) => `${service.name}-files`;

export async function deployment(service: Service): Promise<IDeployment> {
  const labels = labelsOf(service, "service");
  const files = service.storesFiles
    ? [{ name: "files", persistentVolumeClaim: { claimName: filesOf(service) } }]
    : [];
  const filesMount = service.storesFiles ? [{ name: "files", mountPath: "/data" }] : [];
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: metadataOf(service, hostOf(service)),
    spec: {
      replicas: REPLICAS,
      selector: { matchLabels: labels },
      strategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
      template: {
        metadata: { labels },
        spec: {
          serviceAccountName: hostOf(service),
          automountServiceAccountToken: false,
          terminationGracePeriodSeconds: STOP_SECONDS,
          securityContext: podSecurity,
          topologySpreadConstraints: [{
            maxSkew: 1,
            topologyKey: "kubernetes.io/hostname",
            whenUnsatisfiable: "ScheduleAnyway",
            labelSelector: { matchLabels: labels },
          }],
          containers: [{
            name: "service",
            image: imageOf(service),
            ports: [{ name: "http", containerPort: service.port }],
            env: await environmentOf(service),
            resources: RESOURCES,
            ...probes,
            securityContext: containerSecurity,
            volumeMounts: [scratchMount, ...filesMount],
          }],
          volumes: [scratch, ...files],
        },
      },
    },
  };
}

export function surroundings(service: Service) {
  const name = hostOf(service);
  const metadata = metadataOf(service, name);
  const labels = labelsOf(service, "service");
  const account: IServiceAccount = {
    apiVersion: "v1",
    kind: "ServiceAccount",
    metadata,
    automountServiceAccountToken: false,
  };
  const address: IService = {
    apiVersion: "v1",
    kind: "Service",
    metadata,
    spec: { selector: labels, ports: [{ name: "http", port: service.port, targetPort: "http" }] },
  };
  const budget: IPodDisruptionBudget = {
    apiVersion: "policy/v1",
    kind: "PodDisruptionBudget",
    metadata,
    spec: { minAvailable: 1, selector: { matchLabels: labels } },
  };
  const scaler: IHorizontalPodAutoscaler = {
    apiVersion: "autoscaling/v2",
    kind: "HorizontalPodAutoscaler",
    metadata,
    spec: {
      scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name },
      minReplicas: REPLICAS,
      maxReplicas: REPLICAS_MAX,
      metrics: [{
        type: "Resource",
        resource: {
          name: "cpu",
          target: { type: "Utilization", averageUtilization: BUSY_PERCENT },
        },
      }],
    },
  };
  return [account, address, budget, scaler];
}

/** Two instances on two nodes write into one folder. */
export function files(service: Service): IPersistentVolumeClaim[] {
  if (!service.storesFiles) return [];
  return [{
    apiVersion: "v1",
    kind: "PersistentVolumeClaim",
    metadata: metadataOf(service, filesOf(service)),
    spec: { accessModes: ["ReadWriteMany"], resources: { requests: { storage: "100Gi" } } },
  }];
}

/** A Job cannot be changed once it is there: each release gives it a suffix of its own. */
export function migration(service: Service): IJob {
  const labels = labelsOf(service, "migration");
  return {
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: metadataOf(service, `${service.name}-migrate`, "migration"),
    spec: {
      backoffLimit: MIGRATION_TRIES,
      activeDeadlineSeconds: MIGRATION_LIMIT_SECONDS,
      ttlSecondsAfterFinished: DAY_SECONDS,
      template: {
        metadata: { labels },
        spec: {
          restartPolicy: "Never",
          automountServiceAccountToken: false,
          securityContext: podSecurity,
          containers: [{
            name: "migrate",
            image: imageOf(service),
            args: ["migrate"],
            env: [{
              name: "DATABASE_MIGRATION_URL",
              valueFrom: { secretKeyRef: { name: migrationSecretName(service), key: "url" } },
            }],
            resources: RESOURCES,
            securityContext: containerSecurity,
            volumeMounts: [scratchMount],
          }],
          volumes: [scratch],
        },
      },
    },
  };
}
