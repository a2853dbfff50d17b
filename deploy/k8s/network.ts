/** Who may talk to whom: nobody, but along the arrows of `SERVICES` and towards one's own data. */
import type { INetworkPolicy } from "kubernetes-models/networking.k8s.io/v1/NetworkPolicy";
import type { INetworkPolicyEgressRule } from "kubernetes-models/networking.k8s.io/v1/NetworkPolicyEgressRule";
import type { Service } from "@praxis/local/services";
import { SERVICES } from "@praxis/local/services";
import { providerNamesOf } from "./environment.ts";
import {
  calledBy,
  hasDatabase,
  hostOf,
  labelsOf,
  OTLP_PORT,
  POSTGRES_PORT,
  REDIS_REST_PORT,
  type Role,
} from "./names.ts";

const DNS_PORT = 53;
/** The labels by which other namespaces are recognised; README.md says who puts them on. */
const EDGE = { "praxis.example/edge": "true" };
const OBSERVABILITY = { "praxis.example/observability": "true" };
const DATABASE_OPERATOR = { "kubernetes.io/metadata.name": "cnpg-system" };
const CLUSTER_LABEL = "cnpg.io/cluster";
/** The instance manager's own port, which the operator asks. */
const INSTANCE_PORT = 8000;
const API_PORTS = [443, 6443];
const MAIL_PORTS = [465, 587];
/** Everything that is not the open internet. */
const INNER_NETWORKS = [
  "10.0.0.0/8",
  "100.64.0.0/10",
  "169.254.0.0/16",
  "172.16.0.0/12",
  "192.168.0.0/16",
];

const pods = (service: Service, role: Role) => ({
  podSelector: { matchLabels: labelsOf(service, role) },
});
const database = (service: Service) => ({
  podSelector: { matchLabels: { [CLUSTER_LABEL]: `${service.name}-db` } },
});
const tcp = (...ports: number[]) => ports.map((port) => ({ protocol: "TCP" as const, port }));

const outside = (...ports: number[]): INetworkPolicyEgressRule => ({
  to: [{ ipBlock: { cidr: "0.0.0.0/0", except: INNER_NETWORKS } }],
  ports: tcp(...ports),
});

/** What holds for all pods of the namespace. */
export function common(): INetworkPolicy[] {
  return [{
    apiVersion: "networking.k8s.io/v1",
    kind: "NetworkPolicy",
    metadata: { name: "nobody-talks" },
    spec: { podSelector: {}, policyTypes: ["Ingress", "Egress"] },
  }, {
    apiVersion: "networking.k8s.io/v1",
    kind: "NetworkPolicy",
    metadata: { name: "names-are-resolved" },
    spec: {
      podSelector: {},
      policyTypes: ["Egress"],
      egress: [{
        to: [{
          namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "kube-system" } },
          podSelector: { matchLabels: { "k8s-app": "kube-dns" } },
        }],
        ports: [
          { protocol: "UDP", port: DNS_PORT },
          { protocol: "TCP", port: DNS_PORT },
        ],
      }],
    },
  }];
}

async function servicePolicy(service: Service): Promise<INetworkPolicy> {
  const usesProviders = (await providerNamesOf(service)).length > 0;
  const callers = SERVICES.filter(({ name }) => service.callers.includes(name));
  const isGateway = service.name === "gateway";
  return {
    apiVersion: "networking.k8s.io/v1",
    kind: "NetworkPolicy",
    metadata: { name: hostOf(service) },
    spec: {
      ...pods(service, "service"),
      policyTypes: ["Ingress", "Egress"],
      ingress: [{
        from: isGateway
          ? [{ namespaceSelector: { matchLabels: EDGE } }]
          : callers.map((caller) => pods(caller, "service")),
        ports: tcp(service.port),
      }],
      egress: [
        ...calledBy(service).map((other) => ({
          to: [pods(other, "service")],
          ports: tcp(other.port),
        })),
        ...(hasDatabase(service) ? [{ to: [database(service)], ports: tcp(POSTGRES_PORT) }] : []),
        { to: [pods(service, "redis")], ports: tcp(REDIS_REST_PORT) },
        { to: [{ namespaceSelector: { matchLabels: OBSERVABILITY } }], ports: tcp(OTLP_PORT) },
        // Other regions' gateways.
        ...(isGateway ? [outside(443)] : []),
        // Providers, and from communication clinics' webhooks and mail servers.
        ...(usesProviders
          ? [outside(443, ...(service.name === "communication" ? MAIL_PORTS : []))]
          : []),
      ],
    },
  };
}

function redisPolicy(service: Service): INetworkPolicy {
  return {
    apiVersion: "networking.k8s.io/v1",
    kind: "NetworkPolicy",
    metadata: { name: `${service.name}-redis` },
    spec: {
      ...pods(service, "redis"),
      policyTypes: ["Ingress", "Egress"],
      ingress: [{ from: [pods(service, "service")], ports: tcp(REDIS_REST_PORT) }],
      egress: [],
    },
  };
}

function databasePolicies(service: Service): INetworkPolicy[] {
  return [{
    apiVersion: "networking.k8s.io/v1",
    kind: "NetworkPolicy",
    metadata: { name: `${service.name}-db` },
    spec: {
      ...database(service),
      policyTypes: ["Ingress", "Egress"],
      ingress: [
        {
          from: [pods(service, "service"), pods(service, "migration"), database(service)],
          ports: tcp(POSTGRES_PORT),
        },
        // Instances ask each other how they are; the operator asks all of them.
        {
          from: [database(service), { namespaceSelector: { matchLabels: DATABASE_OPERATOR } }],
          ports: tcp(INSTANCE_PORT, POSTGRES_PORT),
        },
      ],
      egress: [
        { to: [database(service)], ports: tcp(POSTGRES_PORT, INSTANCE_PORT) },
        // The instance manager talks to the cluster's API, and backups go to an object store: where
        // these are differs from cluster to cluster.
        { ports: tcp(...API_PORTS) },
      ],
    },
  }, {
    apiVersion: "networking.k8s.io/v1",
    kind: "NetworkPolicy",
    metadata: { name: `${service.name}-migration` },
    spec: {
      ...pods(service, "migration"),
      policyTypes: ["Ingress", "Egress"],
      egress: [{ to: [database(service)], ports: tcp(POSTGRES_PORT) }],
    },
  }];
}

export async function policies(service: Service): Promise<INetworkPolicy[]> {
  return [
    await servicePolicy(service),
    redisPolicy(service),
    ...(hasDatabase(service) ? databasePolicies(service) : []),
  ];
}
