/** What a service keeps: its Postgres (CloudNativePG), its Redis, and its secrets from outside. */
import type { ICluster } from "@kubernetes-models/cloudnative-pg/postgresql.cnpg.io/v1/Cluster";
import type { IExternalSecret } from "@kubernetes-models/external-secrets/external-secrets.io/v1/ExternalSecret";
import type { IDeployment } from "kubernetes-models/apps/v1/Deployment";
import type { IService } from "kubernetes-models/v1/Service";
import type { Service } from "@praxis/local/services";
import {
  databaseSecretName,
  migrationSecretName,
  providerNamesOf,
  providersName,
  secretNamesOf,
  secretsName,
} from "./environment.ts";
import {
  containerSecurity,
  labelsOf,
  metadataOf,
  podSecurity,
  POSTGRES_IMAGE,
  POSTGRES_PORT,
  REDIS_IMAGE,
  REDIS_REST_IMAGE,
  REDIS_REST_PORT,
  scratch,
  scratchMount,
  SECRET_STORE,
} from "./names.ts";

const REFRESH = "1h";
/** A service has at most ten replicas with a handful of connections each. */
const CONNECTIONS_MAX = "200";

const clusterOf = (service: Service) => `${service.name}-db`;
const databaseOf = (service: Service) => `${service.name}_service`;
const ownerOf = (service: Service) => `${service.name}_owner`;
const userOf = (service: Service) => `${service.name}_user`;

/** One role owns the tables, another uses them: as in deploy/images/database.sh. */
export function cluster(service: Service): ICluster {
  const database = databaseOf(service);
  return {
    apiVersion: "postgresql.cnpg.io/v1",
    kind: "Cluster",
    metadata: { name: clusterOf(service) },
    spec: {
      instances: 3,
      imageName: POSTGRES_IMAGE,
      enableSuperuserAccess: false,
      storage: { size: "20Gi" },
      resources: {
        requests: { cpu: "250m", memory: "512Mi" },
        limits: { cpu: "2", memory: "2Gi" },
      },
      postgresql: { parameters: { max_connections: CONNECTIONS_MAX } },
      bootstrap: {
        initdb: {
          database,
          owner: ownerOf(service),
          secret: { name: `${service.name}-db-owner` },
          postInitSQL: [
            "create role praxis_app nologin",
            "revoke all on database postgres from public",
            "revoke all on database template1 from public",
          ],
          postInitApplicationSQL: [
            `revoke all on database ${database} from public`,
            `grant connect on database ${database} to praxis_app`,
            "revoke create on schema public from public",
          ],
        },
      },
      managed: {
        roles: [{
          name: userOf(service),
          ensure: "present",
          login: true,
          inherit: true,
          bypassrls: false,
          inRoles: ["praxis_app"],
          passwordSecret: { name: `${service.name}-db-user` },
        }],
      },
      affinity: { enablePodAntiAffinity: true, topologyKey: "kubernetes.io/hostname" },
    },
  };
}

/** Counters and caches: losing them costs counts and nothing else. */
export function redis(service: Service): [IDeployment, IService] {
  const name = `${service.name}-redis`;
  const labels = labelsOf(service, "redis");
  const metadata = metadataOf(service, name, "redis");
  const resources = {
    requests: { cpu: "50m", memory: "64Mi" },
    limits: { cpu: "500m", memory: "256Mi" },
  };
  return [{
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata,
    spec: {
      replicas: 1,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          automountServiceAccountToken: false,
          securityContext: podSecurity,
          containers: [{
            name: "redis",
            image: REDIS_IMAGE,
            // Only the front beside it gets in.
            args: [
              "redis-server",
              "--bind",
              "127.0.0.1",
              "--save",
              "",
              "--appendonly",
              "no",
              "--maxmemory",
              "128mb",
              "--maxmemory-policy",
              "allkeys-lru",
            ],
            resources,
            livenessProbe: { exec: { command: ["redis-cli", "ping"] }, periodSeconds: 10 },
            readinessProbe: { exec: { command: ["redis-cli", "ping"] }, periodSeconds: 5 },
            securityContext: containerSecurity,
            volumeMounts: [{ name: "data", mountPath: "/data" }],
          }, {
            name: "rest",
            image: REDIS_REST_IMAGE,
            ports: [{ name: "rest", containerPort: REDIS_REST_PORT }],
            env: [
              { name: "SRH_MODE", value: "env" },
              { name: "SRH_PORT", value: String(REDIS_REST_PORT) },
              { name: "SRH_CONNECTION_STRING", value: "redis://127.0.0.1:6379" },
              {
                name: "SRH_TOKEN",
                valueFrom: {
                  secretKeyRef: { name: secretsName(service), key: "UPSTASH_REDIS_REST_TOKEN" },
                },
              },
              // An Elixir release writes where it runs unless told otherwise.
              { name: "RELEASE_TMP", value: "/tmp" },
              { name: "HOME", value: "/tmp" },
            ],
            resources,
            livenessProbe: { tcpSocket: { port: "rest" }, periodSeconds: 10 },
            readinessProbe: { tcpSocket: { port: "rest" }, periodSeconds: 5 },
            securityContext: containerSecurity,
            volumeMounts: [scratchMount],
          }],
          volumes: [scratch, { name: "data", emptyDir: { sizeLimit: "64Mi" } }],
        },
      },
    },
  }, {
    apiVersion: "v1",
    kind: "Service",
    metadata,
    spec: {
      selector: labels,
      ports: [{ name: "rest", port: REDIS_REST_PORT, targetPort: "rest" }],
    },
  }];
}

