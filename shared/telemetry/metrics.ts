/** Figures about a process, in the Prometheus text format, on a loopback port of their own. */
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from "prom-client";

export type Metrics = {
  observe(method: string, route: string, status: number, seconds: number): void;
  /** Counts something of a service's own; call the answer once for each. */
  counter(name: string, help: string): () => void;
  /** A problem of this kind was answered, or an error without a kind: `internal`. */
  problem(kind: string): void;
  /** Figures that are asked for when somebody reads them; one that cannot be had is left out. */
  gauges(names: Record<string, string>, read: () => Promise<Record<string, number>>): void;
  text(): Promise<string>;
};

/** What alerts ask for. They stand at zero from the start: a rate needs a figure from before. */
const WATCHED_PROBLEMS = ["internal", "unavailable", "storage-full", "too-many-requests"];
const BUCKETS_SECONDS = [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10];

export function createMetrics(service: string): Metrics {
  const registry = new Registry();
  registry.setDefaultLabels({ service });
  collectDefaultMetrics({ register: registry });
  const requests = new Histogram({
    name: "http_request_duration_seconds",
    help: "Time from a request's arrival to the start of its answer",
    labelNames: ["method", "route", "status"],
    buckets: BUCKETS_SECONDS,
    registers: [registry],
  });
  const problems = new Counter({
    name: "problems_total",
    help: "Problems that were answered",
    labelNames: ["kind"],
    registers: [registry],
  });
  for (const kind of WATCHED_PROBLEMS) problems.inc({ kind }, 0);
  const readers: (() => Promise<void>)[] = [];
  return {
    observe: (method, route, status, seconds) =>
      requests.observe({ method, route, status: String(status) }, seconds),
    counter(name, help) {
      const counter = new Counter({ name, help, registers: [registry] });
      return () => counter.inc();
    },
    problem: (kind) => problems.inc({ kind }),
    gauges(names, read) {
      const gauges = Object.entries(names).map(([name, help]) =>
        [name, new Gauge({ name, help, registers: [registry] })] as const
      );
      readers.push(async () => {
        // While the database is away there is no figure, which is not the same as zero.
        const values = await read().catch((): Record<string, number> => ({}));
        for (const [name, gauge] of gauges) {
          if (values[name] === undefined) gauge.remove();
          else gauge.set(values[name]);
        }
      });
    },
    async text() {
      await Promise.all(readers.map((read) => read()));
      return await registry.metrics();
    },
  };
}
