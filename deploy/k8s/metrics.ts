/**
 * The component `metrics`: metrics listen on a pod's loopback only, so a collector beside each
 * service reads them there and sends them where the traces go.
 */
import type { IContainer } from "kubernetes-models/v1/Container";
import { stringify } from "yaml";
import { ADMIN_PORT, COLLECTOR_IMAGE, containerSecurity, REGION_MAP } from "./names.ts";

const HEALTH_PORT = 13_133;

/** The collector's own configuration; it fills in what `${env:…}` names. */
const configuration = stringify({
  extensions: { health_check: { endpoint: `0.0.0.0:${HEALTH_PORT}` } },
  receivers: {
    prometheus: {
      config: {
        scrape_configs: [{
          job_name: "praxis",
          scrape_interval: "15s",
          static_configs: [{ targets: [`127.0.0.1:${ADMIN_PORT}`] }],
        }],
      },
    },
  },
  exporters: { otlphttp: { endpoint: "${env:OTEL_EXPORTER_OTLP_ENDPOINT}" } },
  service: {
    extensions: ["health_check"],
    pipelines: { metrics: { receivers: ["prometheus"], exporters: ["otlphttp"] } },
  },
});

const health = { httpGet: { path: "/", port: HEALTH_PORT }, periodSeconds: 10, timeoutSeconds: 5 };

const collector: IContainer = {
  name: "metrics",
  image: COLLECTOR_IMAGE,
  args: ["--config=env:COLLECTOR_CONFIGURATION"],
  env: [
    { name: "COLLECTOR_CONFIGURATION", value: configuration },
    {
      name: "OTEL_EXPORTER_OTLP_ENDPOINT",
      valueFrom: { configMapKeyRef: { name: REGION_MAP, key: "OTEL_EXPORTER_OTLP_ENDPOINT" } },
    },
  ],
  resources: {
    requests: { cpu: "10m", memory: "64Mi" },
    limits: { cpu: "100m", memory: "128Mi" },
  },
  livenessProbe: health,
  readinessProbe: health,
  securityContext: containerSecurity,
};

/** Which Deployments it is put into; its patch names none. */
export const TARGET = {
  kind: "Deployment",
  labelSelector: "app.kubernetes.io/component=service",
};

export const metricsPatch = () => ({
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name: "any-service" },
  spec: { template: { spec: { containers: [collector] } } },
});
