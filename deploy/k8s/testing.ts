/** What the tests of the manifests share: rendering, models, and how a network policy decides. */
import { Certificate, Issuer } from "@kubernetes-models/cert-manager/cert-manager.io/v1";
import { Cluster } from "@kubernetes-models/cloudnative-pg/postgresql.cnpg.io/v1";
import {
  ExternalSecret,
  SecretStore,
} from "@kubernetes-models/external-secrets/external-secrets.io/v1";
import { Gateway, HTTPRoute } from "@kubernetes-models/gateway-api/gateway.networking.k8s.io/v1";
import { Deployment, type IDeployment } from "kubernetes-models/apps/v1";
import { HorizontalPodAutoscaler } from "kubernetes-models/autoscaling/v2";
import { type IJob, Job } from "kubernetes-models/batch/v1";
import { type INetworkPolicy, NetworkPolicy } from "kubernetes-models/networking.k8s.io/v1";
import { PodDisruptionBudget } from "kubernetes-models/policy/v1";
import {
  ConfigMap,
  type IPodTemplateSpec,
  Namespace,
  PersistentVolumeClaim,
  Service,
  ServiceAccount,
} from "kubernetes-models/v1";
import { parseAllDocuments } from "yaml";
import type { Manifest } from "./names.ts";

const FOLDER = new URL("./", import.meta.url).pathname;

type Model = new (data: never) => { validate(): void };

const MODELS: Record<string, Model> = {
  "apps/v1 Deployment": Deployment,
  "autoscaling/v2 HorizontalPodAutoscaler": HorizontalPodAutoscaler,
  "batch/v1 Job": Job,
  "cert-manager.io/v1 Certificate": Certificate,
  "cert-manager.io/v1 Issuer": Issuer,
  "external-secrets.io/v1 ExternalSecret": ExternalSecret,
  "external-secrets.io/v1 SecretStore": SecretStore,
  "gateway.networking.k8s.io/v1 Gateway": Gateway,
  "gateway.networking.k8s.io/v1 HTTPRoute": HTTPRoute,
  "networking.k8s.io/v1 NetworkPolicy": NetworkPolicy,
  "policy/v1 PodDisruptionBudget": PodDisruptionBudget,
  "postgresql.cnpg.io/v1 Cluster": Cluster,
  "v1 ConfigMap": ConfigMap,
  "v1 Namespace": Namespace,
  "v1 PersistentVolumeClaim": PersistentVolumeClaim,
  "v1 Service": Service,
  "v1 ServiceAccount": ServiceAccount,
};

/** Throws when the manifest is not one of its kind, or of a kind that nobody expects. */
export function validate(manifest: Manifest): void {
  const kind = `${manifest.apiVersion} ${manifest.kind}`;
  const model = MODELS[kind];
  if (!model) throw new Error(`${kind} is not among the kinds in use`);
  new model(manifest as never).validate();
}

export const parse = (text: string): Manifest[] =>
  parseAllDocuments(text).map((document) => document.toJS());

/** Whether this machine has a kubectl that renders components, as kustomize 4 and later do. */
export async function hasKubectl(): Promise<boolean> {
  try {
    const { success, stdout } = await new Deno.Command("kubectl", {
      args: ["version", "--client"],
      stderr: "null",
    }).output();
    const version = new TextDecoder().decode(stdout).match(/Kustomize Version: v(\d+)/)?.[1];
    return success && Number(version) >= 4;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** What `kubectl apply -k` would send. */
export async function render(path: string): Promise<Manifest[]> {
  const { success, stdout, stderr } = await new Deno.Command("kubectl", {
    args: ["kustomize", `${FOLDER}${path}`],
  }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  return parse(new TextDecoder().decode(stdout));
}

export type Template = IPodTemplateSpec & { spec: NonNullable<IPodTemplateSpec["spec"]> };

export const ofKind = <T extends Manifest>(all: readonly Manifest[], kind: string) =>
  all.filter((manifest) => manifest.kind === kind) as T[];

/** Every pod that Deployments and Jobs make. */
export function templatesOf(all: readonly Manifest[]): { name: string; template: Template }[] {
  return [
    ...ofKind<IDeployment & Manifest>(all, "Deployment"),
    ...ofKind<IJob & Manifest>(all, "Job"),
  ].map(({ metadata, spec }) => ({ name: metadata.name, template: spec!.template as Template }));
}

export type Labels = Record<string, string>;
type Spec = NonNullable<INetworkPolicy["spec"]>;
type Peers = NonNullable<NonNullable<Spec["ingress"]>[number]["from"]>;

const matches = (selector: { matchLabels?: Labels } | undefined, labels: Labels) =>
  Object.entries(selector?.matchLabels ?? {}).every(([name, value]) => labels[name] === value);

/** Peers without a pod selector mean other namespaces or addresses. */
const includes = (peers: Peers | undefined, labels: Labels) =>
  peers === undefined ||
  peers.some((peer) =>
    peer.podSelector !== undefined && peer.namespaceSelector === undefined &&
    matches(peer.podSelector as { matchLabels?: Labels }, labels)
  );

type Rule = { ports?: { port?: unknown }[]; peers: Peers | undefined };

function allows(
  policies: readonly INetworkPolicy[],
  direction: "Ingress" | "Egress",
  pod: Labels,
  other: Labels,
  port: number,
): boolean {
  const selecting = policies.map(({ spec }) => spec!).filter((spec) =>
    spec.policyTypes?.includes(direction) &&
    matches(spec.podSelector as { matchLabels?: Labels }, pod)
  );
  // A pod that no policy selects is open.
  if (selecting.length === 0) return true;
  const rules: Rule[] = selecting.flatMap((spec) =>
    direction === "Ingress"
      ? (spec.ingress ?? []).map((rule) => ({ ports: rule.ports, peers: rule.from }) as Rule)
      : (spec.egress ?? []).map((rule) => ({ ports: rule.ports, peers: rule.to }) as Rule)
  );
  return rules.some(({ ports, peers }) =>
    (ports === undefined || ports.some((allowed) => allowed.port === port)) &&
    includes(peers, other)
  );
}

/** Kubernetes' rule: the one must be allowed to send, and the other to receive. */
export function mayTalk(
  policies: readonly INetworkPolicy[],
  from: Labels,
  to: Labels,
  port: number,
): boolean {
  return allows(policies, "Egress", from, to, port) && allows(policies, "Ingress", to, from, port);
}
