import { deepEqual, equal, match, ok } from "node:assert/strict";
import { after, before, describe, it } from "@std/testing/bdd";
import { type Platform, startPlatform } from "@praxis/local/platform";
import { portsOf, SERVICES } from "@praxis/local/services";
import { findFreeOffset } from "@praxis/local/stand-ins";
import { DEMO_PASSWORD, type SignedIn, signIn, until } from "@praxis/tools/client";
import { type CollectedSpan, type Collector, startCollector } from "./collector.ts";
import { groupsOf, metricsOf, readAlerts, readDashboards, selectorsOf } from "./rules.ts";

/** As few as a fact needs to be told. */
const RUNNING = ["gateway", "identity", "content", "workflow", "practice", "communication"];
const EMAIL = "physician@demo.praxis.test";
const NAME = "Zerlinde Quastenflosser";

describe("telemetry of a whole platform", () => {
  let folder: string;
  let portOffset: number;
  let platform: Platform;
  let collector: Collector;
  let physician: SignedIn;
  const lines: string[] = [];
  const trace = crypto.randomUUID().replaceAll("-", "");
  const ofTrace = () => collector.spans.filter(({ traceId }) => traceId === trace);

  before(async () => {
    folder = await Deno.makeTempDir({ prefix: "praxis-telemetry-" });
    portOffset = findFreeOffset();
    collector = startCollector();
    platform = await startPlatform({
      dataDir: folder,
      portOffset,
      mode: "test",
      watch: false,
      readyLimitMs: 120_000,
      environment: collector.environment,
      onLine: ({ source, text }) => {
        if (RUNNING.includes(source)) lines.push(text);
      },
    });
    physician = await signIn(platform.url, EMAIL);
  });
  after(async () => {
    await platform?.stop();
    await collector?.[Symbol.asyncDispose]();
    await Deno.remove(folder, { recursive: true });
  });

  const named = (pattern: RegExp): CollectedSpan | undefined =>
    ofTrace().find(({ name }) => pattern.test(name));

  it("follows one upload from the gateway to the fact's last handler, in one trace", async () => {
    const form = new FormData();
    form.append("title", `Letter about ${NAME}`);
    form.append("file", new Blob([`${NAME} feels well today.`]), `${NAME}.txt`);
    const response = await physician.request("/api/content/documents", {
      method: "POST",
      body: form,
      headers: { traceparent: `00-${trace}-00f067aa0ba902b7-01` },
    });
    equal(response.status, 201);
    await response.body?.cancel();
    /** The names from the first span to the last handler's; each process sends its own in its time. */
    function pathTo(handled: CollectedSpan | undefined): string {
      const byId = new Map(ofTrace().map((span) => [span.spanId, span]));
      const path: string[] = [];
      for (let span = handled; span; span = byId.get(span.parentSpanId)) path.unshift(span.name);
      return path.join(" > ");
    }
    const text = await until("the spans from the gateway to the last handler", () => {
      const path = pathTo(named(/^handle document\./));
      return Promise.resolve(path.startsWith("POST /api/content >") ? path : undefined);
    });
    match(
      text,
      /^POST \/api\/content > POST > POST \/api\/content\/documents > .*handle document\./,
    );
    ok(ofTrace().every(({ scope }) => scope === "praxis"), "a span that is not ours left");
  });

  it("writes the same trace id into the logs", async () => {
    await until("lines of the gateway and of content", () => {
      const logged = lines.filter((line) => line.includes(trace)).map((line) => JSON.parse(line));
      const services = new Set(logged.map(({ service }) => service));
      return Promise.resolve(services.has("gateway") && services.has("content") || undefined);
    });
  });

  it("lets nobody's name, address, password or token out, in spans, logs or metrics", async () => {
    await physician.request(`/api/practice/patients?q=${encodeURIComponent(NAME)}`);
    await physician.request(`/api/content/search?q=${encodeURIComponent(NAME)}`);
    const body = {
      email: `${NAME.replace(" ", ".")}@example.test`,
      password: "wrong",
      client: "api",
    };
    await physician.request("/auth/login", {
      method: "POST",
      body: JSON.stringify(body),
      headers: { "content-type": "application/json" },
    });
    await physician.request(`/api/content/public/shares/eu_${NAME.replace(" ", "")}`);
    await until(
      "the spans of the search",
      () => Promise.resolve(collector.spans.find(({ name }) => /GET .*search/.test(name))),
    );
    const metrics = await Promise.all(SERVICES.map(async (service) => {
      const { metrics } = portsOf(service, portOffset);
      return await (await fetch(`http://127.0.0.1:${metrics}/metrics`)).text();
    }));
    const secrets = [
      ...NAME.split(" "),
      EMAIL,
      DEMO_PASSWORD,
      physician.accessToken.split(".")[2]!,
      physician.refreshToken,
      ...Object.entries(platform.env("identity"))
        .filter(([name]) => /TOKEN$|CREDENTIAL$|ENCRYPTION_KEY|CONTEXT_KEY$/.test(name))
        .map(([, value]) => value),
    ];
    const said = { spans: collector.texts, logs: lines, metrics };
    for (const [where, texts] of Object.entries(said)) {
      const whole = texts.join("\n");
      ok(whole.length > 1_000, `${where} say something`);
      for (const secret of secrets) equal(whole.includes(secret), false, `${where}: ${secret}`);
    }
  });

  it("has every metric, label and value that an alert or a dashboard names", async () => {
    const texts = await Promise.all(SERVICES.map(async (service) => {
      const { metrics } = portsOf(service, portOffset);
      return await (await fetch(`http://127.0.0.1:${metrics}/metrics`)).text();
    }));
    const known = new Set(texts.flatMap((text) => text.match(/^[a-z_][a-z0-9_]*/gm) ?? []));
    const expressions = [
      ...readAlerts().map(({ expr }) => expr),
      ...readDashboards().flatMap(({ panels }) => panels)
        .flatMap(({ targets }) => targets.map(({ expr }) => expr)),
    ];
    const wanted = [...new Set(expressions.flatMap(metricsOf))];
    ok(wanted.length > 10);
    deepEqual(wanted.filter((name) => !known.has(name)), []);
    const series = texts.join("\n").split("\n");
    const has = (metric: string, label: string, value = "") =>
      series.some((line) => line.startsWith(`${metric}{`) && line.includes(`${label}="${value}`));
    for (const expr of expressions) {
      for (const { metric, label, values } of selectorsOf(expr)) {
        for (const value of values) {
          ok(has(metric, label, `${value}"`), `${metric} has no ${label} ${value}`);
        }
      }
      for (const label of groupsOf(expr)) {
        for (const metric of metricsOf(expr)) {
          ok(has(metric, label), `${metric} has no ${label}`);
        }
      }
    }
  });
});
