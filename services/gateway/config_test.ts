import { deepEqual, throws } from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { loadConfig } from "@praxis/shared/config";
import { Config } from "./config.ts";
import { contextKeys } from "./testing.ts";

const good: Record<string, string> = {
  PRAXIS_ENV: "test",
  PUBLIC_URL: "http://praxis.test",
  SERVICE_CREDENTIAL: "development-credential-of-the-gateway",
  UPSTASH_REDIS_REST_URL: "http://redis.test",
  UPSTASH_REDIS_REST_TOKEN: "token",
  CONTEXT_KEYS: JSON.stringify(contextKeys),
};
const load = (over: Record<string, string> = {}) =>
  loadConfig(Config, (name) => ({ ...good, ...over })[name]);

describe("the configuration", () => {
  it("has defaults", () => {
    const { PORT, CORS_ORIGINS, RATE_LIMIT_USER } = load();
    deepEqual([PORT, CORS_ORIGINS], [8000, []]);
    deepEqual(RATE_LIMIT_USER, { perSecond: 100, burst: 200 });
  });

  it("reads lists and rates", () => {
    const { CORS_ORIGINS, RATE_LIMIT_SIGN_IN } = load({
      CORS_ORIGINS: "https://a.test,http://b.test:8080",
      RATE_LIMIT_SIGN_IN: "1/5",
    });
    deepEqual(CORS_ORIGINS, ["https://a.test", "http://b.test:8080"]);
    deepEqual(RATE_LIMIT_SIGN_IN, { perSecond: 1, burst: 5 });
  });

  const bad: [name: string, value: string][] = [
    ["CONTEXT_KEYS", "{}"],
    ["CONTEXT_KEYS", "not json"],
    ["CORS_ORIGINS", "*"],
    ["CORS_ORIGINS", "https://a.test/"],
    ["CORS_ORIGINS", "null"],
    ["RATE_LIMIT_USER", "0/5"],
    ["RATE_LIMIT_USER", "many"],
  ];
  for (const [name, value] of bad) {
    it(`refuses ${name}=${value}`, () => throws(() => load({ [name]: value }), new RegExp(name)));
  }

  it("refuses context keys made for development in production", () => {
    const production = {
      PRAXIS_ENV: "production",
      SERVICE_CREDENTIAL: "a-credential-made-for-production-0123",
    };
    throws(() => load(production), /CONTEXT_KEYS: holds a development secret/);
  });
});
