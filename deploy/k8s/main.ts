/**
 * Writes the manifests that follow from `SERVICES` and the services' configuration: `base/`,
 * `migrations/` and `components/`; with --check compares them. Overlays are written by hand.
 */
import { type Service, SERVICES } from "@praxis/local/services";
import { stringify } from "yaml";
import { cluster, redis, secrets } from "./data.ts";
import { GATEWAY_NAMES, REGION_NAMES, RUNTIME_NAMES } from "./environment.ts";
import { metricsPatch, TARGET } from "./metrics.ts";
import { authority, certificate, patch } from "./mtls.ts";
import { hasDatabase, REGION_MAP } from "./names.ts";
import { common, policies } from "./network.ts";
import { deployment, files, migration, surroundings } from "./workload.ts";

const FOLDER = new URL("./", import.meta.url);
const HEADER = "# Written by `deno task k8s`: change deploy/k8s/*.ts.\n";
const KUSTOMIZATION = { apiVersion: "kustomize.config.k8s.io/v1beta1", kind: "Kustomization" };
const COMPONENT = { apiVersion: "kustomize.config.k8s.io/v1alpha1", kind: "Component" };

/** Placeholders: each region's overlay says what holds there. */
const REGION: Record<string, string> = {
  PRAXIS_REGION: "eu",
  PUBLIC_URL: "https://praxis.example",
  REGIONS: "{}",
  TRUSTED_PROXIES: "",
  OTEL_DENO: "false",
  OTEL_EXPORTER_OTLP_ENDPOINT: "",
  OTEL_EXPORTER_OTLP_PROTOCOL: "http/protobuf",
};

function yaml(...documents: unknown[]): string {
  const texts = documents.map((document) =>
    stringify(document, { aliasDuplicateObjects: false, lineWidth: 0 })
  );
  return HEADER + texts.join("---\n");
}

const databases = SERVICES.filter(hasDatabase);

async function baseOf(service: Service): Promise<Record<string, string>> {
  const parts: Record<string, unknown[]> = {
    workload: [await deployment(service), ...surroundings(service), ...files(service)],
    network: await policies(service),
    secrets: await secrets(service),
    redis: redis(service),
    ...(hasDatabase(service) ? { database: [cluster(service)] } : {}),
  };
  const folder = `base/${service.name}`;
  const resources = Object.keys(parts).map((name) => `${name}.yaml`);
  return {
    [`${folder}/kustomization.yaml`]: yaml({ ...KUSTOMIZATION, resources }),
    ...Object.fromEntries(
      Object.entries(parts).map(([name, documents]) => [
        `${folder}/${name}.yaml`,
        yaml(...documents),
      ]),
    ),
  };
}

/** Every generated file, by its path below deploy/k8s. */
export async function manifests(): Promise<Record<string, string>> {
  const names = [...REGION_NAMES, ...GATEWAY_NAMES, ...RUNTIME_NAMES]
    .filter((name) => name !== "OTEL_SERVICE_NAME");
  const patches = await Promise.all(
    SERVICES.map(async (service) => [
      `components/mtls/${service.name}.yaml`,
      yaml(await patch(service)),
    ]),
  );
  const bases = await Promise.all(SERVICES.map(baseOf));
  return {
    ...Object.assign({}, ...bases),
    "base/network.yaml": yaml(...common()),
    "base/kustomization.yaml": yaml({
      ...KUSTOMIZATION,
      resources: ["network.yaml", ...SERVICES.map(({ name }) => name)],
      configMapGenerator: [{
        name: REGION_MAP,
        literals: names.map((name) => `${name}=${REGION[name] ?? ""}`),
      }],
    }),
    "migrations/jobs.yaml": yaml(...databases.map(migration)),
    "migrations/kustomization.yaml": yaml({ ...KUSTOMIZATION, resources: ["jobs.yaml"] }),
    "components/mtls/certificates.yaml": yaml(...authority(), ...SERVICES.map(certificate)),
    ...Object.fromEntries(patches),
    "components/mtls/kustomization.yaml": yaml({
      ...COMPONENT,
      resources: ["certificates.yaml"],
      patches: SERVICES.map(({ name }) => ({ path: `${name}.yaml` })),
    }),
    "components/metrics/collector.yaml": yaml(metricsPatch()),
    "components/metrics/kustomization.yaml": yaml({
      ...COMPONENT,
      patches: [{ path: "collector.yaml", target: TARGET }],
    }),
  };
}

/** Paths whose file is not what it should be. */
export async function staleManifests(): Promise<string[]> {
  const stale: string[] = [];
  for (const [path, text] of Object.entries(await manifests())) {
    if (await Deno.readTextFile(new URL(path, FOLDER)).catch(() => "") !== text) stale.push(path);
  }
  return stale;
}

async function write(): Promise<void> {
  for (const [path, text] of Object.entries(await manifests())) {
    const file = new URL(path, FOLDER);
    await Deno.mkdir(new URL("./", file), { recursive: true });
    await Deno.writeTextFile(file, text);
  }
}

if (import.meta.main) {
  if (!Deno.args.includes("--check")) await write();
  else {
    const stale = await staleManifests();
    const message = `deploy/k8s: ${stale.join(", ")} out of date: run deno task k8s\n`;
    if (stale.length > 0) Deno.stderr.writeSync(new TextEncoder().encode(message));
    Deno.exit(stale.length > 0 ? 1 : 0);
  }
}
