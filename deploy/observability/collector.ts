/** A stand-in for an OpenTelemetry collector: takes OTLP over HTTP as JSON and keeps the spans. */
import { z } from "zod";

const Value = z.object({
  stringValue: z.string().optional(),
  intValue: z.union([z.string(), z.number()]).optional(),
  doubleValue: z.number().optional(),
  boolValue: z.boolean().optional(),
});
const Attributes = z.array(z.object({ key: z.string(), value: Value })).default([]);

/** `ExportTraceServiceRequest` in OTLP's JSON encoding, as far as it is looked at. */
const Export = z.object({
  resourceSpans: z.array(z.object({
    resource: z.object({ attributes: Attributes }),
    scopeSpans: z.array(z.object({
      scope: z.object({ name: z.string().default("") }),
      spans: z.array(z.object({
        traceId: z.string(),
        spanId: z.string(),
        parentSpanId: z.string().default(""),
        name: z.string(),
        kind: z.number().default(0),
        attributes: Attributes,
      })),
    })),
  })),
});

export type CollectedSpan = {
  service: string;
  scope: string;
  traceId: string;
  spanId: string;
  parentSpanId: string;
  name: string;
  attributes: Record<string, string | number | boolean | undefined>;
};

const valuesOf = (attributes: z.output<typeof Attributes>) =>
  Object.fromEntries(
    attributes.map(({ key, value }) => [
      key,
      value.stringValue ?? value.intValue ?? value.doubleValue ?? value.boolValue,
    ]),
  );

export type Collector = AsyncDisposable & {
  spans: CollectedSpan[];
  /** Everything that came in, word for word: spans, metrics and logs. */
  texts: string[];
  /** What a service's environment must say to export here. */
  environment: Record<string, string>;
};

const EXPORT_EVERY_MS = "200";

/** How services export: see docs/operations.md for why each of these is needed. */
export const telemetryEnvironment = (endpoint: string): Record<string, string> => ({
  OTEL_DENO: "true",
  OTEL_TRACES_SAMPLER: "parentbased_always_off",
  OTEL_PROPAGATORS: "none",
  OTEL_DENO_CONSOLE: "ignore",
  OTEL_EXPORTER_OTLP_PROTOCOL: "http/json",
  OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
});

export function startCollector(): Collector {
  const spans: CollectedSpan[] = [];
  const texts: string[] = [];
  const server = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen: () => {} },
    async (request) => {
      const text = await request.text();
      texts.push(text);
      if (new URL(request.url).pathname === "/v1/traces") keep(text);
      return Response.json({});
    },
  );
  function keep(text: string): void {
    for (const { resource, scopeSpans } of Export.parse(JSON.parse(text)).resourceSpans) {
      const service = String(valuesOf(resource.attributes)["service.name"]);
      for (const { scope, spans: found } of scopeSpans) {
        for (const { attributes, kind: _, ...span } of found) {
          spans.push({ service, scope: scope.name, ...span, attributes: valuesOf(attributes) });
        }
      }
    }
  }
  return {
    spans,
    texts,
    environment: {
      ...telemetryEnvironment(`http://127.0.0.1:${server.addr.port}`),
      OTEL_BSP_SCHEDULE_DELAY: EXPORT_EVERY_MS,
    },
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}
