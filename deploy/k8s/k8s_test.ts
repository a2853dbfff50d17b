/** The manifests as a cluster would get them: their form, what they forbid, and what they give. */
import { deepEqual, equal, match, notEqual, ok, throws } from "node:assert/strict";
import { createHash } from "node:crypto";
import { before, describe, it } from "@std/testing/bdd";
import type { ICertificate } from "@kubernetes-models/cert-manager/cert-manager.io/v1";
import type { IExternalSecret } from "@kubernetes-models/external-secrets/external-secrets.io/v1";
import type { IDeployment } from "kubernetes-models/apps/v1";
import type { IConfigMap, IContainer, IEnvVar } from "kubernetes-models/v1";
import type { INetworkPolicy } from "kubernetes-models/networking.k8s.io/v1";
import { loadConfig } from "@praxis/shared/config";
import { serviceNamed } from "@praxis/shared/mtls";
import { SERVICES } from "@praxis/local/services";
import { schemasOf } from "../images/rights.ts";
import { databasePasswordNames } from "./data.ts";
import { RUNTIME_NAMES, secretNamesOf } from "./environment.ts";
import { makeSecrets } from "./make_secrets.ts";
import { staleManifests } from "./main.ts";
import { hasDatabase, hostOf, labelsOf, type Manifest, POSTGRES_PORT } from "./names.ts";
import { hasKubectl, mayTalk, ofKind, parse, render, templatesOf, validate } from "./testing.ts";

const REGIONS = ["eu", "ca"];
const isRendered = await hasKubectl();
const withoutKubectl = isRendered ? false : "there is no kubectl here: nothing is rendered";

/** As much of a collector's configuration as is looked at. */
type Configuration = {
  receivers: {
    prometheus: { config: { scrape_configs: [{ static_configs: { targets: string[] }[] }] } };
  };
  exporters: Record<string, unknown>;
  service: { pipelines: { metrics: { receivers: string[]; exporters: string[] } } };
};

const serviceContainer = (all: readonly Manifest[], host: string): IContainer => {
  const found = ofKind<IDeployment & Manifest>(all, "Deployment")
    .find(({ metadata }) => metadata.name === host);
  return found!.spec!.template.spec!.containers.find(({ name }) => name === "service")!;
};

/** Good values for what only a region's store of secrets knows. */
function secretValue(name: string): string {
  if (name === "CONTEXT_KEYS") {
    return JSON.stringify(Object.fromEntries(
      SERVICES.filter(({ name }) => name !== "gateway").map(({ name }) => [name, "k".repeat(43)]),
    ));
  }
  if (name === "SERVICE_CREDENTIAL_HASHES") {
    return JSON.stringify(Object.fromEntries(SERVICES.map(({ name }) => [name, "a".repeat(64)])));
  }
  return "s".repeat(43);
}

describe("manifests", () => {
  it("are what the table of services says", async () => {
    deepEqual(await staleManifests(), [], "run deno task k8s");
  });

  it("are each of their kind, before any overlay", async () => {
    let count = 0;
    for (const { name } of SERVICES) {
      for (const entry of Deno.readDirSync(new URL(`base/${name}`, import.meta.url))) {
        if (entry.name === "kustomization.yaml") continue;
        const url = new URL(`base/${name}/${entry.name}`, import.meta.url);
        for (const manifest of parse(await Deno.readTextFile(url))) {
          validate(manifest);
          count++;
        }
      }
    }
    ok(count >= SERVICES.length * 10, String(count));
  });

  it("would not be accepted with a value of the wrong kind", () => {
    const deployment = {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { name: "x" },
      spec: {
        replicas: "two",
        selector: {},
        template: { spec: { containers: [{ name: "x" }] } },
      },
    };
    throws(() => validate(deployment), /replicas/);
    throws(() => validate({ ...deployment, kind: "DaemonSet" }), /not among/);
  });
});

