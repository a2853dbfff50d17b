import { deepEqual, throws } from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { z } from "zod";
import { baseConfig, json, loadConfig, secret } from "./config.ts";

const from = (values: Record<string, string>) => (name: string) => values[name];

describe("loadConfig()", () => {
  it("names every bad value at once and prints none", () => {
    const schema = z.object(baseConfig);
    throws(() => loadConfig(schema, from({ PORT: "99999999", SERVICE_CREDENTIAL: "hunter2" })), {
      name: "TypeError",
      message: /PORT[\s\S]*PUBLIC_URL[\s\S]*SERVICE_CREDENTIAL/,
    });
    try {
      loadConfig(schema, from({ PORT: "99999999", SERVICE_CREDENTIAL: "hunter2" }));
    } catch (error) {
      deepEqual(/hunter2|99999999/.test(String(error)), false);
    }
  });

  it("refuses development secrets in production", () => {
    const schema = z.object({ PRAXIS_ENV: z.string(), KEY: secret, DATABASE_URL: z.url() });
    const values = {
      KEY: `development-${"x".repeat(40)}`,
      DATABASE_URL: "postgres://content_user:content_pass@db:5434/content_service",
    };
    loadConfig(schema, from({ ...values, PRAXIS_ENV: "development" }));
    throws(() => loadConfig(schema, from({ ...values, PRAXIS_ENV: "production" })), {
      message: /KEY: a development secret[\s\S]*DATABASE_URL: a development secret/,
    });
  });

  it("refuses telemetry whose spans would hold addresses", () => {
    const schema = z.object({
      OTEL_DENO: z.string().optional(),
      OTEL_TRACES_SAMPLER: z.string().optional(),
      OTEL_PROPAGATORS: z.string().optional(),
      OTEL_DENO_CONSOLE: z.string().optional(),
    });
    const good = {
      OTEL_DENO: "true",
      OTEL_TRACES_SAMPLER: "parentbased_always_off",
      OTEL_PROPAGATORS: "none",
      OTEL_DENO_CONSOLE: "ignore",
    };
    loadConfig(schema, from(good));
    loadConfig(schema, from({ OTEL_DENO: "false" }));
    for (const name of ["OTEL_TRACES_SAMPLER", "OTEL_PROPAGATORS", "OTEL_DENO_CONSOLE"]) {
      throws(() => loadConfig(schema, from({ ...good, [name]: "" })), {
        message: new RegExp(`${name}: must be \\w+ with OTEL_DENO`),
      });
    }
  });

  it("reads JSON, and says when it is none", () => {
    const schema = z.object({ KEYS: json(z.record(z.string(), z.string())) });
    deepEqual(loadConfig(schema, from({ KEYS: '{"a":"b"}' })), { KEYS: { a: "b" } });
    throws(() => loadConfig(schema, from({ KEYS: "{" })), { message: /KEYS: not JSON/ });
  });
});