type Template = NonNullable<
  NonNullable<NonNullable<IExternalSecret["spec"]>["target"]>["template"]
>;

/** `properties` of `praxis/<service>` in the store become the keys of a Secret, or a template does. */
function secret(
  service: Service,
  name: string,
  properties: readonly string[],
  template?: Template,
): IExternalSecret {
  return {
    apiVersion: "external-secrets.io/v1",
    kind: "ExternalSecret",
    metadata: { name },
    spec: {
      refreshInterval: REFRESH,
      secretStoreRef: { kind: "SecretStore", name: SECRET_STORE },
      target: { name, creationPolicy: "Owner", ...(template ? { template } : {}) },
      data: properties.map((property) => ({
        secretKey: property,
        remoteRef: { key: `praxis/${service.name}`, property },
      })),
    },
  };
}

const basic = (user: string, property: string): Template => ({
  type: "kubernetes.io/basic-auth",
  data: { username: user, password: `{{ .${property} }}` },
});

function urlFor(service: Service, user: string, property: string): Template {
  const at = `${clusterOf(service)}-rw:${POSTGRES_PORT}/${databaseOf(service)}`;
  return {
    data: { url: `postgres://${user}:{{ .${property} | urlquery }}@${at}?sslmode=require` },
  };
}

/** Under these names an operator keeps the passwords of a database. */
const OWNER_PASSWORD = "DATABASE_OWNER_PASSWORD";
const USER_PASSWORD = "DATABASE_USER_PASSWORD";
export const databasePasswordNames = [OWNER_PASSWORD, USER_PASSWORD];

export async function secrets(service: Service): Promise<IExternalSecret[]> {
  const own = [secret(service, secretsName(service), secretNamesOf(service))];
  if ((await providerNamesOf(service)).length > 0) {
    own.push({
      apiVersion: "external-secrets.io/v1",
      kind: "ExternalSecret",
      metadata: { name: providersName(service) },
      spec: {
        refreshInterval: REFRESH,
        secretStoreRef: { kind: "SecretStore", name: SECRET_STORE },
        target: { name: providersName(service), creationPolicy: "Owner" },
        // Whatever a region uses: RESEND_API_KEY, SMTP_URL, …
        dataFrom: [{ extract: { key: `praxis/${providersName(service)}` } }],
      },
    });
  }
  if (service.postgresPort === undefined) return own;
  const [owner, user] = [ownerOf(service), userOf(service)];
  return [
    ...own,
    secret(service, `${service.name}-db-owner`, [OWNER_PASSWORD], basic(owner, OWNER_PASSWORD)),
    secret(service, `${service.name}-db-user`, [USER_PASSWORD], basic(user, USER_PASSWORD)),
    secret(
      service,
      databaseSecretName(service),
      [USER_PASSWORD],
      urlFor(service, user, USER_PASSWORD),
    ),
    secret(
      service,
      migrationSecretName(service),
      [OWNER_PASSWORD],
      urlFor(service, owner, OWNER_PASSWORD),
    ),
  ];
}