describe("the secrets of a region", () => {
  it("are all that its entries are asked for, fit each other, and are never the same", () => {
    const made = makeSecrets();
    const again = makeSecrets();
    const keys = JSON.parse(made["praxis/gateway"]!.CONTEXT_KEYS!);
    const hashes = JSON.parse(made["praxis/identity"]!.SERVICE_CREDENTIAL_HASHES!);
    for (const service of SERVICES) {
      const own = made[`praxis/${service.name}`]!;
      deepEqual(
        Object.keys(own).sort(),
        [...secretNamesOf(service), ...(hasDatabase(service) ? databasePasswordNames : [])].sort(),
      );
      equal(
        hashes[service.name],
        createHash("sha256").update(own.SERVICE_CREDENTIAL!).digest("hex"),
      );
      if (service.name !== "gateway") equal(keys[service.name], own.CONTEXT_KEY);
      for (const [name, value] of Object.entries(own)) {
        notEqual(value, again[`praxis/${service.name}`]![name], name);
        ok(value.startsWith("{") || /^[\w-]{43}$/.test(value), name);
      }
    }
  });
});

for (const region of REGIONS) {
  describe(`the region ${region}`, { skip: withoutKubectl }, () => {
    let all: Manifest[];
    let jobs: Manifest[];
    let policies: INetworkPolicy[];
    before(async () => {
      all = await render(`overlays/${region}`);
      jobs = await render(`overlays/${region}/migrations`);
      policies = ofKind<INetworkPolicy & Manifest>(all, "NetworkPolicy");
    });

    it("renders to manifests of their kinds, in one namespace", () => {
      for (const manifest of [...all, ...jobs]) {
        validate(manifest);
        if (manifest.kind === "Namespace") continue;
        const { name, namespace } = manifest.metadata as { name: string; namespace?: string };
        equal(namespace, "praxis", `${manifest.kind} ${name}`);
      }
    });

    it("lets no container be root, write to its image, gain rights, or run without limits", () => {
      const templates = templatesOf([...all, ...jobs]);
      ok(templates.length > SERVICES.length * 2);
      for (const { name, template } of templates) {
        const { spec } = template;
        equal(spec.securityContext?.runAsNonRoot, true, name);
        notEqual(spec.securityContext?.runAsUser ?? 0, 0, name);
        equal(spec.securityContext?.seccompProfile?.type, "RuntimeDefault", name);
        equal(spec.automountServiceAccountToken, false, name);
        ok(!spec.hostNetwork && !spec.hostPID && !spec.hostIPC, name);
        for (const container of spec.containers) {
          const { securityContext: context, resources } = container;
          equal(context?.readOnlyRootFilesystem, true, name);
          equal(context?.allowPrivilegeEscalation, false, name);
          deepEqual(context?.capabilities, { drop: ["ALL"] }, name);
          for (const kind of ["requests", "limits"] as const) {
            ok(resources?.[kind]?.cpu && resources[kind]?.memory, `${name}: ${kind}`);
          }
          // A registry's port may stand before the tag.
          match(container.image ?? "", /[^/]+:[\w.-]+$/, name);
          ok(!/:(latest|unreleased)$/.test(container.image ?? ""), `${name}: ${container.image}`);
        }
      }
    });

    it("asks every container that stays whether it lives and is ready", () => {
      for (const { metadata, spec } of ofKind<IDeployment & Manifest>(all, "Deployment")) {
        for (const container of spec!.template.spec!.containers) {
          ok(container.livenessProbe && container.readinessProbe, metadata.name);
        }
      }
    });

    it("runs each service as the design has it", () => {
      for (const service of SERVICES) {
        const host = hostOf(service);
        const deployment = ofKind<IDeployment & Manifest>(all, "Deployment")
          .find(({ metadata }) => metadata.name === host)!;
        equal(deployment.spec!.replicas, 2);
        const container = serviceContainer(all, host);
        deepEqual(container.resources, {
          requests: { cpu: "100m", memory: "256Mi" },
          limits: { cpu: "500m", memory: "512Mi" },
        });
        const { livenessProbe: lives, readinessProbe: ready } = container;
        deepEqual([lives?.initialDelaySeconds, lives?.periodSeconds], [30, 10]);
        const pathOf = (probe: typeof lives) =>
          probe?.httpGet?.path ?? probe?.exec?.command?.at(-1);
        deepEqual([pathOf(lives), pathOf(ready)], ["/health", "/ready"]);
        // A service that asks for certificates cannot be asked by a kubelet that has none.
        equal(lives?.httpGet === undefined, service.name !== "gateway");
        if (hasDatabase(service)) {
          deepEqual(container.env?.find(({ name }) => name === "DATABASE_URL")?.valueFrom, {
            secretKeyRef: { name: `${service.name}-db-secret`, key: "url" },
          });
        }
        for (const kind of ["PodDisruptionBudget", "HorizontalPodAutoscaler", "Service"]) {
          ok(ofKind(all, kind).some(({ metadata }) => metadata.name === host), `${kind} ${host}`);
        }
      }
    });

    it("lets services talk along the drawn arrows, and along no others", () => {
      const arrows = new Set<string>();
      for (const from of SERVICES) {
        for (const to of SERVICES.filter((other) => other !== from)) {
          const [a, b] = [labelsOf(from, "service"), labelsOf(to, "service")];
          if (mayTalk(policies, a, b, to.port)) arrows.add(`${from.name} → ${to.name}`);
          ok(!mayTalk(policies, a, b, to.port + 1_000), "metrics are the pod's own");
        }
      }
      const drawn = SERVICES.flatMap((to) => to.callers.map((from) => `${from} → ${to.name}`));
      deepEqual([...arrows].sort(), drawn.sort());
    });

    it("lets nobody but a service and its migration at its data", () => {
      for (const owner of SERVICES.filter(hasDatabase)) {
        const database = { "cnpg.io/cluster": `${owner.name}-db` };
        for (const other of SERVICES) {
          for (const role of ["service", "migration", "redis"] as const) {
            equal(
              mayTalk(policies, labelsOf(other, role), database, POSTGRES_PORT),
              other === owner && role !== "redis",
              `${other.name} ${role} → ${owner.name}-db`,
            );
          }
          equal(
            mayTalk(policies, labelsOf(other, "service"), labelsOf(owner, "redis"), 8079),
            other === owner,
            `${other.name} → ${owner.name}-redis`,
          );
        }
        ok(!mayTalk(policies, { app: "stranger" }, database, POSTGRES_PORT));
        ok(!mayTalk(policies, { app: "stranger" }, labelsOf(owner, "service"), owner.port));
      }
    });

    it("names only variables that a service reads, and gives all that it needs", async () => {
      const maps = new Map(
        ofKind<IConfigMap & Manifest>(all, "ConfigMap")
          .map(({ metadata, data }) => [metadata.name, data ?? {}]),
      );
      const valueOf = ({ name, value, valueFrom }: IEnvVar) => {
        const map = valueFrom?.configMapKeyRef;
        if (map) {
          const values = maps.get(map.name!)!;
          ok(map.key in values, `${map.key} is not in ${map.name}`);
          return values[map.key];
        }
        const secret = valueFrom?.secretKeyRef;
        if (!secret) return value;
        if (secret.optional) return undefined;
        return secret.key === "url" ? "postgres://u:p@h:5432/d?sslmode=require" : secretValue(name);
      };
      for (const service of SERVICES) {
        const { env = [] } = serviceContainer(all, hostOf(service));
        const { Config } = await schemasOf(service);
        const names = env.map(({ name }) => name);
        equal(new Set(names).size, names.length, "no name twice");
        for (const name of names) {
          ok(name in Config.shape || RUNTIME_NAMES.includes(name), `${service.name}: ${name}`);
        }
        const given = new Map(env.map((variable) => [variable.name, valueOf(variable)]));
        const config = loadConfig(Config, (name) => given.get(name));
        equal(config.PRAXIS_ENV, "production");
        equal(config.PRAXIS_REGION, region);
        equal(config.PORT, service.port);
      }
    });

    it("takes every secret from one that is made", () => {
      const made = new Map<string, Set<string> | "anything">();
      for (const { spec } of ofKind<IExternalSecret & Manifest>(all, "ExternalSecret")) {
        const target = spec!.target!;
        const keys = target.template?.data
          ? Object.keys(target.template.data)
          : spec!.data?.map(({ secretKey }) => secretKey);
        made.set(target.name!, keys ? new Set(keys) : "anything");
      }
      for (const { name, template } of templatesOf([...all, ...jobs])) {
        for (const { env = [] } of template.spec.containers) {
          for (const { valueFrom } of env) {
            const reference = valueFrom?.secretKeyRef;
            if (!reference) continue;
            const keys = made.get(reference.name!);
            ok(keys, `${name}: nobody makes ${reference.name}`);
            if (keys !== "anything") ok(keys.has(reference.key), `${name}: ${reference.key}`);
          }
        }
      }
    });

    it("gives each service a certificate in its own name, and lets it be called by who may", () => {
      const certificates = ofKind<ICertificate & Manifest>(all, "Certificate");
      for (const service of SERVICES) {
        const { spec } = certificates.find(({ metadata }) =>
          metadata.name === `${service.name}-certificate`
        )!;
        equal(serviceNamed((spec!.uris ?? []).map((uri) => `URI:${uri}`).join(", ")), service.name);
        deepEqual(spec!.usages, ["digital signature", "server auth", "client auth"]);
        equal(spec!.privateKey?.encoding, "PKCS8");
        const { env = [] } = serviceContainer(all, hostOf(service));
        const callers = env.find(({ name }) => name === "MTLS_CALLERS")?.value?.split(",");
        if (service.name === "gateway") equal(callers, undefined);
        else deepEqual(callers, [...service.callers, service.name]);
      }
    });

    it("has a collector beside each service that reads its metrics from loopback", () => {
      const beside = (host: string) =>
        ofKind<IDeployment & Manifest>(all, "Deployment")
          .find(({ metadata }) => metadata.name === host)!
          .spec!.template.spec!.containers.find(({ name }) => name === "metrics");
      for (const service of SERVICES) {
        const { env = [] } = serviceContainer(all, hostOf(service));
        const port = env.find(({ name }) => name === "ADMIN_PORT")?.value;
        const collector = beside(hostOf(service))!;
        const text = collector.env?.find(({ name }) => name === "COLLECTOR_CONFIGURATION")?.value;
        const [{ receivers, exporters, service: wired }] = parse(text!) as unknown as [
          Configuration,
        ];
        const [scraped] = receivers.prometheus.config.scrape_configs;
        deepEqual(scraped.static_configs, [{ targets: [`127.0.0.1:${port}`] }]);
        deepEqual(wired.pipelines.metrics, {
          receivers: ["prometheus"],
          exporters: Object.keys(exporters),
        });
      }
      equal(beside("identity-redis"), undefined);
    });

    it("migrates every database before, under the release's name", () => {
      const release = serviceContainer(all, "gateway").image!.split(":").at(-1)!;
      deepEqual(
        jobs.map(({ metadata }) => metadata.name).sort(),
        SERVICES.filter(hasDatabase)
          .map(({ name }) => `${name}-migrate-${release.replaceAll(".", "-")}`).sort(),
      );
      for (const { name, template } of templatesOf(jobs)) {
        const [container] = template.spec.containers;
        equal(container!.image!.split(":").at(-1), release, name);
        deepEqual(container!.args, ["migrate"]);
        deepEqual(container!.env?.map(({ name }) => name), ["DATABASE_MIGRATION_URL"]);
      }
    });

    it("keeps the owner of the tables from what serves strangers", () => {
      for (const service of SERVICES) {
        const text = JSON.stringify(serviceContainer(all, hostOf(service)));
        ok(!/migration|owner/i.test(text), service.name);
      }
      ok(databasePasswordNames.every((name) => JSON.stringify(all).includes(name)));
    });
  });
}
