/** One OpenAPI document of everything that can be reached from outside. */
import type { Directory } from "@praxis/shared/discovery";
import { fetchPeer } from "@praxis/shared/mtls";
import { routeOf, type ServiceName, services } from "./routing.ts";

type Json = Record<string, unknown>;
type Document = {
  paths?: Record<string, Json>;
  components?: Record<string, Json>;
};

const FRESH_MS = 30_000;
/** Asked again sooner while a service is missing. */
const INCOMPLETE_MS = 2_000;
const TIMEOUT_MS = 2_000;

/** The same in every service, and named by requirements, not by references. */
const SHARED_COMPONENTS = "securitySchemes";

/** Points every reference to a component of `service` at its name in the merged document. */
function renameReferences(value: unknown, service: string): unknown {
  if (Array.isArray(value)) return value.map((item) => renameReferences(item, service));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) =>
      key === "$ref" && typeof inner === "string"
        ? [key, inner.replace(/^(#\/components\/\w+\/)/, `$1${service}.`)]
        : [key, renameReferences(inner, service)]
    ),
  );
}

/**
 * Puts the documents together: names of components get their service in front, and a path is taken
 * only from the service that the gateway sends it to, which leaves internal paths out.
 */
export function mergeDocuments(documents: Partial<Record<ServiceName, Document>>) {
  const paths: Json = {};
  const components: Record<string, Json> = {};
  for (const service of services) {
    const document = documents[service];
    for (const [path, item] of Object.entries(document?.paths ?? {})) {
      if (routeOf(path)?.service === service) paths[path] = renameReferences(item, service);
    }
    for (const [kind, entries] of Object.entries(document?.components ?? {})) {
      const all = components[kind] ??= {};
      for (const [name, entry] of Object.entries(entries)) {
        const newName = kind === SHARED_COMPONENTS ? name : `${service}.${name}`;
        all[newName] = renameReferences(entry, service);
      }
    }
  }
  const missing = services.filter((service) => !documents[service]);
  const description = missing.length === 0 ? {} : {
    description: `Not available at the moment, and not listed here: ${missing.join(", ")}.`,
  };
  return {
    openapi: "3.1.0",
    info: { title: "Praxis", version: "1", ...description },
    servers: [{ url: "/" }],
    paths,
    components,
  };
}

async function fetchDocument(url: string): Promise<Document | undefined> {
  try {
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const answer = await fetchPeer(new URL("/openapi.json", url), { signal });
    if (answer.ok) return await answer.json();
    await answer.body?.cancel();
    return undefined;
  } catch {
    return undefined;
  }
}

/** The merged document as JSON text, asked for at most every 30 s, once at a time. */
export function createDocument(
  { directory, nowMs = Date.now }: { directory: Directory; nowMs?: () => number },
): () => Promise<string> {
  let text = Promise.resolve("");
  let freshUntilMs = -Infinity;

  async function build(): Promise<string> {
    const entries = await Promise.all(
      services.map(async (name) =>
        [name, await fetchDocument(directory.instances(name)[0]!.url)] as const
      ),
    );
    const documents = Object.fromEntries(entries.filter(([, document]) => document));
    const isComplete = Object.keys(documents).length === services.length;
    freshUntilMs = nowMs() + (isComplete ? FRESH_MS : INCOMPLETE_MS);
    return JSON.stringify(mergeDocuments(documents));
  }

  return async () => {
    if (nowMs() >= freshUntilMs) {
      freshUntilMs = Infinity;
      text = build();
    }
    return await text;
  };
}
